"""Windows: short stretches of singing whose words are known, so that no aligner can drift further than one of them.

`cut` makes them from a roadmap. After alignment `suspects` tells which lines cannot be right, and `repair_windows` cuts
new windows for these alone, between neighbours that can be trusted.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from lyric_timing.matching.phonetic import syllable_count
from lyric_timing.normal import normalize
from lyric_timing.sheet import LyricSheet
from lyric_timing.sung import Roadmap, SungLine
from lyric_timing.timed import TimedLine

Spans = Sequence[tuple[float, float]]

_SURE = 0.3
"""Confidence from which a line's times are believed, if its words at the edge in question were heard."""
_EDGE_WORDS = 2
_WORTHWHILE_GAP = 1.5
"""Seconds of vocal gap from which a cut gains more than the context that it loses."""
_LONGEST_GAP = 4.0
_COST_HALF_SURE, _COST_UNSURE = 1.0, 3.0
_COST_SHORT, _SHORT = 0.5, 5.0
"""Windows shorter than so many seconds give an aligner little to hold on to."""

_PLATEAU_WORDS, _PLATEAU_SECONDS = 3, 0.08
"""So many words in a row with less than this between their onsets were put there, not heard there."""
_FASTEST_SYLLABLES = 12.0
_RATED_WORDS = 4
_LONGEST_PAUSE = 8.0
_LONGEST_LAST_WORD = 1.5
_CRAMPED = 0.6
"""Share of the time that lines usually take, below which their neighbours are as doubtful as they."""
_DEFAULT_PACE = 0.3
"""Seconds for each syllable."""
_LEAST_SILENCE, _SILENCE_EDGE = 2.0, 0.5


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of the recording, in seconds, and the lines that are sung in it."""

    start: float
    end: float
    lines: tuple[int, ...]
    """Indices into `Roadmap.lines`, in a row."""


def cut(
    roadmap: Roadmap,
    sheet: LyricSheet,
    *,
    duration: float,
    max_seconds: float = 28.0,
    max_unsure_seconds: float = 90.0,
    margin: float = 1.0,
    gaps: Spans = (),
) -> tuple[Window, ...]:
    """Windows that hold every line of the roadmap once, in order, cut between lines.

    The cuts lie in the longest vocal gaps whose two sides were heard. Windows are at most `max_seconds` long, but for
    two cases: a single line may be longer, and where nothing was heard on either side of any cut, a window may have
    `max_unsure_seconds` rather than a cut at a guess. Each has `margin` seconds around its words, but reaches neither
    into words of its neighbours that were surely heard, nor far into `gaps`, where nobody sings (start, end).

    The cheapest cuts by dynamic programming, O(lines × lines in a window).
    """
    lines = roadmap.lines
    if not lines:
        return ()
    spans = [_span(lines, i, j=i, duration=duration, margin=margin, gaps=gaps) for i in range(len(lines))]
    price = [_price(one, after) for one, after in pairwise(lines)]
    sure = [value < _COST_UNSURE - 1 for value in price]
    best = [0.0] + [math.inf] * len(lines)
    origin = [0] * (len(lines) + 1)
    for end in range(1, len(lines) + 1):
        unsure = True
        for start in range(end - 1, -1, -1):
            unsure = unsure and not (start + 1 < end and sure[start])
            seconds = spans[end - 1][1] - spans[start][0]
            if start + 1 < end and seconds > (max_unsure_seconds if unsure else max_seconds):
                break
            cost = best[start] + (price[start - 1] if start else 0.0) + (_COST_SHORT if seconds < _SHORT else 0.0)
            if cost < best[end]:
                best[end], origin[end] = cost, start
    edges = [len(lines)]
    while edges[-1]:
        edges.append(origin[edges[-1]])
    windows: list[Window] = []
    for end, start in pairwise(edges):
        first, last = _span(lines, start, j=end - 1, duration=duration, margin=margin, gaps=gaps)
        windows.append(Window(first, last, tuple(range(start, end))))
    return tuple(reversed(windows))


def _price(one: SungLine, after: SungLine) -> float:
    """What a cut between two lines costs; less than nothing in a long gap between words that were heard."""
    sides = _ends_surely(one) + _starts_surely(after)
    gap = min(max(0.0, after.start - one.end), _LONGEST_GAP)
    return 1 - gap / _WORTHWHILE_GAP if sides == 2 else _COST_HALF_SURE if sides else _COST_UNSURE


def _starts_surely(line: SungLine) -> bool:
    return line.confidence >= _SURE and any(onset is not None for onset in line.onsets[:_EDGE_WORDS])


def _ends_surely(line: SungLine) -> bool:
    return line.confidence >= _SURE and any(onset is not None for onset in line.onsets[-_EDGE_WORDS:])


def _span(
    lines: Sequence[SungLine], i: int, *, j: int, duration: float, margin: float, gaps: Spans
) -> tuple[float, float]:
    """From where to where the window of lines i to j reaches."""
    start, end = lines[i].start - margin, max(line.end for line in lines[i : j + 1]) + margin
    if i and _ends_surely(before := lines[i - 1]):
        start = min(max(start, before.end), lines[i].start)
    if j + 1 < len(lines) and _starts_surely(after := lines[j + 1]):
        end = max(min(end, after.start), lines[j].end)
    start, end = max(0.0, start), min(duration, end)
    first = lines[i].start if _starts_surely(lines[i]) else end
    last = lines[j].end if _ends_surely(lines[j]) else start
    trimmed = _trimmed(start, end, margin, gaps)
    return min(trimmed[0], max(start, first)), max(trimmed[1], min(end, last))


def _trimmed(start: float, end: float, margin: float, gaps: Spans) -> tuple[float, float]:
    """Without what lies before a silence near the start, or after one near the end; half the margin of it is left."""
    for silence, singing in sorted(gaps):
        if silence <= start + margin and start < singing < end:
            start = max(start, singing - margin / 2)
    for silence, singing in sorted(gaps, reverse=True):
        if start < silence < end and singing >= end - margin:
            end = min(end, silence + margin / 2)
    return start, max(start, end)


def suspects(
    lines: Sequence[TimedLine],
    roadmap: Roadmap | None = None,
    *,
    drift: float = 1.5,
    silences: Spans = (),
) -> tuple[int, ...]:
    """Indices of the lines whose times cannot be right:

    - a plateau: three words in a row or more in an instant;
    - a rate that nobody sings, or a pause of many seconds inside a line;
    - drift: half of the words that were heard (in `roadmap`, whose lines are these lines) are `drift` seconds or more
      from where they were heard;
    - half of the words inside `silences`, stretches (start, end) of seconds in which nobody sings;
    - a line that starts before the line before it.

    Lines without words are judged by their start alone.
    """
    if roadmap is not None and len(roadmap.lines) != len(lines):
        raise ValueError(f"{len(lines)} timed lines cannot belong to a roadmap of {len(roadmap.lines)} lines.")
    found: list[int] = []
    for i, line in enumerate(lines):
        onsets = [word.start for word in line.words] or [line.start]
        wrong = (
            _has_plateau(onsets)
            or _has_impossible_rate(line)
            or any(b - a > _LONGEST_PAUSE for a, b in pairwise(onsets))
            or _is_silent(onsets, silences)
            or (i > 0 and line.start < lines[i - 1].start)
            or (roadmap is not None and _drifts(onsets, roadmap.lines[i], drift))
        )
        if wrong:
            found.append(i)
    return tuple(found)


def _has_plateau(onsets: Sequence[float]) -> bool:
    run = 1
    for a, b in pairwise(onsets):
        run = run + 1 if b - a < _PLATEAU_SECONDS else 1
        if run >= _PLATEAU_WORDS:
            return True
    return False


def _has_impossible_rate(line: TimedLine) -> bool:
    """Whether any four words in a row go by faster than twelve syllables a second."""
    starts = [word.start for word in line.words]
    syllables = [syllable_count(normalize(word.text)) for word in line.words]
    return any(
        sum(syllables[i : i + _RATED_WORDS]) > _FASTEST_SYLLABLES * (starts[i + _RATED_WORDS] - starts[i])
        for i in range(len(starts) - _RATED_WORDS)
    )


def _is_silent(onsets: Sequence[float], silences: Spans) -> bool:
    long = [(a + _SILENCE_EDGE, b - _SILENCE_EDGE) for a, b in silences if b - a >= _LEAST_SILENCE]
    return 2 * sum(any(a < onset < b for a, b in long) for onset in onsets) > len(onsets)


def _drifts(onsets: Sequence[float], sung: SungLine, drift: float) -> bool:
    if len(onsets) != len(sung.onsets):
        return False
    apart = [abs(onset - heard) for onset, heard in zip(onsets, sung.onsets, strict=True) if heard is not None]
    return sung.confidence >= _SURE and bool(apart) and float(np.median(apart)) >= drift


def repair_windows(
    roadmap: Roadmap,
    lines: Sequence[TimedLine],
    suspects: Sequence[int],
    *,
    duration: float,
    margin: float = 1.0,
    gaps: Spans = (),
) -> tuple[Window, ...]:
    """Windows for the suspect lines alone (indices, as from `suspects`), those in a row together.

    A window reaches from the last word of the trusted line before to the first of the trusted line after, but no
    further than twice the margin from where the roadmap surely heard its words, nor into `gaps`. Where that leaves too
    little time to sing the lines at the pace of the others, a neighbour is wrong as well, and is aligned with them.
    """
    doubtful = set(suspects)
    pace = _pace(lines, doubtful)
    windows: list[Window] = []
    while True:
        windows = [_repair_window(roadmap, lines, run, duration, margin, gaps) for run in _runs(sorted(doubtful))]
        cramped = {
            line
            for window in windows
            if window.end - window.start < _CRAMPED * pace * sum(_syllables(lines[i]) for i in window.lines)
            for line in (window.lines[0] - 1, window.lines[-1] + 1)
            if 0 <= line < len(lines)
        }
        if not cramped:
            return tuple(windows)
        doubtful |= cramped


def _repair_window(
    roadmap: Roadmap, lines: Sequence[TimedLine], run: Sequence[int], duration: float, margin: float, gaps: Spans
) -> Window:
    first, last = run[0], run[-1]
    start, end = 0.0, duration
    if first:
        before = lines[first - 1]
        latest = before.words[-1].start if before.words else before.start
        start = min(before.end, latest + _LONGEST_LAST_WORD)
    if last + 1 < len(lines):
        end = lines[last + 1].start
    if _starts_surely(roadmap.lines[first]):
        start = max(start, roadmap.lines[first].start - 2 * margin)
    if _ends_surely(roadmap.lines[last]):
        end = min(end, roadmap.lines[last].end + 2 * margin)
    return Window(*_trimmed(start, max(start, end), margin, gaps), tuple(run))


def _runs(indices: Sequence[int]) -> list[list[int]]:
    runs: list[list[int]] = []
    for i in indices:
        if runs and runs[-1][-1] == i - 1:
            runs[-1].append(i)
        else:
            runs.append([i])
    return runs


def _pace(lines: Sequence[TimedLine], doubtful: set[int]) -> float:
    """Usual seconds for each syllable in the trusted lines."""
    rates = [(line.end - line.start) / _syllables(line) for i, line in enumerate(lines) if i not in doubtful]
    return float(np.median(rates)) if rates else _DEFAULT_PACE


def _syllables(line: TimedLine) -> int:
    return syllable_count(normalize(line.text))
