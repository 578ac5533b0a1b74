"""Where captions and another hearing of the same song say the same: anchors, and the straight lines that they lie on.

An anchor is a run of one to three words (in Chinese and Japanese: characters) that both have, by sound. Long ones tell
more, short ones are what is left where every other word was misheard. An anchor counts less the more often either side
has it: a phrase of a chorus sung k times on both sides makes k² anchors, of which k are true. So the true line gets the
most, even where a chorus alone would fit at several places.

A line is found by voting: for each tempo on a grid, the offsets of all anchors go into a histogram, and the highest
peak wins. It is then drawn more finely through the anchors near it by Theil and Sen's estimator, the median of the
slopes between pairs of them, which a third of false anchors does not move.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from lyric_timing.heard import Heard
from lyric_timing.language import language_code
from lyric_timing.matching.phonetic import sound_key, syllables
from lyric_timing.words import split_words

_WEIGHTS = {1: 0.15, 2: 0.35, 3: 0.5}
"""By the number of words; so each word of a phrase that both have counts about one."""
_MOST_PAIRS = {1: 12, 2: 64, 3: 900}
"""A run that makes more anchors than this tells nothing."""
NEAR = 1.5
"""Seconds from a line within which an anchor lies on it: words that share a phrase's time are off by as much."""
_LONGEST = 12.0
"""Seconds that the words of an anchor may take."""
_BIN = 0.25
_TEMPI = [n / 200 for n in range(170, 237)]
"""Slopes that are tried: a recording that takes from 15 % less to 18 % more time than the video."""
_SAME_TEMPO = 0.004
_APART = 20.0
_MOST_FOR_SLOPES = 300

Times = NDArray[np.float64]
Indices = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Unit:
    """One word or character, by its sound."""

    form: str
    time: float
    token: int
    """Index of the token that it is in."""


def units_of(heard: Heard) -> list[Unit]:
    """The words of all tokens, in order."""
    language = language_code(heard.language)
    units: list[Unit] = []
    for index, token in enumerate(heard.tokens):
        words = [word.normal for word in split_words(token.text, language)]
        for at, normal in enumerate(words):
            time = token.start + (token.end - token.start) * at / len(words)
            units.append(Unit(_sound(normal, language), time, index))
    return units


def _sound(normal: str, language: str | None) -> str:
    if language != "ja" and len(normal) == 1 and (readings := syllables(normal)):
        return min(readings)
    return sound_key(normal) or normal


@dataclass(frozen=True, slots=True)
class Line:
    """From seconds of the video to seconds of the recording: `offset + slope * seconds`."""

    offset: float
    slope: float = 1.0

    def at(self, seconds: Times) -> Times:
        """Where these moments of the video are in the recording."""
        return self.offset + self.slope * seconds


