"""How the sound is coloured at each moment: its level in bands, which tells a full band from a lone guitar."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from music_analysis.frames import RATE, Framer, Samples

FPS = 10
"""Frames of timbre a second; frame k is centred on k / FPS seconds."""

_FRAME = 2048
_HOP = RATE // FPS
_BANDS = 24
_LOWEST, _HIGHEST = 60.0, 7600.0
_SILENCE = 1e-5  # amplitude of a full-scale sine is 1
_CHUNK = 1000

Values = NDArray[np.float32]


class TimbreListener:
    """Takes mono sound at `RATE`, block by block."""

    def __init__(self) -> None:
        self._framer = Framer(_FRAME, _HOP)
        self._window = np.hanning(_FRAME + 1)[:-1].astype(np.float32)
        self._window *= 2 / self._window.sum()
        edges = np.geomspace(_LOWEST, _HIGHEST, _BANDS + 1) * _FRAME / RATE
        self._edges = np.unique(np.round(edges).astype(np.int64))
        self._levels: list[NDArray[np.float16]] = []

    def push(self, samples: Samples) -> None:
        self._listen(self._framer.push(samples))

    def finish(self) -> Values:
        """Level of each band, shape (n, bands), log10 of amplitude."""
        self._listen(self._framer.rest())
        if not self._levels:
            return np.zeros((0, self._edges.size - 1), np.float32)
        levels = np.concatenate(self._levels).astype(np.float32)
        self._levels.clear()
        return levels

    def _listen(self, frames: Samples) -> None:
        for start in range(0, frames.shape[0], _CHUNK):
            power = np.abs(np.fft.rfft(frames[start : start + _CHUNK] * self._window, axis=1)) ** 2
            bands = np.add.reduceat(power, self._edges, axis=1)[:, :-1]
            self._levels.append((0.5 * np.log10(np.maximum(bands, _SILENCE**2))).astype(np.float16))
