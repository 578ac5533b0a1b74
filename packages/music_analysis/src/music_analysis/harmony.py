"""How much the harmony changes at each moment: chords change on the first beat of a bar, more than anywhere else."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from music_analysis.chroma import FPS, Chroma
from music_analysis.onsets import FPS as ONSET_FPS

Wide = NDArray[np.float64]

_BEFORE_AND_AFTER = round(0.5 * FPS)  # frames that are compared
_NEAREST = round(0.1 * FPS)


@dataclass(frozen=True, eq=False)
class Harmony:
    """How much the harmony changes at each moment, `chroma.FPS` values a second."""

    change: Wide = field(repr=False)
    bass_change: Wide = field(repr=False)

    @classmethod
    def of(cls, chroma: Chroma) -> Harmony:
        return cls(_novelty(chroma.treble), _novelty(chroma.bass))

    def at(self, frames: NDArray[np.int64]) -> tuple[Wide, Wide]:
        """Changes at onset frames."""
        if not self.change.size:
            return np.zeros(len(frames)), np.zeros(len(frames))
        index = np.clip(np.round(frames * (FPS / ONSET_FPS)).astype(np.int64), 0, self.change.size - 1)
        return self.change[index], self.bass_change[index]


def _novelty(chroma: NDArray[np.float32]) -> Wide:
    """One minus the likeness (cosine) of the harmony just before and just after each frame."""
    length, gap = _BEFORE_AND_AFTER, _NEAREST
    count = len(chroma)
    if not count:
        return np.zeros(0)
    summed = np.concatenate((np.zeros((1, 12)), np.cumsum(chroma, axis=0, dtype=np.float64)))
    at = np.arange(count)

    def mean(start: NDArray[np.int64], end: NDArray[np.int64]) -> Wide:
        return summed[np.clip(end, 0, count)] - summed[np.clip(start, 0, count)]

    before, after = mean(at - gap - length, at - gap), mean(at + gap + 1, at + gap + 1 + length)
    norms = np.linalg.norm(before, axis=1) * np.linalg.norm(after, axis=1)
    return 1 - (before * after).sum(axis=1) / np.maximum(norms, 1e-3 * length**2) - (norms < 1e-3 * length**2)
