"""How much begins at each moment: spectral flux, in three bands.

Sound is taken to a spectrum on a logarithmic scale of frequency and a compressed one of amplitude. What rises in it
against two frames ago is an onset; the maximum over the neighbouring bands is what it has to rise above, so that
vibrato is none (SuperFlux; Böck and Widmer, "Maximum filter vibrato suppression for onset detection", DAFx 2013). Low,
middle and high are kept apart since drums tell bars by them: kick, snare, hat.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from music_analysis.frames import RATE, Framer, Samples
from music_analysis.smoothing import moving_maximum, moving_mean

FPS = 100
"""Frames of onset strength a second."""

_FRAME = 1024
_HOP = RATE // FPS
_LAG = 2
_BANDS_PER_OCTAVE = 8
_LOWEST, _HIGHEST = 40.0, 7600.0
_EDGES = (160.0, 1600.0)  # Hz between low, middle and high
_COMPRESSION = 300.0
_SILENCE = 1e-5  # amplitude of a full-scale sine is 1
_CHUNK = 6000

Values = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Onsets:
    """Onset strength, `FPS` values a second; value k belongs to k / FPS seconds."""

    bands: Values
    """Shape (n, 3): low, middle, high; each evened out to a like level through the song."""

    @property
    def strength(self) -> Values:
        """All bands together, shape (n,)."""
        return self.bands @ np.array([1.0, 1.0, 0.7], np.float32) / 2.7

    def __len__(self) -> int:
        return self.bands.shape[0]


class OnsetListener:
    """Takes mono sound at `RATE`, block by block."""

    def __init__(self) -> None:
        self._framer = Framer(_FRAME, _HOP)
        self._window = np.hanning(_FRAME + 1)[:-1].astype(np.float32)
        self._window *= 2 / self._window.sum()
        self._bands, centres = _filterbank()
        self._groups = np.searchsorted(_EDGES, centres)
        self._levels: list[NDArray[np.float16]] = []

    def push(self, samples: Samples) -> None:
        self._listen(self._framer.push(samples))

    def finish(self) -> Onsets:
        self._listen(self._framer.rest())
        if not self._levels:
            return Onsets(np.zeros((0, 3), np.float32))
        levels = np.concatenate(self._levels)
        self._levels.clear()
        return Onsets(_evened(_flux(levels, self._groups)))

    def _listen(self, frames: Samples) -> None:
        for start in range(0, frames.shape[0], _CHUNK):
            magnitude = np.abs(np.fft.rfft(frames[start : start + _CHUNK] * self._window, axis=1))
            level = np.log10(np.maximum(magnitude @ self._bands, _SILENCE))
            self._levels.append(level.astype(np.float16))


def _filterbank() -> tuple[Values, NDArray[np.float64]]:
    """Triangles on a logarithmic scale, at least a bin wide; shape (bins, bands); and the bands' centres in Hz."""
    count = int(_BANDS_PER_OCTAVE * np.log2(_HIGHEST / _LOWEST)) + 1
    ideal = _LOWEST * 2 ** (np.arange(-1, count + 1) / _BANDS_PER_OCTAVE)
    places = np.unique(np.maximum(1, np.round(ideal * _FRAME / RATE)))
    places = np.minimum(places, _FRAME / 2)
    bins = np.arange(_FRAME // 2 + 1)[:, None]
    left, centre, right = places[:-2], places[1:-1], places[2:]
    rise = (bins - left) / (centre - left)
    fall = (right - bins) / (right - centre)
    triangles = np.clip(np.minimum(rise, fall), 0, 1)
    return triangles.astype(np.float32), centre * RATE / _FRAME


def _flux(levels: NDArray[np.float16], groups: NDArray[np.int64]) -> Values:
    """Rise of the compressed spectrum, the mean over each group of bands; shape (n, 3)."""
    reference = np.percentile(levels[:: max(1, len(levels) // 20_000)].max(axis=1), 95)
    flux = np.zeros((len(levels), 3), np.float32)
    for start in range(0, len(levels), _CHUNK):
        first = max(0, start - _LAG)
        part = levels[first : start + _CHUNK].astype(np.float32) - np.float32(reference)
        part = np.log10(1 + _COMPRESSION * 10**part)
        if start == 0:
            part = np.concatenate((np.repeat(part[:1], _LAG, axis=0), part))
        rise = np.maximum(0, part[_LAG:] - moving_maximum(part[:-_LAG].T, 3).T)
        for group in range(3):
            flux[start : start + len(rise), group] = rise[:, groups == group].mean(axis=1)
    return flux


def _evened(flux: Values) -> Values:
    """Take away what is always there, and bring each band to unit spread within some seconds, or nearly.

    A quiet verse then counts as much as a loud chorus. What is far quieter than the band usually is stays quiet:
    silence must not become rhythm.
    """
    out = np.maximum(0, flux - moving_mean(flux, FPS // 2 + 1))
    spread = np.sqrt(moving_mean(out**2, 8 * FPS + 1))
    usual = np.sqrt((out**2).mean(axis=0))
    whole = usual.max() if usual.size else 0.0
    return out / (spread + 0.25 * usual + 0.05 * whole + 1e-4)
