#!/usr/bin/env python3
"""How sure is sure: confidences against hand-made times, as tables and as a picture.

    python bench/songs.py SONGS --out sung
    python bench/songs.py SONGS --sheet paper.txt --out paper
    python bench/reliability.py SONGS sung paper
    python bench/reliability.py SONGS sung="lyrics as sung" paper="lyrics as printed" --picture docs/reliability.svg

SONGS as for bench/songs.py; each folder after it has that command's JSON, and may be given a name.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from reliability_picture import draw

from lyric_timing import formats
from lyric_timing.metrics import Unit, read_reference
from lyric_timing.reliability import Bin, Judged, bins, calibration_error, judge, share_right

SURE = 0.9
UNITS: tuple[Unit, Unit] = ("word", "line")


def judged(songs: Path, predictions: Path) -> dict[Unit, list[Judged]]:
    """The words and the lines of every song that was predicted."""
    found: dict[Unit, list[Judged]] = {unit: [] for unit in UNITS}
    for path in sorted(predictions.glob("*.json")):
        lyrics = formats.read(path.read_text(encoding="utf-8"), "json")
        reference = read_reference(songs / path.stem)
        for unit in UNITS:
            found[unit] += judge(reference, lyrics, unit)
    return found


def tell(found: dict[Unit, list[Judged]]) -> None:
    """Prints the table of words and that of lines."""
    for unit, ones in found.items():
        curve = bins(ones)
        print(f"{unit}s by confidence  count  mean confidence  within 0.3 s")
        for one in curve:
            print(f"  {one.low:4.2f} to {one.high:4.2f}  {one.count:9d}  {one.confidence:15.3f}  {one.right:12.3f}")
        count, right = share_right(ones, SURE)
        print(f"  from {SURE:g}: {count} of {len(ones)} {unit}s, {100 * right:.1f} % of them within 0.3 s")
        print(f"  expected calibration error {calibration_error(curve):.3f}")


def main() -> None:
    """Tells of each folder, then draws them side by side."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("songs", type=Path)
    parser.add_argument("predictions", nargs="+", help="FOLDER or FOLDER=NAME")
    parser.add_argument("--picture", type=Path, help="file to draw the curves to, as SVG")
    options = parser.parse_args()
    panels: dict[str, dict[str, tuple[Bin, ...]]] = {}
    for given in options.predictions:
        folder, _, name = given.partition("=")
        found = judged(options.songs, Path(folder))
        print(name or folder)
        tell(found)
        panels[name or folder] = {f"{unit}s": bins(ones) for unit, ones in found.items()}
    if options.picture:
        options.picture.write_text(draw("Confidence against truth", panels), encoding="utf-8")


if __name__ == "__main__":
    main()
