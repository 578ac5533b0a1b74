#!/usr/bin/env python3
"""How fast and how well the matcher charts made-up songs.

    python bench/matcher.py            the speed: 3,000 heard words against about 600 lyric words
    python bench/matcher.py --quality  the lines found, for ears from good to bad, on made-up songs

Times are CPU seconds, so that other programs on the machine do not count.
"""

from __future__ import annotations

import argparse
import time
from dataclasses import replace

from lyric_timing.heard import Heard
from lyric_timing.roadmap import chart
from lyric_timing.sheet import LyricSheet
from lyric_timing.sung import Roadmap
from lyric_timing.synthetic import Ear, Song, hear, make_song

TOKENS, ROUNDS = 3000, 5
EARS = {
    "5 % wrong, 5 % lost": Ear(0.05, 0.05, 0.02),
    "15 % wrong, 15 % lost": Ear(0.15, 0.15, 0.1),
    "30 % wrong, 20 % lost": Ear(0.3, 0.2, 0.1, 0.2),
    "80 % lost": Ear(0.1, 0.8, 0.0, 0.2),
    "two deaf stretches": Ear(deaf=2),
    "two endless loops": Ear(loops=2),
}
SONGS = 12


def speed() -> None:
    """Prints the time of one chart, the best of a few."""
    song = make_song(1, verses=12, lines=6, words=7)
    once = hear(song, Ear(0.15, 0.15, 0.1)).tokens
    rounds = TOKENS // len(once) + 1
    tokens = [
        replace(t, start=t.start + k * song.duration, end=t.end + k * song.duration)
        for k in range(rounds)
        for t in once
    ]
    heard = Heard(tuple(tokens[:TOKENS]), "synthetic", "en")
    words = sum(1 for _ in song.plain.words())
    seconds: list[float] = []
    for _ in range(ROUNDS):
        began = time.process_time()
        roadmap = chart(song.plain, [heard], duration=rounds * song.duration)
        seconds.append(time.process_time() - began)
    print(f"{TOKENS} heard words, {words} lyric words, {len(roadmap.lines)} sung lines: {min(seconds):.2f} s")


def quality() -> None:
    """Prints the share of sung lines that are found at their time, for two kinds of sheet."""
    print(f"{'ear':24s} {'sheet as sung':>14s} {'sheet as printed':>17s}")
    for name, ear in EARS.items():
        shares: dict[str, list[float]] = {"as sung": [], "as printed": []}
        for seed in range(SONGS):
            song = make_song(seed, language=("en", "zh")[seed % 2])
            heard = [hear(song, ear, seed)]
            for kind, sheet in (("as sung", song.written_out), ("as printed", song.plain)):
                shares[kind].append(found(song, sheet, chart(sheet, heard, duration=song.duration)))
        as_sung, as_printed = (100 * sum(values) / SONGS for values in shares.values())
        print(f"{name:24s} {as_sung:12.1f} % {as_printed:15.1f} %")


def found(song: Song, sheet: LyricSheet, roadmap: Roadmap) -> float:
    """Share of the sung lines that the roadmap has in order, within 3 seconds."""
    truth = [(song.printed.lines[sung.line].text, sung.onsets[0], sung.end) for sung in song.sung]
    charted = [(sheet.lines[line.line].text, line.start, line.end) for line in roadmap.lines]
    row = [0] * (len(charted) + 1)
    for text, start, end in truth:
        new = [0]
        for j, (other, first, last) in enumerate(charted):
            same = text == other and first - 3 < end and last + 3 > start
            new.append(max(new[-1], row[j + 1], row[j] + same))
        row = new
    return row[-1] / len(truth)


def main() -> None:
    """Runs what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quality", action="store_true", help="lines found instead of time taken")
    quality() if parser.parse_args().quality else speed()


if __name__ == "__main__":
    main()
