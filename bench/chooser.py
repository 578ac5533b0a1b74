#!/usr/bin/env python3
"""What a chooser of lines does to roadmaps of real songs, given the sheets as people print them.

    python bench/chooser.py SONGS                                   right answers, and answers at random
    python bench/chooser.py SONGS --url http://127.0.0.1:8080/v1    a language model's as well

SONGS as for bench/songs.py. A sung line counts as found when the roadmap has the same words within 3 s of it. The right
answer for a phrase is the line that is sung when it begins. What Whisper hears is kept in --heard for the next run.
"""

from __future__ import annotations

import argparse
import csv
import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import TypeAdapter

from lyric_timing import LyricSheet, read_sheet
from lyric_timing.heard import Heard
from lyric_timing.roadmap import chart
from lyric_timing.sung import Roadmap
from lyric_timing.words import make_line
from song_audio.recording import load_recording
from sow_analysis.chooser import Answer, Answers, LineChooser, LlmChooser, Question, reconsider
from sow_analysis.engines.protocols import Fraction, Span
from sow_analysis.engines.whisper import PIECE_SECONDS, WhisperEvidence
from sow_analysis.engines.whisper_model import WhisperLoader
from sow_analysis.models import ModelStore
from sow_analysis.openai_api import Allowance, ApiClient, Endpoint, Gate
from sow_analysis.separation import MODEL, Separator
from sow_analysis.singing import Voice

_NEAR = 3.0
_LONGEST_LINE = 6.0
_ALLOWANCE = Allowance(calls=50, tokens=200_000, seconds=3600)


@dataclass(frozen=True)
class Ear:
    """What was made out of one recording."""

    heard: Heard
    duration: float
    silences: tuple[Span, ...]


@dataclass(frozen=True)
class Song:
    """A song and what is true of it: (start, words) of each sung line."""

    name: str
    sheet: LyricSheet
    ear: Ear
    truth: tuple[tuple[float, str], ...]

    def words(self, line: int) -> str:
        return " ".join(word.normal for word in self.sheet.lines[line].words)

    def score(self, roadmap: Roadmap) -> tuple[float, float]:
        """Shares of the sung lines that are in the roadmap, and of the roadmap's that are sung."""
        rest = [(line.start, self.words(line.line)) for line in roadmap.lines]
        found = 0
        for start, words in self.truth:
            hit = next((one for one in rest if one[1] == words and abs(one[0] - start) < _NEAR), None)
            if hit:
                rest.remove(hit)
                found += 1
        return found / len(self.truth), found / max(1, len(roadmap.lines))


class Knowing:
    """Answers what is true."""

    name = "truth"

    def __init__(self, song: Song) -> None:
        self._song = song

    def available(self) -> str | None:
        return None

    def choose(self, sheet: LyricSheet, questions: Sequence[Question], progress: Fraction) -> Answers:
        return Answers(tuple(Answer(question, tuple(self._lines(question))) for question in questions))

    def _lines(self, question: Question) -> list[int | None]:
        lines: list[int | None] = []
        for phrase in question.phrases:
            at = phrase.start + 0.6 * (phrase.end - phrase.start)
            sung = [one for one in self._song.truth if one[0] <= at]
            words = sung[-1][1] if sung and at - sung[-1][0] < _LONGEST_LINE else None
            lines.append(next((line for line in question.candidates if self._song.words(line) == words), None))
        return lines


class Guessing:
    """Answers at random."""

    name = "random"

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)

    def available(self) -> str | None:
        return None

    def choose(self, sheet: LyricSheet, questions: Sequence[Question], progress: Fraction) -> Answers:
        return Answers(
            tuple(Answer(q, tuple(self._random.choice([None, *q.candidates]) for _ in q.phrases)) for q in questions)
        )


def listen(folder: Path, sheet: LyricSheet, kept: Path) -> Ear:
    """Hears a recording, or remembers."""
    adapter = TypeAdapter(Ear)
    if kept.exists():
        return adapter.validate_json(kept.read_bytes())
    (audio,) = folder.glob("audio.*")
    recording = load_recording(audio)
    store = ModelStore()
    store.get(MODEL)
    vocals = Separator(store).vocals(audio, n_samples=len(recording.samples), progress=_quiet)
    voice = Voice.of(recording.samples, vocals)
    engine = WhisperEvidence(WhisperLoader(store=store, allow_download=True))
    heard = engine.hear(recording.samples, voice.pieces(PIECE_SECONDS), sheet.language, _quiet)
    ear = Ear(heard, recording.duration, voice.silences())
    kept.write_bytes(adapter.dump_json(ear))
    return ear


def main() -> None:
    """Tries each chooser on each song and prints what became of the roadmaps."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("songs", type=Path)
    parser.add_argument("names", nargs="*", help="of song folders; by default all")
    parser.add_argument("--heard", type=Path, default=Path(".heard"))
    parser.add_argument("--url")
    parser.add_argument("--model", default="default")
    parser.add_argument("--random", type=int, default=12, metavar="RUNS")
    options = parser.parse_args()
    options.heard.mkdir(parents=True, exist_ok=True)
    totals: dict[str, list[int]] = {}
    for folder in sorted(path.parent for path in options.songs.glob("*/paper.txt")):
        if options.names and folder.name not in options.names:
            continue
        sheet = read_sheet(folder / "paper.txt")
        song = Song(
            folder.name, sheet, listen(folder, sheet, options.heard / f"{folder.name}.json"), _truth(folder, sheet)
        )
        choosers: list[LineChooser] = [Knowing(song), *(Guessing(seed) for seed in range(options.random))]
        if options.url:
            client = ApiClient(Endpoint(options.url), Gate(at_once=1))
            choosers.append(LlmChooser(client, options.model, allowance=_ALLOWANCE, seconds=600))
        for chooser in choosers:
            _try(song, chooser, totals.setdefault(chooser.name, [0, 0, 0, 0]))
    for name, (asked, followed, better, worse) in totals.items():
        print(
            f"{name:8s} {asked:4d} questions, {followed:3d} answers followed, roadmaps better {better}, worse {worse}"
        )


def _try(song: Song, chooser: LineChooser, total: list[int]) -> None:
    ear = song.ear
    roadmap = chart(song.sheet, [ear.heard], duration=ear.duration, silences=ear.silences)
    result = reconsider(song.sheet, roadmap, [ear.heard], chooser, _quiet, duration=ear.duration, silences=ear.silences)
    before, after = song.score(roadmap), song.score(result.roadmap)
    total[0] += result.asked
    total[1] += result.followed
    total[2] += sum(after) > sum(before)
    total[3] += sum(after) < sum(before)
    if chooser.name != "random" or result.followed:
        print(
            f"{song.name[:40]:40s} {chooser.name:7s} asked {result.asked:2d} answered {result.answered:2d} "
            f"followed {result.followed}  found {before[0]:.3f} → {after[0]:.3f}  "
            f"right {before[1]:.3f} → {after[1]:.3f}",
            flush=True,
        )


def _truth(folder: Path, sheet: LyricSheet) -> tuple[tuple[float, str], ...]:
    with (folder / "lines.csv").open(encoding="utf-8", newline="") as file:
        rows = [(float(row["start"]), make_line(row["text"], sheet.language)) for row in csv.DictReader(file)]
    return tuple((start, " ".join(word.normal for word in line.words)) for start, line in rows if line)


def _quiet(_share: float) -> None:
    pass


if __name__ == "__main__":
    main()
