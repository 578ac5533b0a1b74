#!/usr/bin/env python3
"""Accuracy, speed and memory of the whole pipeline on real songs with known word times.

    python bench/songs.py SONGS                                    lyrics as sung (lyrics.txt), all engines
    python bench/songs.py SONGS --sheet paper.txt                  the sheet as people print it
    python bench/songs.py SONGS --engines pocketsphinx             with nothing downloaded
    python bench/songs.py SONGS --vocals-stem                      Whisper hears the separated voice, not the mix
    python bench/songs.py SONGS --qwen3-url http://gpu:8010        with a Qwen3 server too (key: SOW_QWEN3_API_KEY)
    python bench/songs.py SONGS --out sung                         kept, for bench/reliability.py and other scorers

SONGS has a folder for each song: audio.*, lyrics.txt, paper.txt, meta.json, words.csv, lines.csv. The timed lyrics,
with the confidences of words and lines, are written to --out as JSON, one file for each song. Each song runs in a
process of its own; seconds do not count the loading of libraries, but that of models.
"""

from __future__ import annotations

import argparse
import os
import resource
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from statistics import median
from typing import NamedTuple

from reliability import judged, tell

from lyric_timing import formats, read_sheet
from lyric_timing.metrics import score_folder
from sow_analysis.engines.qwen3_server import Qwen3Server
from sow_analysis.lrc import LrcOptions
from sow_analysis.pipeline import generate_lrc
from sow_analysis.reach import Reach


class Run(NamedTuple):
    """One song's costs."""

    song: str
    duration: float
    seconds: float
    megabytes: float
    confidence: float


def run(folder: Path, sheet: str, options: LrcOptions, qwen3: Qwen3Server | None, out: Path) -> Run:
    """Times one song and writes its lyrics as JSON."""
    (audio,) = folder.glob("audio.*")
    began = time.monotonic()
    result = generate_lrc(audio, read_sheet(folder / sheet), options, lambda _stage, _share: None, reach=Reach(qwen3))
    seconds = time.monotonic() - began
    (out / f"{folder.name}.json").write_text(formats.write(result.lyrics, "json"), encoding="utf-8")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
    return Run(folder.name, result.lyrics.duration or 0.0, seconds, peak, result.confidence)


def main() -> None:
    """Runs what was asked for and prints the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("songs", type=Path)
    parser.add_argument("--sheet", default="lyrics.txt")
    parser.add_argument("--engines", help="names, separated by commas; by default all")
    parser.add_argument("--vocals-stem", action="store_true", help="Whisper listens to the separated voice")
    parser.add_argument("--qwen3-url", help="address of a Qwen3 alignment server; by default none")
    parser.add_argument("--out", type=Path, help="folder to keep the timed lyrics in; by default none")
    options = parser.parse_args()
    engines = tuple(options.engines.split(",")) if options.engines else None
    chosen = LrcOptions(engines=engines, use_vocals_stem=options.vocals_stem)
    qwen3 = Qwen3Server(options.qwen3_url, os.environ.get("SOW_QWEN3_API_KEY")) if options.qwen3_url else None
    with tempfile.TemporaryDirectory() as temporary:
        out = options.out or Path(temporary)
        out.mkdir(parents=True, exist_ok=True)
        runs: list[Run] = []
        for folder in sorted(path.parent for path in options.songs.glob("*/meta.json")):
            with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
                one = pool.submit(run, folder, options.sheet, chosen, qwen3, out).result()
            runs.append(one)
            share = one.seconds / one.duration
            print(f"{one.song:48s} {one.duration:5.0f} s × {share:.3f}  {one.megabytes:5.0f} MB", flush=True)
        shares = [one.seconds / one.duration for one in runs]
        print(f"of the song's length: median {median(shares):.3f}, most {max(shares):.3f}")
        print(f"peak memory: {max(one.megabytes for one in runs):.0f} MB")
        for row in score_folder(out, options.songs).rows():
            m = row.metrics
            print(
                f"{row.language or 'all':4s} {row.unit:5s} {row.songs:3d} songs  PCO {100 * m.pco:5.1f} %  "
                f"median {m.median:.3f} s  AAE {m.aae:.3f} s  found {100 * m.found:5.1f} %"
            )
        tell(judged(options.songs, out))


if __name__ == "__main__":
    main()
