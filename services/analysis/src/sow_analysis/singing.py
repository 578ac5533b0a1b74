"""Where somebody sings: silences of the voice, and pieces of a recording that are short enough to listen to."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sow_analysis.engines.protocols import Samples, Span

_RATE = 16_000
_HOP = 1600
_HOPS_PER_SECOND = _RATE / _HOP
_LOUD_PERCENTILE = 90
_SILENT_DB = -25.0
"""Below the voice's loud parts. What a separator leaves of the instruments lies lower, a whisper does not."""
_BREATH_SECONDS = 0.5
_SMOOTHING = np.ones(3) / 3
_LEAST_SILENCE = 3.0
_WORTH_SKIPPING = 2.0
_SHORTEST_PIECE = 0.5


@dataclass(frozen=True, eq=False)
class Voice:
    """How loud the voice is, and where there is one."""

    level: NDArray[np.float64]
    """Decibels relative to its loud parts, every 0.1 s."""
    active: NDArray[np.bool_]
    """Whether somebody may be singing, every 0.1 s."""
    duration: float

    @classmethod
    def of(cls, samples: Samples, vocals: Samples | None) -> Voice:
        """From the separated voice or, without one, from the recording: then somebody may sing at any time."""
        level = _level(samples if vocals is None else vocals)
        active = np.ones(len(level), np.bool_)
        if vocals is not None:
            reach = np.ones(2 * round(_BREATH_SECONDS * _HOPS_PER_SECOND) + 1)
            active = np.convolve(level > _SILENT_DB, reach)[len(reach) // 2 :][: len(level)] > 0
        return cls(level, active, len(samples) / _RATE)

    def silences(self, least: float = _LEAST_SILENCE) -> tuple[Span, ...]:
        """Stretches (start, end) of at least `least` seconds in which surely nobody sings."""
        return tuple(span for span in self._spans(~self.active) if span[1] - span[0] >= least)

    def pieces(self, longest: float) -> tuple[Span, ...]:
        """All singing, in order, in pieces of at most `longest` seconds, cut where the voice is faintest."""
        pieces: list[Span] = []
        for start, end in self._spans(self.active):
            while end - start > longest:
                cut = self._faintest(start + longest / 2, start + longest)
                pieces.append((start, cut))
                start = cut
            last = pieces[-1] if pieces else None
            if last and end - last[0] <= longest and start - last[1] < _WORTH_SKIPPING:
                pieces[-1] = (last[0], end)
            else:
                pieces.append((start, end))
        return tuple((start, end) for start, end in pieces if end - start > _SHORTEST_PIECE)

    def _faintest(self, start: float, end: float) -> float:
        first, last = int(start * _HOPS_PER_SECOND), int(end * _HOPS_PER_SECOND)
        return (first + int(np.argmin(self.level[first:last]))) / _HOPS_PER_SECOND

    def _spans(self, mask: NDArray[np.bool_]) -> list[Span]:
        edges = np.flatnonzero(np.diff(np.concatenate([[False], mask, [False]]).astype(np.int8)))
        times = np.minimum(edges / _HOPS_PER_SECOND, self.duration).tolist()
        return list(zip(times[::2], times[1::2], strict=True))


def _level(sound: Samples) -> NDArray[np.float64]:
    power = np.add.reduceat(np.square(sound, dtype=np.float64), np.arange(0, len(sound), _HOP)) / _HOP
    smooth = np.convolve(power, _SMOOTHING)[1 : len(power) + 1]
    return 10 * np.log10((smooth + 1e-9) / (np.percentile(smooth, _LOUD_PERCENTILE) + 1e-9))