@dataclass(frozen=True)
class Anchors:
    """N anchors: of each the first unit in the captions and in what was heard, their number, times, and its weight."""

    caption: Indices
    heard: Indices
    words: Indices
    x: Times
    y: Times
    weight: Times

    @classmethod
    def of(cls, captions: Sequence[Unit], heard: Sequence[Unit]) -> Anchors:
        """All anchors between two hearings."""
        rows: list[tuple[int, int, int, float]] = []
        for words, weight in _WEIGHTS.items():
            here, there = _runs(captions, words), _runs(heard, words)
            for run, places in here.items():
                others = there.get(run, ())
                pairs = len(places) * len(others)
                if 0 < pairs <= _MOST_PAIRS[words]:
                    rows += [(i, j, words, weight * pairs**-0.5) for i in places for j in others]
        return cls(
            np.array([i for i, _, _, _ in rows], dtype=np.intp),
            np.array([j for _, j, _, _ in rows], dtype=np.intp),
            np.array([words for _, _, words, _ in rows], dtype=np.intp),
            np.array([captions[i].time for i, _, _, _ in rows]),
            np.array([heard[j].time for _, j, _, _ in rows]),
            np.array([weight for _, _, _, weight in rows]),
        )

    def on(self, line: Line) -> NDArray[np.bool_]:
        """Which anchors lie on the line."""
        return np.abs(self.y - line.at(self.x)) <= NEAR

    def support(self, line: Line) -> float:
        """How much lies on the line: about the number of its words, those of a chorus once."""
        return float(self.weight[self.on(line)].sum())

    def only(self, chosen: NDArray[np.bool_]) -> Anchors:
        """Some of them."""
        return Anchors(
            self.caption[chosen], self.heard[chosen], self.words[chosen],
            self.x[chosen], self.y[chosen], self.weight[chosen],
        )  # fmt: skip

    def captions_in(self, count: int) -> NDArray[np.bool_]:
        """Which of the captions' `count` units are in one of the anchors."""
        return _covered(self.caption, self.words, count)

    def heard_in(self, count: int) -> NDArray[np.bool_]:
        """Which of the `count` units that were heard are in one of the anchors."""
        return _covered(self.heard, self.words, count)

    def best_line(self) -> Line | None:
        """The line with the most support; of the same tempo unless another one fits clearly better."""
        if not len(self.x):
            return None
        same = self.best_offset(1.0)
        slope = max(_TEMPI, key=lambda slope: (self._peak(slope)[1], -abs(slope - 1)))
        other = self._drawn(self.best_offset(slope))
        if abs(other.slope - 1) < _SAME_TEMPO:
            return same
        more = self.support(other) >= 1.15 * self.support(same)
        finer = self.support(other) >= self.support(same) and self._spread(other) <= 0.6 * self._spread(same)
        return other if more or finer else same

    def best_offset(self, slope: float) -> Line:
        """The line of this slope with the most support."""
        offset, _ = self._peak(slope)
        line = Line(offset, slope)
        near = self.on(line)
        return Line(_median(self.y[near] - slope * self.x[near], self.weight[near]), slope) if near.any() else line

    def _peak(self, slope: float) -> tuple[float, float]:
        """Offset of the densest place, and how dense it is."""
        offsets = self.y - slope * self.x
        low = float(offsets.min()) - 2 * NEAR
        bins = np.floor((offsets - low) / _BIN).astype(np.intp)
        counts = np.bincount(bins, self.weight, minlength=int(4 * NEAR / _BIN))
        width = int(NEAR / _BIN)
        kernel = 1 - np.abs(np.arange(-width, width + 1)) / (width + 1)
        density = np.convolve(counts, kernel, mode="same")
        best = int(density.argmax())
        return low + (best + 0.5) * _BIN, float(density[best])

    def _drawn(self, line: Line) -> Line:
        near = np.flatnonzero(self.on(line))
        order = near[np.argsort(-self.weight[near], kind="stable")][:_MOST_FOR_SLOPES]
        x, y = self.x[order], self.y[order]
        dx, dy = x[:, None] - x[None, :], y[:, None] - y[None, :]
        apart = dx > _APART
        if not apart.any():
            return line
        slope = float(np.median(dy[apart] / dx[apart]))
        return Line(_median(y - slope * x, self.weight[order]), slope)

    def _spread(self, line: Line) -> float:
        near = self.on(line)
        return _median(np.abs(self.y[near] - line.at(self.x[near])), self.weight[near]) if near.any() else NEAR


def _covered(first: Indices, words: Indices, count: int) -> NDArray[np.bool_]:
    inside = np.zeros(count, dtype=np.bool_)
    for step in range(max(_WEIGHTS)):
        inside[first[words > step] + step] = True
    return inside


def _runs(units: Sequence[Unit], words: int) -> dict[tuple[str, ...], list[int]]:
    found: defaultdict[tuple[str, ...], list[int]] = defaultdict(list)
    for start in range(len(units) - words + 1):
        part = units[start : start + words]
        if part[-1].time - part[0].time <= _LONGEST and all(one.time <= after.time for one, after in pairwise(part)):
            found[tuple(unit.form for unit in part)].append(start)
    return found


def _median(values: Times, weights: Times) -> float:
    order = np.argsort(values)
    sums = np.cumsum(weights[order])
    return float(values[order][np.searchsorted(sums, sums[-1] / 2)])
