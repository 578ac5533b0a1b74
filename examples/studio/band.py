"""The accompaniment: plucked guitar, pad, bass, brushes and a bell, all computed, in stereo."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from scipy.signal import butter, fftconvolve, lfilter, sosfilt

from studio.kokoro import SAMPLE_RATE, Floats
from studio.score import UNIT

CHORDS = {"C": (48, 52, 55), "Am": (45, 48, 52), "F": (41, 45, 48), "G": (43, 47, 50)}
"""MIDI numbers of root, third and fifth, in the guitar's low octave."""

ARPEGGIO = (0, 2, 3, 4, 5, 4, 3, 2)
"""Steps through root, third, fifth and the same an octave up, one per unit."""


@dataclass(frozen=True)
class Bar:
    """Eight units of band: the chords as (name, units), whether the drums play, and the bell's pitch at each unit.

    The last bar is a closing chord that rings.
    """

    chords: tuple[tuple[str, int], ...]
    drums: bool
    bell: tuple[int | None, ...] = ()
    last: bool = False


def play(bars: Iterable[Bar], seconds: float, rng: np.random.Generator) -> Floats:
    """The band's sound, shape (2, samples) at SAMPLE_RATE."""
    stage = _Stage(seconds)
    at = 0
    for bar in bars:
        if bar.last:
            _final(stage, at, rng)
            break
        if bar.drums:
            _drums(stage, at, rng)
        for i, pitch in enumerate(bar.bell):
            if pitch is not None:
                stage.add(_bell(pitch), at + i, 0.10, 0.3)
        for name, units in bar.chords:
            _chord(stage, at, name, units, rng)
            at += units
    return reverb(stage.sound, 1.1, 0.16, rng)


def reverb(sound: Floats, seconds: float, wet: float, rng: np.random.Generator) -> Floats:
    """Adds a room: noise, another for each channel, that decays by 60 dB in `seconds`. Shape stays (2, samples)."""
    length = int(seconds * SAMPLE_RATE)
    room = rng.standard_normal((2, length)) * 10 ** (-3 * np.arange(length) / length)
    room = sosfilt(butter(1, (300, 5000), "bandpass", fs=SAMPLE_RATE, output="sos"), room)
    room /= np.sqrt((room**2).sum(axis=1, keepdims=True))
    return sound + wet * fftconvolve(sound, room, axes=1)[:, : sound.shape[1]]


class _Stage:
    """The stereo sound being filled."""

    def __init__(self, seconds: float):
        self.sound = np.zeros((2, int(seconds * SAMPLE_RATE)))

    def add(self, sound: Floats, at: float, gain: float, pan: float = 0.0) -> None:
        """Mix a mono sound in, `at` in units; pan from -1 (left) to 1 (right), equal power."""
        first = round(at * UNIT * SAMPLE_RATE)
        part = sound[: self.sound.shape[1] - first]
        angle = (pan + 1) * np.pi / 4
        self.sound[:, first : first + len(part)] += gain * np.outer([np.cos(angle), np.sin(angle)], part)


def _chord(stage: _Stage, at: int, name: str, units: int, rng: np.random.Generator) -> None:
    low = CHORDS[name]
    steps = (*low, *(p + 12 for p in low))
    stage.add(_bass(low[0] - 12, units * UNIT), at, 0.30)
    for pitch, pan in zip((low[0] + 12, low[1] + 12, low[2] + 12), (-0.6, 0.6, 0.0), strict=True):
        stage.add(_pad(pitch, units * UNIT), at, 0.045, pan)
    for i in range(units):
        accent = 1.0 if i == 0 else 0.7
        stage.add(_pluck(steps[ARPEGGIO[i % 8]], 1.6, rng), at + i, 0.30 * accent, -0.35)


def _final(stage: _Stage, at: int, rng: np.random.Generator) -> None:
    for i, pitch in enumerate((36, 48, 52, 55, 60, 64)):
        stage.add(_pluck(pitch, 4.0, rng), at + 0.15 * i, 0.32, -0.35 + 0.1 * i)
    stage.add(_bell(72), at + 1, 0.12, 0.3)


def _drums(stage: _Stage, at: int, rng: np.random.Generator) -> None:
    for unit in (0, 5):
        stage.add(_kick(), at + unit, 0.5 if unit == 0 else 0.3)
    stage.add(_brush(0.22, (600, 5000), rng), at + 4, 0.16, 0.1)
    for unit in range(0, 8, 2):
        stage.add(_brush(0.05, (5000, 10500), rng), at + unit + 1, 0.05, 0.4)


def _hertz(pitch: float) -> float:
    return 440 * 2 ** ((pitch - 69) / 12)


def _clock(seconds: float) -> Floats:
    return np.arange(int(seconds * SAMPLE_RATE)) / SAMPLE_RATE


def _pluck(pitch: float, seconds: float, rng: np.random.Generator) -> Floats:
    """A plucked string (Karplus and Strong 1983): noise in a delay line that averages. Fractions by interpolation."""
    period = SAMPLE_RATE / _hertz(pitch) - 0.5
    whole, part = int(period), period % 1
    pick = np.zeros(int(seconds * SAMPLE_RATE))
    pick[:whole] = lfilter([0.35], [1, -0.65], rng.uniform(-1, 1, whole))
    loss = 0.996
    loop = loss * np.convolve([0.5, 0.5], [1 - part, part])
    string = lfilter([1.0], np.concatenate([[1.0], np.zeros(whole - 1), -loop]), pick)
    return string * np.minimum(1, (seconds - _clock(seconds)) / 0.1)


def _pad(pitch: float, seconds: float) -> Floats:
    t = _clock(seconds + 0.5)
    tone = sum(
        np.sin(2 * np.pi * _hertz(pitch) * k * detune * t + k) / k**1.6
        for k in range(1, 6)
        for detune in (0.997, 1.0, 1.003)
    )
    return np.asarray(tone) * np.minimum(1, t / 0.4) * np.minimum(1, (seconds + 0.5 - t) / 0.5)


def _bass(pitch: float, seconds: float) -> Floats:
    t = _clock(seconds)
    tone = np.sin(2 * np.pi * _hertz(pitch) * t) + 0.3 * np.sin(4 * np.pi * _hertz(pitch) * t)
    return tone * np.minimum(1, t / 0.015) * np.exp(-t / 0.9) * np.minimum(1, (seconds - t) / 0.05)


def _bell(pitch: float) -> Floats:
    t = _clock(1.8)
    angle = 2 * np.pi * _hertz(pitch) * t
    return np.sin(angle + 0.8 * np.exp(-t / 0.2) * np.sin(3 * angle)) * np.exp(-t / 0.5)


def _kick() -> Floats:
    t = _clock(0.25)
    falling = 50 * t + 60 * 0.03 * (1 - np.exp(-t / 0.03))  # turns, from 110 down to 50 Hz
    return np.sin(2 * np.pi * falling) * np.exp(-t / 0.08) * np.minimum(1, (0.25 - t) / 0.02)


def _brush(seconds: float, band: tuple[float, float], rng: np.random.Generator) -> Floats:
    t = _clock(seconds)
    noise = sosfilt(butter(2, band, "bandpass", fs=SAMPLE_RATE, output="sos"), rng.standard_normal(len(t)))
    return noise * np.minimum(1, t / 0.01) * np.exp(-t / (seconds / 3))
