"""Which tempi are in the onsets, second by second.

The autocorrelation of a rhythm peaks at its period and all multiples, its spectrum at its rate and all multiples; their
product is left with the rates at which there really is a pulse (Peeters, "Template-based estimation of time-varying
tempo", EURASIP 2007). Several levels of the metre stay: which of them is the beat is decided elsewhere.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from music_analysis.onsets import FPS, Onsets

Values = NDArray[np.float32]

BINS_PER_OCTAVE = 48
BPM: NDArray[np.float64] = 30 * 2 ** (np.arange(round(3.4 * BINS_PER_OCTAVE)) / BINS_PER_OCTAVE)
"""The tempi that are looked for, from 30 to 317 beats a minute."""

HOP_SECONDS = 1.0
_WINDOW_SECONDS = 12.0
_FFT = 8192
_MULTIPLES = 4
_CHUNK = 256


@dataclass(frozen=True, eq=False)
class Tempogram:
    """Salience of each tempo of `BPM` around each multiple of `HOP_SECONDS`."""

    salience: Values
    """Shape (n, tempi); the strongest of a row is at most 1: how periodic the sound is there."""

    @classmethod
    def of(cls, onsets: Onsets) -> Tempogram:
        size, hop = round(_WINDOW_SECONDS * FPS), round(HOP_SECONDS * FPS)
        strength = onsets.strength
        padded = np.pad(strength, (size // 2, size // 2 + hop))
        frames = np.lib.stride_tricks.sliding_window_view(padded, size)[::hop]
        frames = frames[: max(1, -(-len(strength) // hop))]
        window = np.hanning(size).astype(np.float32)
        rows = [_salience(frames[i : i + _CHUNK] * window, window) for i in range(0, len(frames), _CHUNK)]
        return cls(np.concatenate(rows))


def _salience(frames: Values, window: Values) -> Values:
    frames = frames - (frames.sum(axis=1, keepdims=True) / window.sum()) * window
    spectrum = np.fft.rfft(frames, _FFT, axis=1)
    power = np.abs(spectrum) ** 2
    correlation = np.fft.irfft(power, axis=1)[:, : _FFT // 2]
    taper = np.fft.irfft(np.abs(np.fft.rfft(window, _FFT)) ** 2)[: _FFT // 2]
    reach = int(0.8 * window.size)
    correlation = correlation[:, :reach] / np.maximum(taper[:reach] / taper[0], 0.02)
    correlation /= np.maximum(correlation[:, :1], 1e-9)
    lags = 60 * FPS / BPM
    comb = np.zeros((len(frames), BPM.size), np.float32)
    shares = np.zeros(BPM.size)
    for multiple in range(1, _MULTIPLES + 1):
        inside = multiple * lags < reach - 1
        comb[:, inside] += np.maximum(0, _at(correlation, multiple * lags[inside]))
        shares += inside
    comb /= np.maximum(shares, 1)
    magnitude = np.sqrt(power)
    pulse = _at(magnitude, BPM / 60 / FPS * _FFT)
    pulse /= np.maximum(magnitude.max(axis=1, keepdims=True), 1e-9)
    return np.sqrt(comb * pulse).astype(np.float32)


def _at(values: NDArray[np.float32], places: NDArray[np.float64]) -> NDArray[np.float32]:
    """Values between columns, interpolated."""
    whole = places.astype(np.int64)
    part = (places - whole).astype(np.float32)
    between = values[:, whole] * (1 - part) + values[:, whole + 1] * part
    return between.astype(np.float32, copy=False)
