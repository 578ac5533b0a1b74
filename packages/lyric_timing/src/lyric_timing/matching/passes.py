"""Passes: each singing of a line, with the tokens that were heard of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise

import numpy as np

from lyric_timing.matching.decoder import Match
from lyric_timing.matching.evidence import Piece
from lyric_timing.matching.phonetic import syllable_count
from lyric_timing.sheet import Line, Word

ALIKE = 0.5
"""Similarity from which a token counts as the word that it stands for."""
_DEFAULT_PACE = 0.35
_HOLE = 3.0
_HOLE_PER_WORD = 1.0
"""Seconds of silence within a line that are believed, and more for each word that was not heard."""
_PACE_LIMITS = (0.08, 1.2)


@dataclass(frozen=True, slots=True)
class Hearing:
    """One word of a line, heard."""

    word: int
    """Index in the line."""
    start: float
    end: float
    similarity: float
    timed: bool
    jumped: bool


@dataclass(frozen=True)
class Pass:
    """One singing of a line; nothing was heard of it when `hearings` is empty."""

    line: int
    hearings: tuple[Hearing, ...] = ()
    confidence: float = 0.0

    @property
    def jumped(self) -> bool:
        """Whether a jump led to this line."""
        return bool(self.hearings) and self.hearings[0].jumped


def group(
    matches: Sequence[Match],
    pieces: Sequence[Piece],
    timed: Sequence[bool],
    similarity: Sequence[float],
    line_of_word: Sequence[int],
    first_word: Sequence[int],
    telling: Sequence[float],
) -> list[Pass]:
    """The passes that the matches make up, in order. `similarity` goes with `matches`, `telling` with words."""
    groups: list[tuple[int, list[Hearing]]] = []
    for match, alike in zip(matches, similarity, strict=True):
        line, piece = line_of_word[match.word], pieces[match.token]
        word = match.word - first_word[line]
        hearing = Hearing(word, piece.start, piece.end, alike, timed[match.token], match.jumped)
        if groups and groups[-1][0] == line and groups[-1][1][-1].word < word:
            groups[-1][1].append(hearing)
        else:
            groups.append((line, [hearing]))
    passes: list[Pass] = []
    for line, hearings in groups:
        words = telling[first_word[line] : first_word[line + 1]]
        together = _together(hearings, words)
        passes.append(Pass(line, tuple(together), _heard(together, words) / sum(words)))
    return passes


def _heard(hearings: Sequence[Hearing], telling: Sequence[float]) -> float:
    return sum(telling[h.word] * h.similarity for h in hearings if h.similarity >= ALIKE)


def _together(hearings: list[Hearing], telling: Sequence[float]) -> list[Hearing]:
    """Without words so far in time from the rest of the line that they were heard elsewhere in truth."""
    parts: list[list[Hearing]] = [[hearings[0]]]
    for one, after in pairwise(hearings):
        if after.start - one.end > _HOLE + _HOLE_PER_WORD * (after.word - one.word):
            parts.append([])
        parts[-1].append(after)
    best = max(parts, key=lambda part: _heard(part, telling))
    if best[0] is not hearings[0] and hearings[0].jumped:
        best[0] = replace(best[0], jumped=True)
    return best


def syllables_of(words: Iterable[Word]) -> int:
    """About how many syllables these words have together."""
    return sum(syllable_count(word.normal) for word in words)


class Pace:
    """How fast the song is sung."""

    seconds: float
    """For each syllable, pauses between lines included."""
    within: float
    """For each syllable within a line."""

    def __init__(self, lines: Sequence[Line], passes: Sequence[Pass], duration: float) -> None:
        self._lines = lines
        self.seconds = self._estimated(passes, duration)
        self.within = min(self.seconds, self._within(passes))

    @cached_property
    def syllables(self) -> tuple[int, ...]:
        """Of each line."""
        return tuple(syllables_of(line.words) for line in self._lines)

    def need(self, lines: Sequence[int]) -> float:
        """Seconds that it takes to sing these lines."""
        return sum(self.syllables[line] for line in lines) * self.seconds

    def _estimated(self, passes: Sequence[Pass], duration: float) -> float:
        rates: list[float] = []
        for one, after in pairwise(p for p in passes if p.confidence >= ALIKE / 2):
            if after.line == one.line + 1:
                first, last = one.hearings[0], after.hearings[0]
                words = [*self._lines[one.line].words[first.word :], *self._lines[after.line].words[: last.word]]
                rates.append((last.start - first.start) / syllables_of(words))
        if rates:
            return float(np.clip(np.median(rates), *_PACE_LIMITS))
        even = 0.8 * duration / max(1, sum(self.syllables))
        return min(even, _DEFAULT_PACE) if duration else _DEFAULT_PACE

    def _within(self, passes: Sequence[Pass]) -> float:
        rates = [
            (after.start - one.start) / syllables_of(self._lines[p.line].words[one.word : after.word])
            for p in passes
            for one, after in pairwise(p.hearings)
            if min(one.similarity, after.similarity) >= ALIKE
        ]
        return float(np.clip(np.median(rates), *_PACE_LIMITS)) if rates else _DEFAULT_PACE
