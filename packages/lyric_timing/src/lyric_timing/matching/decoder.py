"""The exact Viterbi search through the sheet (see `lyric_timing.roadmap` for the model).

A state is a position between two words and a layer: *sung*, or *unheard* while a stretch goes by that nobody heard.
Every transition cost falls apart into what leaving costs and what entering costs, so a step over all pairs of positions
is a few running maxima: O(W) for each token. Scores are kept, not pointers; the way back finds each origin anew.
Long songs keep the scores of one block at a time, and the last scores of each block: memory stays bounded.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lyric_timing.matching.grammar import Grammar, Layout, Vector

CELLS_PER_BLOCK = 4_000_000
_ROUNDING = 1e-9
_KEPT_SECONDS = 2.0
_CARRIED = 0.85


@dataclass(frozen=True, slots=True)
class Match:
    """A token that stands for a word of the sheet."""

    token: int
    word: int
    jumped: bool
    """Whether the way from the match before led over a jump, rather than on through the sheet."""


@dataclass(frozen=True)
class Decoded:
    """The best way through the sheet."""

    matches: tuple[Match, ...]
    score: float
    """How much better than to take no token for lyrics."""


@dataclass(frozen=True)
class Emissions:
    """What T tokens say about W words."""

    gain: NDArray[np.float32]
    """Gain of each distinct token for each distinct word, shape (U, V)."""
    row: NDArray[np.intp]
    """The distinct token of each token, shape (T,)."""
    column: NDArray[np.intp]
    """The distinct word of each word of the sheet, shape (W,)."""
    weight: Vector
    """How much each token counts, shape (T,)."""
    sung: Vector
    """Seconds of possible singing before each token, ascending, and in all, shape (T + 1,)."""
    gaps: Vector
    """Seconds without a voice before each token, shape (T,)."""
    silence: Vector
    """Seconds without any token, false ones too, before each token and after the last, shape (T + 1,)."""
    fastest: float
    """Words per second that are hardly exceeded."""


def decode(emissions: Emissions, layout: Layout, grammar: Grammar, *, cells: int = CELLS_PER_BLOCK) -> Decoded:
    """The best way; of ways equally good, any. About `cells` scores of each kind are kept in memory at a time."""
    count = len(emissions.row)
    if not count:
        return Decoded((), 0.0)
    trellis = Trellis(emissions, layout, grammar)
    block = max(1, cells // (layout.words + 1))
    edges = list(range(0, count, block))
    scores = [trellis.beginning()]
    for first in edges[:-1]:
        scores.append(trellis.forward(scores[-1], range(first, first + block), keep=False)[-1])
    matches: list[Match] = []
    at: tuple[int, int] | None = None
    total = 0.0
    for first, before in zip(reversed(edges), reversed(scores), strict=True):
        kept = trellis.forward(before, range(first, min(first + block, count)), keep=True)
        if at is None:
            at, total = trellis.ending(kept[-1])
        at = trellis.back(at, before, kept, first, matches)
    baseline = -float(emissions.weight.sum()) * grammar.insert
    return Decoded(tuple(reversed(matches)), total - baseline)


@dataclass(frozen=True)
class Scores:
    """The best scores of all positions after a token, each of shape (W + 1,)."""

    sung: Vector
    unheard: Vector
    reached: Vector
    """Best scores after moving and before the token: from here it is matched or inserted."""


class Trellis:
    """What every step of the search costs, and the steps themselves."""

    def __init__(self, emissions: Emissions, layout: Layout, grammar: Grammar) -> None:
        self.emissions, self.layout, self.grammar = emissions, layout, grammar
        self.budget, self.spare = _budgets(emissions)
        self.relief = (1 - grammar.gap_relief * _long(emissions.gaps, grammar)) * layout.jump_factor
        self.price = grammar.unheard_word * (1 + grammar.silent * _long(emissions.silence, grammar))
        """Of each unheard word at each step."""
        starts, sections = layout.line_starts, layout.section_starts
        self.repeats = [(starts[1:], starts[:-1], grammar.repeat_line)]
        if len(sections) > 2:
            self.repeats.append((sections[1:], sections[:-1], grammar.repeat_section))
        position = np.arange(layout.words + 1, dtype=np.float64)
        self.hurried = layout.deleted + grammar.hurry * position
        self.position = position

    def beginning(self) -> Scores:
        sung = np.full(self.layout.words + 1, -np.inf)
        sung[0] = 0.0
        return Scores(sung, np.full_like(sung, -np.inf), sung)

    def ending(self, last: Scores) -> tuple[tuple[int, int], float]:
        """(layer, position) of the best end, and its score."""
        left = self.layout.words - np.arange(self.layout.words + 1)
        fits = left <= self.budget[-1]
        passed = self.price[-1] * left
        unfinished = self.grammar.unfinished * self.layout.jump_factor
        unsung = np.minimum(np.where(fits, self.grammar.unheard + passed, np.inf), unfinished)
        unsung[-1] = 0.0
        sung = last.sung - unsung
        unheard = last.unheard - np.where(fits, passed, unfinished)
        layer = int(unheard.max() > sung.max())
        best = (sung, unheard)[layer]
        return (layer, int(best.argmax())), float(best.max())

    def forward(self, before: Scores, tokens: range, *, keep: bool) -> list[Scores]:
        """Scores after each token; only the last ones unless `keep`."""
        kept: list[Scores] = []
        for i in tokens:
            before = self._step(before, i)
            if keep or i == tokens[-1]:
                kept.append(before)
        return kept

    def _step(self, before: Scores, i: int) -> Scores:
        grammar, layout, emissions = self.grammar, self.layout, self.emissions
        budget = int(self.budget[i])
        passed = self.price[i] * self.position
        unheard = np.maximum(before.sung - grammar.unheard, before.unheard)
        unheard = _running_max(unheard + passed, budget) - passed
        reached = _running_max(before.sung + layout.deleted, budget)
        if budget < layout.words:
            reached -= layout.deleted
            reached += self.hurried
            np.maximum.accumulate(reached, out=reached)
            reached -= self.hurried
        else:
            reached -= layout.deleted
        np.maximum(reached, unheard, out=reached)
        if spare := int(self.spare[i]):
            late = _running_max(before.sung + passed, spare) - passed - grammar.late
            np.maximum(reached, late, out=reached)
        self._jump(before, float(self.relief[i]), reached)
        insert = grammar.insert * emissions.weight[i]
        sung = reached - insert
        gain = emissions.gain[emissions.row[i]].take(emissions.column) * emissions.weight[i]
        np.maximum(sung[1:], reached[:-1] + gain, out=sung[1:])
        return Scores(sung, unheard - insert, reached)

    def _jump(self, before: Scores, relief: float, reached: Vector) -> None:
        grammar, layout = self.grammar, self.layout
        source = np.maximum(before.sung, before.unheard)
        left = source - layout.leave
        backward = left.max() - grammar.backward * relief
        forward = np.maximum.accumulate(left)
        forward -= grammar.forward * relief
        np.maximum(forward, backward, out=forward)
        forward -= layout.enter
        np.maximum(reached, forward, out=reached)
        for ends, starts, cost in self.repeats:
            reached[starts] = np.maximum(reached[starts], source[ends] - cost * relief)

    def back(
        self, at: tuple[int, int], before: Scores, kept: Sequence[Scores], first: int, matches: list[Match]
    ) -> tuple[int, int]:
        """Follows the best way back through one block; adds its matches, last first."""
        emissions = self.emissions
        layer, position = at
        for k in range(len(kept) - 1, -1, -1):
            i, scores, previous = first + k, kept[k], kept[k - 1] if k else before
            if layer == 1:
                layer, position = self._unheard_origin(previous, position, i)
                continue
            insert = scores.reached[position] - self.grammar.insert * emissions.weight[i]
            word = position - 1
            gain = emissions.gain[emissions.row[i], emissions.column[word]] * emissions.weight[i]
            matched = position > 0 and scores.reached[word] + gain >= insert
            position = word if matched else position
            if previous.sung[position] >= scores.reached[position] - _ROUNDING:
                layer, jumped = 0, False
            else:
                layer, position, jumped = self._origin(previous, position, i)
            if matched:
                matches.append(Match(i, word, jumped))
            elif jumped and matches:
                matches[-1] = Match(matches[-1].token, matches[-1].word, True)
        return layer, position

    def _unheard_origin(self, previous: Scores, position: int, i: int) -> tuple[int, int]:
        low = max(0, position - int(self.budget[i]))
        near = slice(low, position + 1)
        passed = self.price[i] * self.position[near]
        unheard, sung = previous.unheard[near] + passed, previous.sung[near] + passed - self.grammar.unheard
        if sung.max() > unheard.max():
            return 0, low + int(sung.argmax())
        return 1, low + int(unheard.argmax())

    def _origin(self, previous: Scores, position: int, i: int) -> tuple[int, int, bool]:
        """(layer, position) before the move to `position`, and whether that was a jump."""
        grammar, layout, relief = self.grammar, self.layout, float(self.relief[i])
        skipped = position - np.arange(position + 1)
        walk = previous.sung[: position + 1] - (layout.deleted[position] - layout.deleted[: position + 1])
        walk -= grammar.hurry * np.maximum(0, skipped - int(self.budget[i]))
        best, origin = float(walk.max()), (0, int(walk.argmax()), False)
        layer, at = self._unheard_origin(previous, position, i)
        score = previous.unheard[at] if layer else previous.sung[at] - grammar.unheard
        score -= self.price[i] * (position - at)
        if score > best:
            best, origin = float(score), (layer, at, False)
        if spare := int(self.spare[i]):
            low = max(0, position - spare)
            late = previous.sung[low : position + 1] - self.price[i] * skipped[low:] - grammar.late
            if late.max() > best:
                best, origin = float(late.max()), (0, low + int(late.argmax()), False)
        source = np.maximum(previous.sung, previous.unheard)
        jump = source - layout.leave
        jump[: position + 1] -= grammar.forward * relief
        jump[position + 1 :] -= grammar.backward * relief
        jump -= layout.enter[position]
        for ends, starts, cost in self.repeats:
            k = int(np.searchsorted(starts, position))
            if k < len(starts) and starts[k] == position:
                jump[ends[k]] = max(jump[ends[k]], source[ends[k]] - cost * relief)
        if jump.max() > best:
            at = int(jump.argmax())
            origin = (int(previous.unheard[at] > previous.sung[at]), at, True)
        return origin


def _long(seconds: Vector, grammar: Grammar) -> Vector:
    """0 for short gaps, 1 for long ones."""
    low, high = grammar.gap_seconds
    return ((seconds - low) / (high - low)).clip(0, 1)


def _budgets(emissions: Emissions) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """How many words there was time for beside each token, and after the last, shape (T + 1,); and the same with what a
    long gap left over for the next few tokens (recognisers that lose a stretch of singing tend to be wrong about when
    they are back), 0 where it left nothing.
    """
    beats = np.concatenate([[0.0], emissions.sung]) * emissions.fastest
    beats = np.floor(beats - np.concatenate([[0.0, 0.0], np.cumsum(emissions.weight)]))
    own = np.maximum(np.diff(beats), 0)
    with_spare = np.zeros_like(own)
    spare = 0.0
    for i, words in enumerate(own.tolist()):
        if spare >= 1:
            with_spare[i] = words + spare
        spare = max(_CARRIED * spare, words - _KEPT_SECONDS * emissions.fastest)
    return own.astype(np.intp), with_spare.astype(np.intp)


def _running_max(values: Vector, window: int) -> Vector:
    """The greatest of each value and the `window` values before it. May reuse `values`."""
    if window >= len(values) - 1:
        return np.maximum.accumulate(values, out=values)
    reach = 0
    while reach < window:
        shift = min(reach + 1, window - reach)
        values[shift:] = np.maximum(values[shift:], values[:-shift])
        reach += shift
    return values
