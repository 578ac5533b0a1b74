"""Which pitch classes sound at each moment, apart for the bass and for all above it.

The peaks of a long spectrum are placed between its bins by a parabola, so that semitones are told apart down to the
bass. Each goes to a circle of 120 steps of 10 cents: how the song is tuned is read from all peaks at the end, and only
then are they gathered to twelve classes (harmonic pitch class profile; Gómez, "Tonal description of music audio
signals", 2006).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from music_analysis.frames import RATE, Framer, Samples

FPS = 10
"""Frames of chroma a second."""

_FRAME = 8192
_HOP = RATE // FPS
_STEPS = 120
_C4 = 440 * 2 ** (-9.5 / 12)  # half a semitone below the note
# Whole octaves, from C to C: with any other range, the classes that lie in it once more would win.
_BASS = (_C4 / 8, _C4)
_TREBLE = (_C4 / 2, _C4 * 4)
_TUNING_FROM = 240.0  # Hz; below, the bins are too wide to tell it
_FLOOR_DB = 50.0
_CHUNK = 128

Values = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Chroma:
    """Strength of the pitch classes, C first, `FPS` values a second; frame k is centred on k / FPS seconds."""

    treble: Values = field(repr=False)
    """Shape (n, 12); each row sums to at most 1, less where it is quieter than the song usually is."""
    bass: Values = field(repr=False)
    """Shape (n, 12), likewise, of what lies below middle C."""
    tuning_cents: float
    """How far the song lies above A = 440 Hz, -50 to 50."""
    tonality: float
    """0 to 1: how well the peaks keep to one tuning; noise and speech do not."""


class ChromaListener:
    """Takes mono sound at `RATE`, block by block."""

    def __init__(self) -> None:
        self._framer = Framer(_FRAME, _HOP)
        self._window = np.hanning(_FRAME + 1)[:-1].astype(np.float32)
        self._window *= 2 / self._window.sum()
        self._rows: list[NDArray[np.float16]] = []
        self._east = self._north = self._weight = 0.0  # of the peaks' places between two semitones, as angles

    def push(self, samples: Samples) -> None:
        self._listen(self._framer.push(samples))

    def finish(self) -> Chroma:
        self._listen(self._framer.rest())
        if not self._rows:
            empty = np.zeros((0, 12), np.float32)
            return Chroma(empty, empty, 0.0, 0.0)
        fine = np.concatenate(self._rows)
        self._rows.clear()
        cents = math.atan2(self._north, self._east) / (2 * math.pi) * 100
        tonality = math.hypot(self._east, self._north) / max(self._weight, 1e-9)
        treble, bass = (_gathered(fine[:, part], cents) for part in (0, 1))
        return Chroma(treble, bass, cents, tonality)

    def _listen(self, frames: Samples) -> None:
        first, last = (round(hertz * _FRAME / RATE) for hertz in (_BASS[0], _TREBLE[1]))
        for start in range(0, frames.shape[0], _CHUNK):
            spectrum = np.fft.rfft(frames[start : start + _CHUNK] * self._window, axis=1)
            magnitude = np.abs(spectrum[:, first - 1 : last + 1])
            self._rows.append(self._fold(magnitude, first))

    def _fold(self, magnitude: Values, first: int) -> NDArray[np.float16]:
        count = magnitude.shape[0]
        middle = magnitude[:, 1:-1]
        loud = middle > np.maximum(magnitude.max(axis=1, keepdims=True) * 10 ** (-_FLOOR_DB / 20), 1e-5)
        peaks = loud & (middle >= magnitude[:, :-2]) & (middle > magnitude[:, 2:])
        frame, column = np.nonzero(peaks)
        below, at, above = (np.log(magnitude[frame, column + k] + 1e-12) for k in (0, 1, 2))
        shift = 0.5 * (below - above) / np.minimum(below - 2 * at + above, -1e-9)
        hertz = (column + first + shift) * RATE / _FRAME
        weight = np.sqrt(magnitude[frame, column + 1])
        pitch = 12 * np.log2(hertz / 440) + 69
        angle = 2 * np.pi * pitch
        tuned = hertz > _TUNING_FROM
        self._east += float((weight * np.cos(angle))[tuned].sum())
        self._north += float((weight * np.sin(angle))[tuned].sum())
        self._weight += float(weight[tuned].sum())
        step = np.floor(pitch * _STEPS / 12 + 0.5).astype(np.int64) % _STEPS
        folded = np.zeros((count, 2, _STEPS))
        for part, (lowest, highest) in enumerate((_TREBLE, _BASS)):
            inside = (hertz >= lowest) & (hertz < highest)
            flat = np.bincount((frame * _STEPS + step)[inside], weight[inside], count * _STEPS)
            folded[:, part] = flat.reshape(count, _STEPS)
        return folded.astype(np.float16)


def _gathered(fine: NDArray[np.float16], cents: float) -> Values:
    """120 steps to 12 classes at the song's tuning; a step's share falls with its distance from the class."""
    distance = (np.arange(_STEPS)[:, None] * 10 - np.arange(12)[None, :] * 100 - cents + 600) % 1200 - 600
    share = np.clip(np.cos(np.pi * distance / 100), 0, 1) * (np.abs(distance) < 50)
    chroma = fine.astype(np.float32) @ share.astype(np.float32)
    total = chroma.sum(axis=1, keepdims=True)
    usual = float(np.percentile(total, 75)) if total.size else 0.0
    return chroma / np.maximum(total, 0.25 * usual + 1e-6)
