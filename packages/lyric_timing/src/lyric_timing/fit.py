"""How well a sung order fits what was heard, whoever found that order: the matcher, a person, a language model.

The matcher weighs two things against each other: what the heard words say, and how songs usually go (`Grammar`: jumps
cost, repeats cost). Who proposes another order knows better how the song goes, or claims to. What was heard stays the
same, so it is the judge: the words are decoded once more along the proposed order alone, where jumps are out of
question, and the scores of two orders of the same recording can be compared.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from lyric_timing.heard import Heard
from lyric_timing.matching.grammar import Grammar
from lyric_timing.matching.passes import ALIKE
from lyric_timing.matching.reading import Lyrics, Reading, read_best
from lyric_timing.sheet import LyricSheet, Section
from lyric_timing.sung import Roadmap, SungLine

_NEVER = 1e6


@dataclass(frozen=True, slots=True)
class HeardWord:
    """One heard word in its normal form, with its times in seconds."""

    text: str
    start: float
    end: float
    line: int | None
    """Index into `Roadmap.lines` of the line that it was explained by; None where it resembles no word that is due."""


@dataclass(frozen=True, slots=True)
class Fit:
    """A sung order, held against what was heard."""

    score: float
    """In units of one surely heard, telling word; comparable for the same recording and evidence only."""
    explained: float
    """How much the heard words that resemble the words due there tell, in the same unit."""
    words: tuple[HeardWord, ...]
    """Everything that was heard, in order of time, but for endless loops."""
    roadmap: Roadmap
    """The order that was given, with the onsets and the confidence that the heard words bear out."""


def fit_of(
    sheet: LyricSheet,
    heard: Sequence[Heard],
    roadmap: Roadmap,
    *,
    duration: float | None = None,
    silences: Sequence[tuple[float, float]] = (),
    grammar: Grammar | None = None,
) -> Fit:
    """Holds the order of the roadmap's lines against what was heard.

    `duration` and `silences` as for `chart`. Without evidence, or without lines, the score is minus infinity: nothing
    can be said for any order.
    """
    if not roadmap.lines:
        return Fit(-math.inf, 0.0, (), roadmap)
    sung = LyricSheet(
        (Section(None, tuple(sheet.lines[line.line] for line in roadmap.lines)),), language=sheet.language
    )
    lyrics = Lyrics.of(sung)
    reading, _, _ = read_best(lyrics, heard, duration, silences, _without_jumps(grammar or Grammar()))
    if reading is None:
        return Fit(-math.inf, 0.0, (), roadmap)
    return Fit(reading.decoded.score, reading.explained, _words(reading, lyrics), _borne_out(roadmap, reading, lyrics))


def _without_jumps(grammar: Grammar) -> Grammar:
    return replace(grammar, repeat_line=_NEVER, repeat_section=_NEVER, forward=_NEVER, backward=_NEVER)


def _words(reading: Reading, lyrics: Lyrics) -> tuple[HeardWord, ...]:
    line_of = {
        match.token: lyrics.line_of_word[match.word]
        for match, alike in zip(reading.decoded.matches, reading.similarity, strict=True)
        if alike >= ALIKE
    }
    return tuple(
        HeardWord(piece.normal, piece.start, piece.end, line_of.get(i))
        for i, piece in enumerate(reading.evidence.pieces)
    )


def _borne_out(roadmap: Roadmap, reading: Reading, lyrics: Lyrics) -> Roadmap:
    best = {this.line: this for this in sorted(reading.passes(lyrics), key=lambda this: this.confidence)}
    lines: list[SungLine] = []
    for i, line in enumerate(roadmap.lines):
        onsets: list[float | None] = [None] * len(line.onsets)
        this = best.get(i)
        for hearing in this.hearings if this else ():
            if hearing.timed and hearing.similarity >= ALIKE and line.start <= hearing.start <= line.end:
                onsets[hearing.word] = hearing.start
        confidence = min(1.0, max(0.0, this.confidence)) if this else 0.0
        lines.append(replace(line, onsets=tuple(onsets), confidence=confidence))
    return Roadmap(tuple(lines), roadmap.source)
