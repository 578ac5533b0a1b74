"""Sound to the features of the acoustic model: mel-frequency cepstra with noise removal, and their differences.

As PocketSphinx computes them for this model (its `feat.params`): 25 mel filters from 130 to 6800 Hz on 25.6 ms frames
every 10 ms, a noise floor tracked per filter and subtracted (`fe_noise`: Kim and Stern, PNCC, 2012), orthonormal DCT,
13 liftered cepstra with the mean of the recording taken away, first and second differences.
"""

from __future__ import annotations

import functools
from typing import cast

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

SAMPLE_RATE = 16000
HOP = 160
FRAMES_PER_SECOND = SAMPLE_RATE / HOP
FRAME_LENGTH = 410

_N_FFT = 512
_N_FILTERS = 25
_LOWEST_HZ, _HIGHEST_HZ = 130.0, 6800.0
_PRE_EMPHASIS = 0.97
_N_CEPSTRA = 13
_LIFTER = 22
_FULL_SCALE = 32768.0
_FRAMES_AT_ONCE = 4096

# Noise tracking, with the names and values of fe_noise.
_POWER_DECAY = 0.7
_FLOOR_RISE, _FLOOR_FALL = 0.995, 0.5
_PEAK_DECAY, _MASKED_SHARE = 0.85, 0.2
_MAX_GAIN = 20.0
_SMOOTH_FILTERS = 4


def cepstral_features(samples: NDArray[np.float32]) -> NDArray[np.float32]:
    """Features of mono 16 kHz sound: (frames, 3 streams, 13), frame t centred on t·10 ms + 13 ms."""
    spectrum = _remove_noise(mel_spectrum(samples))
    cepstra = np.log(np.maximum(spectrum, 1e-4)) @ _dct().T * _lifter()
    cepstra -= cepstra.mean(axis=0)
    n = len(cepstra)
    padded = np.pad(cepstra, ((4, 4), (0, 0)), mode="edge")

    def at(offset: int) -> NDArray[np.float64]:
        return padded[4 + offset : 4 + offset + n]

    delta = at(2) - at(-2)
    acceleration = (at(3) - at(-1)) - (at(1) - at(-3))
    return np.stack([cepstra, delta, acceleration], axis=1).astype(np.float32)


def mel_spectrum(samples: NDArray[np.float32]) -> NDArray[np.float64]:
    """Power in each mel filter: (frames, 25). Sound shorter than a frame is padded to one."""
    if len(samples) < FRAME_LENGTH:
        samples = np.pad(samples, (0, FRAME_LENGTH - len(samples)))
    frames = sliding_window_view(samples, FRAME_LENGTH)[::HOP]
    before = np.concatenate([samples[:1], samples])[: len(samples)]
    earlier = sliding_window_view(before, FRAME_LENGTH)[::HOP]
    window = np.hamming(FRAME_LENGTH).astype(np.float32) * _FULL_SCALE
    filters = _mel_filters()
    power = np.empty((len(frames), _N_FILTERS))
    for start in range(0, len(frames), _FRAMES_AT_ONCE):
        block = slice(start, start + _FRAMES_AT_ONCE)
        emphasised = (frames[block] - _PRE_EMPHASIS * earlier[block]) * window
        power[block] = np.abs(np.fft.rfft(emphasised, _N_FFT)) ** 2 @ filters.T
    return power


def _remove_noise(power: NDArray[np.float64]) -> NDArray[np.float64]:
    level, noise, floor = power[0], power[0] / _MAX_GAIN, power[0] / _MAX_GAIN
    peak = np.zeros_like(level)
    gains = np.empty_like(power)
    for t, now in enumerate(power):
        level = _POWER_DECAY * level + (1 - _POWER_DECAY) * now
        noise = _track(noise, level)
        signal = np.maximum(level - noise, 1.0)
        floor = _track(floor, signal)
        peak *= _PEAK_DECAY
        masked = cast(NDArray[np.float64], np.where(signal < peak, peak * _MASKED_SHARE, signal))
        peak = np.maximum(peak, signal)
        gains[t] = np.maximum(masked, floor) / np.maximum(level, 1e-9)
    gains = np.clip(gains, 1 / _MAX_GAIN, _MAX_GAIN)
    total = np.concatenate([np.zeros((len(power), 1)), np.cumsum(gains, axis=1)], axis=1)
    first = np.maximum(np.arange(_N_FILTERS) - _SMOOTH_FILTERS, 0)
    last = np.minimum(np.arange(_N_FILTERS) + _SMOOTH_FILTERS, _N_FILTERS - 1) + 1
    return power * (total[:, last] - total[:, first]) / (last - first)


def _track(floor: NDArray[np.float64], level: NDArray[np.float64]) -> NDArray[np.float64]:
    keep = np.where(level >= floor, _FLOOR_RISE, _FLOOR_FALL)
    return keep * floor + (1 - keep) * level


@functools.cache
def _mel_filters() -> NDArray[np.float64]:
    def mel(hz: float) -> float:
        return 2595 * float(np.log10(1 + hz / 700))

    edges_mel = np.linspace(mel(_LOWEST_HZ), mel(_HIGHEST_HZ), _N_FILTERS + 2)
    bin_hz = SAMPLE_RATE / _N_FFT
    edges = np.floor(700 * (10 ** (edges_mel / 2595) - 1) / bin_hz + 0.5) * bin_hz
    left, centre, right = (edges[i : i + _N_FILTERS, None] for i in range(3))
    hz = np.arange(_N_FFT // 2 + 1) * bin_hz
    rising, falling = (hz - left) / (centre - left), (right - hz) / (right - centre)
    return np.maximum(np.minimum(rising, falling), 0) * 2 / (right - left)


@functools.cache
def _dct() -> NDArray[np.float64]:
    basis = np.cos(np.pi / _N_FILTERS * np.outer(np.arange(_N_CEPSTRA), np.arange(_N_FILTERS) + 0.5))
    basis *= np.sqrt(2 / _N_FILTERS)
    basis[0] = np.sqrt(1 / _N_FILTERS)
    return basis


@functools.cache
def _lifter() -> NDArray[np.float64]:
    return 1 + _LIFTER / 2 * np.sin(np.arange(_N_CEPSTRA) * np.pi / _LIFTER)
