"""The outline of the sound, for a page to draw."""

from __future__ import annotations

import numpy as np

from music_analysis.document import Waveform
from music_analysis.frames import RATE, Samples

PEAKS_PER_SECOND = 20

_PIECE = RATE // PEAKS_PER_SECOND


class WaveformListener:
    """Takes mono sound at `RATE`, block by block."""

    def __init__(self) -> None:
        self._held = np.zeros(0, np.float32)
        self._minimum: list[float] = []
        self._maximum: list[float] = []

    def push(self, samples: Samples) -> None:
        held = np.concatenate((self._held, samples))
        whole = held.size - held.size % _PIECE
        self._outline(held[:whole].reshape(-1, _PIECE))
        self._held = held[whole:]

    def finish(self) -> Waveform:
        if self._held.size:
            self._outline(self._held[None])
        return Waveform(PEAKS_PER_SECOND, tuple(self._minimum), tuple(self._maximum))

    def _outline(self, pieces: Samples) -> None:
        if pieces.size:
            self._minimum += np.round(pieces.min(axis=1).astype(np.float64), 3).tolist()
            self._maximum += np.round(pieces.max(axis=1).astype(np.float64), 3).tolist()
