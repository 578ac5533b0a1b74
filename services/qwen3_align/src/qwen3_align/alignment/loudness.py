"""How loud the recording is where voices are, and so where it may be cut.

A cut through a word costs that word in both clips. In a mixture nobody can tell voice from instruments by loudness, but
the quietest moment of some seconds is seldom within a word, and a stretch far below the rest surely has no voice.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qwen3_align.clips import SAMPLE_RATE, Samples

Span = tuple[float, float]
"""Start and end in seconds."""

_HOP = 800
_FRAME = 1024
_BLOCK_FRAMES = 600
"""Frames that are transformed at once, so that a long recording needs no more memory than a short one."""
_HOPS_PER_SECOND = SAMPLE_RATE / _HOP
_LOWEST_HZ, _HIGHEST_HZ = 200.0, 4000.0
"""Where a voice has most of its power; bass, drums and cymbals have it elsewhere."""
_LOUD_PERCENTILE = 90
_SILENT_DB = -40.0
"""Below the loud parts. A whisper is louder."""
_SMOOTHING = np.ones(5) / 5


@dataclass(frozen=True, eq=False)
class Loudness:
    """The level of the voices' band."""

    level: NDArray[np.float64]
    """Decibels relative to the loud parts of the recording, every 50 ms."""
    seconds: float

    @classmethod
    def of(cls, samples: Samples) -> Loudness:
        power = np.concatenate(
            [_power(samples, first) for first in range(0, max(1, len(samples)), _BLOCK_FRAMES * _HOP)]
        )
        smooth = np.convolve(power, _SMOOTHING)[len(_SMOOTHING) // 2 :][: len(power)]
        level = 10 * np.log10((smooth + 1e-12) / (np.percentile(smooth, _LOUD_PERCENTILE) + 1e-12))
        return cls(level, len(samples) / SAMPLE_RATE)

    def silences(self, least: float = 2.0) -> tuple[Span, ...]:
        """Stretches of at least `least` seconds in which surely nobody sings."""
        silent = np.concatenate([[False], self.level < _SILENT_DB, [False]])
        edges = np.flatnonzero(np.diff(silent.astype(np.int8)))
        times: list[float] = np.minimum(edges / _HOPS_PER_SECOND, self.seconds).tolist()
        spans = zip(times[::2], times[1::2], strict=True)
        return tuple(span for span in spans if span[1] - span[0] >= least)

    def quietest(self, start: float, end: float) -> float:
        """The quietest moment from start to end; of equals the last, so that a cut there leaves the longer clip."""
        first, last = round(start * _HOPS_PER_SECOND), round(end * _HOPS_PER_SECOND)
        levels = self.level[first:last]
        if not levels.size:
            return end
        at = first + levels.size - 1 - int(np.argmin(levels[::-1]))
        return min(max((at + 0.5) / _HOPS_PER_SECOND, start), end)


def _power(samples: Samples, first: int) -> NDArray[np.float64]:
    """Power in the band for each hop of the block that starts at this sample."""
    block = samples[first : first + _BLOCK_FRAMES * _HOP + _FRAME - _HOP]
    count = min(_BLOCK_FRAMES, max(1, -(-(len(samples) - first) // _HOP)))
    padded = np.zeros((count - 1) * _HOP + _FRAME, np.float32)
    padded[: len(block)] = block[: len(padded)]
    frames = np.lib.stride_tricks.sliding_window_view(padded, _FRAME)[::_HOP]
    spectrum = np.fft.rfft(frames * np.hanning(_FRAME).astype(np.float32))
    low, high = (round(hertz * _FRAME / SAMPLE_RATE) for hertz in (_LOWEST_HZ, _HIGHEST_HZ))
    return (np.abs(spectrum[:, low:high]) ** 2).sum(axis=1)
