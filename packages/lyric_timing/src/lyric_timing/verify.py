"""Repair of timed lyrics: whatever an engine returned, the result can be shown, sung to and written to any format.

An onset is what an engine heard and what a singer reads by, so onsets are moved only where they contradict each other,
and then by the least sum of absolute moves: L1 isotonic regression, which leaves the majority alone and brings the
outlier to it (a mean would drag its neighbours along). Ends are soft: they follow.

Times are handled as whole microseconds, so that nothing depends on rounding and repairing twice changes nothing.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import replace
from heapq import heappush, heapreplace
from itertools import pairwise
from typing import Any

import numpy as np

from lyric_timing.timed import TimedLine, TimedLyrics

MIN_WORD_SECONDS = 0.06
"""No word is shorter where there is room: about the shortest syllable that anyone sings."""
UNKNOWN_WORD_SECONDS = 0.5
"""Length of a word whose end is not a number, if the next word leaves as much."""
OVERLAP_SECONDS = 5.0
"""A line whose last word starts further than this into the next line is no second voice but a mistake."""

_INTERPOLATED: dict[str, Any] = {"confidence": 0.0, "source": "interpolated"}
_GRID = 1_000_000
_LONGEST_SECONDS = 1e8


def verify(lyrics: TimedLyrics, duration: float | None = None) -> TimedLyrics:
    """The same lyrics with times that hold together.

    `duration` is the length of the recording in seconds; without it, `lyrics.duration` counts, if there is one.

    - Every time is finite and lies in [0, duration], to the microsecond. An onset that was no number is interpolated.
    - Words of a line follow each other without overlap, each at least `MIN_WORD_SECONDS` long (less only when the
      recording is too short for all words). Words squeezed into one instant are spread around it, or before the end.
    - A line starts with its first word and ends with its last. Lines stand in order of their start.
    - A line ends when the next one begins, at the latest. Only when voices overlap, so that words of a line start up to
      `OVERLAP_SECONDS` after the next line does, both keep their onsets and the line runs on.

    Repairing twice changes nothing. Raises ValueError when the duration is negative or not finite.
    """
    duration = lyrics.duration if duration is None else duration
    if duration is not None and not (math.isfinite(duration) and duration >= 0):
        raise ValueError(f"The duration of a recording is a number of seconds from 0 up, not {duration}.")
    if not lyrics.lines:
        return replace(lyrics, duration=duration)
    limit = _LONGEST_SECONDS if duration is None else min(duration, _LONGEST_SECONDS)
    whole = _whole_grid(limit)
    lines, onsets = _with_onsets(lyrics.lines, limit)
    gap = min(round(MIN_WORD_SECONDS * _GRID), whole // sum(map(len, onsets)))
    starts = [_spaced(line, gap, whole)[0] for line in onsets]
    order = sorted(range(len(lines)), key=starts.__getitem__)
    together = _linked([onsets[k] for k in order], gap, whole)
    firsts = [line[0] for line in together]
    repaired: list[TimedLine] = []
    for k, words in zip(order, together, strict=True):
        after = bisect_right(firsts, words[-1])
        until = [*words[1:], firsts[after] if after < len(firsts) else whole]
        repaired.append(_retimed(lines[k], words, until, gap, limit))
    return replace(lyrics, lines=tuple(repaired), duration=duration)


def _whole_grid(seconds: float) -> int:
    """The last grid point that is not after `seconds`."""
    point = math.floor(seconds * _GRID)
    return point + 1 if (point + 1) / _GRID <= seconds else point


def _with_onsets(lines: Sequence[TimedLine], limit: float) -> tuple[list[TimedLine], list[list[int]]]:
    """Onsets on the grid, for each line one per word (a line without words counts as one word).

    Those that are no number are interpolated between their neighbours, and marked as such in the returned lines.
    """
    given = [_given_onsets(line) for line in lines]
    flat = np.array([onset for line in given for onset in line], dtype=np.float64)
    known = np.isfinite(flat)
    flat = np.clip(flat, 0.0, limit)
    if not known.all():
        where = np.flatnonzero(known)
        flat = np.interp(np.arange(flat.size), where, flat[where]) if where.size else np.zeros(flat.size)
    grid = [round(onset * _GRID) for onset in flat.tolist()]
    marked: list[TimedLine] = []
    onsets: list[list[int]] = []
    at = 0
    for line, starts in zip(lines, given, strict=True):
        found = [math.isfinite(start) for start in starts]
        words = tuple(w if ok else replace(w, **_INTERPOLATED) for w, ok in zip(line.words, found, strict=False))
        line = replace(line, words=words) if words or found[0] else replace(line, **_INTERPOLATED)
        marked.append(line)
        onsets.append(grid[at : at + len(starts)])
        at += len(starts)
    return marked, onsets


def _given_onsets(line: TimedLine) -> list[float]:
    onsets = [word.start for word in line.words] or [line.start]
    if not math.isfinite(onsets[0]):
        onsets[0] = line.start
    return onsets


def _linked(lines: Sequence[Sequence[int]], gap: int, limit: int) -> list[list[int]]:
    """Onsets spaced within lines, and across them but for lines that overlap: there, two voices sing at once.

    Links between lines are added, never taken away, until the result needs no more of them; hence a second repair has
    nothing to do.
    """
    links = [_follows(this, following) for this, following in pairwise(lines)]
    while True:
        spaced: list[list[int]] = []
        run: list[Sequence[int]] = []
        for line, link in zip(lines, [*links, False], strict=True):
            run.append(line)
            if not link:
                spaced.extend(_spaced_run(run, gap, limit))
                run = []
        wanted = [link or _follows(*pair) for link, pair in zip(links, pairwise(spaced), strict=True)]
        if wanted == links:
            return spaced
        links = wanted


def _follows(this: Sequence[int], following: Sequence[int]) -> bool:
    """Whether a line is meant to come after another as a whole, rather than to be sung over its end."""
    return this[0] > following[0] or not 0 < this[-1] - following[0] <= OVERLAP_SECONDS * _GRID


def _spaced_run(run: Sequence[Sequence[int]], gap: int, limit: int) -> list[list[int]]:
    flat = iter(_spaced([onset for line in run for onset in line], gap, limit))
    return [[next(flat) for _ in line] for line in run]


def _spaced(onsets: Sequence[int], gap: int, limit: int) -> list[int]:
    """The onsets moved by the least sum so that each is `gap` after the one before and all are in [0, limit - gap].

    Of the moves of least sum, those that touch fewer onsets; if there are none, the middle (which shares the loss).
    """
    values = [onset - i * gap for i, onset in enumerate(onsets)]
    low = _isotonic(values)
    high = [-value for value in reversed(_isotonic([-value for value in reversed(values)]))]
    chosen: list[int] = []
    while len(chosen) < len(values):
        begin = end = len(chosen)
        while end < len(values) and not values[end] == low[end] == high[end]:
            end += 1
        part = slice(begin, end + 1)
        lower, upper = (sum(map(int.__ne__, values[part], side[part])) for side in (low, high))
        if lower == upper:
            chosen += [(a + b) // 2 for a, b in zip(low[part], high[part], strict=True)]
        else:
            chosen += (low if lower < upper else high)[part]
    room = limit - gap * len(values)
    return [min(max(value, 0), room) + i * gap for i, value in enumerate(chosen)]


def _isotonic(values: Sequence[int]) -> list[int]:
    """L1 isotonic regression: the non-decreasing values nearest to `values` by the sum of distances (the lowest such).

    By slope trick, O(n log n): the heap's top is the best last value so far (Rote, Isotonic Regression by Dynamic
    Programming, SOSA 2019).
    """
    heap: list[int] = []
    fitted: list[int] = []
    for value in values:
        heappush(heap, -value)
        if value < -heap[0]:
            heapreplace(heap, -value)
        fitted.append(-heap[0])
    for i in range(len(fitted) - 2, -1, -1):
        fitted[i] = min(fitted[i], fitted[i + 1])
    return fitted


def _retimed(line: TimedLine, starts: Sequence[int], until: Sequence[int], gap: int, limit: float) -> TimedLine:
    """The line with these starts; each word ends where it said, at least `gap` after its start and at most `until`."""
    given = [word.end for word in line.words] or [line.end]
    ends: list[int] = []
    for end, start, latest in zip(given, starts, until, strict=True):
        seconds = min(max(end, 0.0), limit) if math.isfinite(end) else start / _GRID + UNKNOWN_WORD_SECONDS
        ends.append(min(max(round(seconds * _GRID), start + gap), latest))
    words = tuple(
        replace(word, start=start / _GRID, end=end / _GRID)
        for word, start, end in zip(line.words, starts, ends, strict=False)
    )
    return replace(line, start=starts[0] / _GRID, end=ends[-1] / _GRID, words=words)
