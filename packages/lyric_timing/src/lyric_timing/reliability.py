"""Whether a confidence means what it says: of the onsets that are p sure, a share of p should be right.

Onsets are matched to the reference as `metrics` has it, by their text, in order. A predicted word or line that matches
none was not sung there: it is wrong, however near another may be. So a sheet whose order was not found counts against
the confidences that were given to it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from lyric_timing.metrics import WINDOW_SECONDS, Reference, TimedText, Unit, match_by_text
from lyric_timing.timed import TimedLine, TimedLyrics, TimedWord

EDGES = (0.0, 0.2, 0.4, 0.6, 0.7, 0.8, 0.9, 0.95, 1.0)
"""Of the bins; narrow where most confidences are. Each bin has its lower edge, the last one both."""


@dataclass(frozen=True, slots=True)
class Judged:
    """One predicted onset: how sure it was, and whether it is within `WINDOW_SECONDS` of the true one."""

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
    """Every predicted word or line of one song, in sung order; what has no confidence is left out."""
    if unit == "line":
        true: Sequence[TimedText] = reference.lines
        given: Sequence[TimedLine | TimedWord] = lyrics.lines
    else:
        true, given = reference.words, [word for line in lyrics.lines for word in line.words]
    onsets: dict[int, float | None] = {
        match: item.start
        for item, match in zip(true, match_by_text([t.text for t in true], [g.text for g in given]), strict=True)
        if match is not None
    }
    return tuple(
        Judged(item.confidence, (onset := onsets.get(i)) is not None and abs(item.start - onset) <= WINDOW_SECONDS)
        for i, item in enumerate(given)
        if item.confidence is not None
    )


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
