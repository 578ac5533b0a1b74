"""Whether a confidence means what it says: of the onsets that are p sure, a share of p should be right.

A predicted word or line is right when the same text is sung within `WINDOW_SECONDS` of it, and each true onset makes
only one right. `metrics` matches texts in order, whatever their times, which is stricter: where a sheet is printed
without its repeats and one is missed, it pairs each chorus with the next, and calls lines wrong that are where they are
sung.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from operator import itemgetter

from lyric_timing.metrics import WINDOW_SECONDS, Reference, TimedText, Unit, bare
from lyric_timing.timed import TimedLine, TimedLyrics, TimedWord

EDGES = (0.0, 0.2, 0.4, 0.7, 0.8, 0.9, 0.95, 1.0)
"""Of the bins; narrow where most confidences are. Each bin has its lower edge, the last one both."""


@dataclass(frozen=True, slots=True)
class Judged:
    """One predicted onset: how sure it was, and whether it is right."""

    confidence: float
    right: bool


@dataclass(frozen=True, slots=True)
class Bin:
    """The onsets whose confidence is about the same."""

    low: float
    high: float
    count: int
    confidence: float
    """Their mean confidence."""
    right: float
    """The share that is right, 0 to 1."""


def judge(reference: Reference, lyrics: TimedLyrics, unit: Unit) -> tuple[Judged, ...]:
    """Every predicted word or line of one song that has a confidence, by text and time."""
    if unit == "line":
        true: Sequence[TimedText] = reference.lines
        given: Sequence[TimedLine | TimedWord] = lyrics.lines
    else:
        true, given = reference.words, [word for line in lyrics.lines for word in line.words]
    sung: defaultdict[str, list[float]] = defaultdict(list)
    for item in true:
        if item.start is not None:
            sung[bare(item.text)].append(item.start)
    predicted: defaultdict[str, list[tuple[float, float | None]]] = defaultdict(list)
    for item in given:
        predicted[bare(item.text)].append((item.start, item.confidence))
    return tuple(one for text, items in predicted.items() for one in _judged(items, sung[text]))


def _judged(predicted: Sequence[tuple[float, float | None]], sung: Sequence[float]) -> Iterator[Judged]:
    """Each onset in turn claims the first true one that is near and not yet claimed: so most are right."""
    waiting = deque(sorted(sung))
    for start, confidence in sorted(predicted, key=itemgetter(0)):
        while waiting and waiting[0] < start - WINDOW_SECONDS:
            waiting.popleft()
        right = bool(waiting) and waiting[0] <= start + WINDOW_SECONDS
        if right:
            waiting.popleft()
        if confidence is not None:
            yield Judged(confidence, right)


def bins(judged: Sequence[Judged], edges: Sequence[float] = EDGES) -> tuple[Bin, ...]:
    """The reliability curve: the bins that are not empty, least sure first."""
    found: list[Bin] = []
    for low, high in pairwise(edges):
        here = [one for one in judged if low <= one.confidence < high or one.confidence == high == edges[-1]]
        if here:
            n = len(here)
            confidence, right = sum(one.confidence for one in here) / n, sum(one.right for one in here) / n
            found.append(Bin(low, high, n, confidence, right))
    return tuple(found)


def calibration_error(curve: Sequence[Bin]) -> float:
    """How far the mean confidence of a bin is from its share of right onsets, averaged over onsets; 0 without any.

    The expected calibration error of Naeini, Cooper and Hauskrecht (AAAI 2015), as in
    https://arxiv.org/abs/1706.04599, section 2, but with bins of unequal width.
    """
    total = sum(one.count for one in curve)
    return sum(one.count * abs(one.confidence - one.right) for one in curve) / total if total else 0.0


def share_right(judged: Sequence[Judged], least: float) -> tuple[int, float]:
    """How many onsets are at least this sure, and the share of them that is right; 1 where there are none."""
    sure = [one.right for one in judged if one.confidence >= least]
    return len(sure), sum(sure) / len(sure) if sure else 1.0
