"""The search of PocketSphinx through one recording: whole, or a long one in parts between words that were surely heard.

The time of a search grows with frames × words. In parts of ten minutes it grows with the recording alone.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lyric_timing.heard import Heard
from lyric_timing.roadmap import chart
from lyric_timing.sheet import LyricSheet, Section
from lyric_timing.sung import Roadmap, SungLine
from lyric_timing.windows import Window, cut
from song_audio.recording import Recording
from sow_analysis.acoustic.sung_words import Hint
from sow_analysis.engines.pocketsphinx import PocketSphinx, Search, Sound, SungWord
from sow_analysis.engines.protocols import AlignedWord, Aligner, Fraction, Samples
from sow_analysis.hints import aligned_hints, heard_hints
from sow_analysis.lrc import Progress, Stage

_WHOLE_SECONDS = 900.0
"""Recordings up to this length are searched whole."""
_PART_SECONDS, _MARGIN = 600.0, 3.0

Placed = tuple[tuple[SungWord, ...], ...]
"""Where the search has the words, by lines in sung order."""

Onsets = tuple[tuple[float | None, ...], ...]
"""For each line in sung order, for each of its words, when it was heard; None where it was not."""


@dataclass(frozen=True, slots=True)
class Opinion:
    """Where one aligner has the words."""

    engine: str
    lines: tuple[tuple[AlignedWord | None, ...], ...]
    """In sung order."""
    stretched: bool = True
    """As `Aligner.stretches_first_words`."""
    calibrated: bool = True
    """As `Aligner.is_calibrated`."""


@dataclass(frozen=True, eq=False)
class Ears:
    """A recording, and who listens to it."""

    recording: Recording
    vocals: Samples | None
    aligners: tuple[Aligner, ...]
    """In the order of their turns; what the first of them says counts first."""
    pocketsphinx: PocketSphinx
    language: str | None


class SongSearch:
    """Finds the sung order and the words a first time when made, then again with the opinions of others.

    `order` are indices into the lines of the sheet; `placed` is None when the recording is too short for them. `heard`
    are the onsets that were heard of the words, by lines in sung order; None when nobody listened.
    """

    def __init__(
        self, sheet: LyricSheet, roadmap: Roadmap, heard: Sequence[Heard], ears: Ears, progress: Progress
    ) -> None:
        recording, engine = ears.recording, ears.pocketsphinx
        sound = Sound.of(recording.samples, ears.vocals)
        charted = tuple(line.line for line in roadmap.lines)
        self.order = engine.order(sound, sheet, roadmap, ears.language, part(progress, 0.0, 0.3))
        if self.order != charted:
            roadmap = _recharted(sheet, self.order, heard, recording.duration) or Roadmap((), roadmap.source)
        self._hints = heard_hints(roadmap)
        self.heard = _onsets(sheet, self.order, roadmap) if heard else None
        windows = _windows(roadmap, sheet, recording.duration) or (
            Window(0.0, recording.duration, tuple(range(len(self.order)))),
        )
        self._parts: list[_Part] = []
        word = 0
        for window in windows:
            lines = [self.order[i] for i in window.lines]
            count = sum(len(sheet.lines[line].words) for line in lines)
            here = sound if len(windows) == 1 else sound.part(window.start, window.end)
            start = 0.0 if len(windows) == 1 else window.start
            self._parts.append(_Part(engine.search(here, sheet, lines, ears.language), start, word, count))
            word += count
        self.placed = self._find(self._hints, part(progress, 0.3, 0.5))

    def again(self, opinions: Sequence[Opinion], progress: Progress) -> Placed | None:
        """The words once more, with what other aligners think."""
        hints = [*self._hints, *_opinion_hints(opinions)]
        return self._find(hints, part(progress, 0.8, 1.0))

    def roadmap(self) -> Roadmap:
        """What was found the first time, for cutting windows."""
        return Roadmap(
            tuple(
                SungLine(line, words[0].start, words[-1].end, tuple(word.start for word in words), 1.0)
                for line, words in zip(self.order, self.placed or (), strict=True)
            ),
            PocketSphinx.name,
        )

    def _find(self, hints: Sequence[Hint], progress: Fraction) -> Placed | None:
        lines: list[tuple[SungWord, ...]] = []
        for index, piece in enumerate(self._parts):
            found = piece.find(hints, lambda share, done=index: progress((done + share) / len(self._parts)))
            if found is None:
                return None
            lines += found
        return tuple(lines)


@dataclass(frozen=True, eq=False)
class _Part:
    search: Search
    start: float
    """Of its sound in the recording, in seconds."""
    first_word: int
    n_words: int

    def find(self, hints: Sequence[Hint], progress: Fraction) -> Placed | None:
        own = [
            Hint(hint.word - self.first_word, max(0.0, hint.start - self.start), hint.end - self.start, hint.nats)
            for hint in hints
            if 0 <= hint.word - self.first_word < self.n_words
        ]
        found = self.search.find(own, progress)
        if found is None or not self.start:
            return found
        return tuple(
            tuple(SungWord(self.start + word.start, self.start + word.end, word.fit) for word in line) for line in found
        )


def part(progress: Progress, first: float, last: float) -> Fraction:
    """A share of one part of the aligning as a share of the whole."""
    return lambda share: progress(Stage.ALIGN, first + (last - first) * share)


def _opinion_hints(opinions: Sequence[Opinion]) -> Iterator[Hint]:
    for opinion in opinions:
        yield from aligned_hints(opinion.lines, stretched=opinion.stretched)


def _windows(roadmap: Roadmap, sheet: LyricSheet, duration: float) -> tuple[Window, ...]:
    """The parts of a long recording, as few as may be; none for a recording that is searched whole."""
    if duration <= _WHOLE_SECONDS:
        return ()
    pieces = cut(
        roadmap, sheet, duration=duration, max_seconds=_PART_SECONDS, max_unsure_seconds=math.inf, margin=_MARGIN
    )
    parts: list[Window] = []
    for piece in pieces:
        if parts and piece.end - parts[-1].start <= _PART_SECONDS:
            parts[-1] = Window(parts[-1].start, piece.end, parts[-1].lines + piece.lines)
        else:
            parts.append(piece)
    return tuple(parts)


def _onsets(sheet: LyricSheet, order: Sequence[int], roadmap: Roadmap) -> Onsets:
    """Those of the roadmap; none where it has another order."""
    if not roadmap.lines:
        return tuple((None,) * len(sheet.lines[line].words) for line in order)
    return tuple(line.onsets for line in roadmap.lines)


def _recharted(sheet: LyricSheet, order: Sequence[int], heard: Sequence[Heard], duration: float) -> Roadmap | None:
    """What was heard of the lines in this order; None when it tells of another."""
    if not heard:
        return None
    sung = LyricSheet((Section(None, tuple(sheet.lines[line] for line in order)),), language=sheet.language)
    roadmap = chart(sung, heard, duration=duration)
    return roadmap if [line.line for line in roadmap.lines] == list(range(len(order))) else None
