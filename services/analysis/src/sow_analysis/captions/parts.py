"""Cuts captions of another arrangement into parts that each lie on a line of their own.

A video may have a verse more, or one chorus less. Then no line fits all of its captions, but several of one tempo fit
stretches of them. Which stretch lies on which line is decided by the best path through the words (Viterbi): a word that
lies on a line counts for it; one that does not counts against it only if what was heard there is known to be other
words of the captions, so that a stretch in which the recogniser was deaf stays with its neighbours. Each change of line
has to be earned by several words.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from sow_analysis.captions.anchors import Anchors, Line, Times, Unit

_MOST_LINES = 5
_LEAST_SUPPORT = 3.0
_APART = 2.5
"""Seconds between two lines."""
_FEWEST = 3
"""Words on its line, without which a part is none."""
_CHANGE = 4.0
_ELSEWHERE = 0.3
_WITHIN = 1.0
_OVERLAP = 1.0


@dataclass(frozen=True, slots=True)
class Part:
    """Captions from unit `first` to before unit `end`, on one line."""

    first: int
    end: int
    line: Line
    matched: int
    """Units of it that lie on the line."""


def cut(anchors: Anchors, main: Line, captions: Sequence[Unit], heard: Sequence[Unit]) -> tuple[Part, ...]:
    """The parts in order. What is in none of them has no place in the recording."""
    lines = _lines(anchors, main)
    times = np.array([unit.time for unit in captions])
    on = np.array([anchors.only(anchors.on(line)).captions_in(len(captions)) for line in lines])
    explained = np.zeros(len(heard), dtype=np.bool_)
    for line in lines:
        explained |= anchors.only(anchors.on(line)).heard_in(len(heard))
    known = np.array([unit.time for unit in heard])[explained]
    labels = _labels(on, np.array([_is_near(line.at(times), known) for line in lines]))
    parts: list[Part] = []
    for first, end in _runs(labels):
        label = int(labels[first])
        if label < len(lines) and (part := _part(first, end, lines[label], on[label])) is not None:
            parts.append(part)
    return _apart(parts, times, [on[lines.index(part.line)] for part in parts])


def _lines(anchors: Anchors, main: Line) -> list[Line]:
    """The main line, and others of its tempo on which what it leaves over lies."""
    lines = [main]
    rest = anchors
    while len(lines) < _MOST_LINES:
        used = rest.on(lines[-1])
        rest = rest.only(~used & ~np.isin(rest.heard, rest.heard[used]))
        if not len(rest.x):
            break
        line = rest.best_offset(main.slope)
        if rest.support(line) < _LEAST_SUPPORT or any(abs(line.offset - each.offset) < _APART for each in lines):
            break
        lines.append(line)
    return lines


def _labels(on: NDArray[np.bool_], contested: NDArray[np.bool_]) -> NDArray[np.intp]:
    """For each unit the index of its line, or the number of lines where it is in none."""
    gains = np.where(on, 1.0, np.where(contested, -_ELSEWHERE, 0.0))
    states, count = len(on) + 1, on.shape[1]
    gains = np.vstack([gains, np.zeros(count)])
    score = gains[:, 0].copy()
    came = np.zeros((states, count), dtype=np.intp)
    for at in range(1, count):
        best = int(score.argmax())
        stay = score >= score[best] - _CHANGE
        came[:, at] = np.where(stay, np.arange(states), best)
        score = np.where(stay, score, score[best] - _CHANGE) + gains[:, at]
    labels = np.zeros(count, dtype=np.intp)
    labels[-1] = int(score.argmax())
    for at in range(count - 1, 0, -1):
        labels[at - 1] = came[labels[at], at]
    return labels


def _is_near(times: Times, known: Times) -> NDArray[np.bool_]:
    """Whether something in `known` (sorted) is within `_WITHIN` of each time."""
    return np.searchsorted(known, times + _WITHIN) > np.searchsorted(known, times - _WITHIN)


def _runs(labels: NDArray[np.intp]) -> list[tuple[int, int]]:
    changes = [int(at) + 1 for at in np.flatnonzero(np.diff(labels))]
    return list(pairwise([0, *changes, len(labels)]))


def _part(first: int, end: int, line: Line, on: NDArray[np.bool_]) -> Part | None:
    """The part from `first` to `end`, or None where too few of its words lie on its line.

    Words before the first and after the last that lies on it belong to what is missing there, and are left out. Nothing
    is missing before the captions' first word and after their last, so these stay.
    """
    matched = np.flatnonzero(on[first:end])
    if len(matched) < _FEWEST:
        return None
    start = first + int(matched[0]) if first else 0
    stop = first + int(matched[-1]) + 1 if end < len(on) else end
    return Part(start, stop, line, len(matched))


def _apart(parts: Sequence[Part], times: Times, on: Sequence[NDArray[np.bool_]]) -> tuple[Part, ...]:
    """The parts without what would be sung at the same time as words of a better part, or before an earlier one."""
    kept: list[Part] = []
    for part, matched in sorted(zip(parts, on, strict=True), key=lambda pair: -pair[0].matched):
        after = max((_span(other, times)[1] for other in kept if other.first < part.first), default=-np.inf)
        before = min((_span(other, times)[0] for other in kept if other.first > part.first), default=np.inf)
        moved = part.line.at(times[part.first : part.end])
        inside = np.flatnonzero((moved >= after - _OVERLAP) & (moved <= before + _OVERLAP))
        if len(inside) == part.end - part.first:
            kept.append(part)
        elif len(inside):
            first, end = part.first + int(inside[0]), part.first + int(inside[-1]) + 1
            if (rest := _part(first, end, part.line, matched)) is not None:
                kept.append(rest)
    return tuple(sorted(kept, key=lambda part: part.first))


def _span(part: Part, times: Times) -> tuple[float, float]:
    start, end = part.line.at(times[[part.first, part.end - 1]])
    return float(start), float(end)
