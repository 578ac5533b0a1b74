"""Which level of the metre is the beat.

A rhythm has pulses at several rates: a song of 70 beats a minute has eighths at 140. The path through the tempogram
follows one of them; here the levels around it are tried, beats tracked at each, and the one is chosen where

- people would tap (a prior over tempo),
- the onsets themselves are periodic (the tempogram's salience),
- few beats are empty, and strong and weak ones do not simply alternate, which eighths do,
- the *colour* changes from beat to beat in twos or in threes: kick and snare, or one low and two high,
- chords change once in a bar of three or four beats (of two in 6/8).
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from music_analysis import beats
from music_analysis.harmony import Harmony
from music_analysis.onsets import FPS, Onsets
from music_analysis.smoothing import moving_maximum
from music_analysis.tempogram import BPM, HOP_SECONDS, Tempogram

Values = NDArray[np.float32]
Wide = NDArray[np.float64]

RATIOS = (1 / 3, 1 / 2, 2 / 3, 1.0, 3 / 2, 2.0, 3.0)
SLOWEST, FASTEST = 40.0, 220.0

_USUAL_BPM = 100.0  # a beat every 0.6 s is what people prefer (Parncutt, Music Perception 1994)
_SPREAD_OCTAVES = 0.6
_REACH = 2  # frames by which an onset may lie beside its place
_EMPTY = 0.3  # of a strong beat's onset
_GROUPS = 8  # of beats in which a phase is held to be the same


@dataclass(frozen=True, eq=False)
class Level:
    """One candidate for the beat."""

    bpm: float
    frames: NDArray[np.int64] = field(repr=False)
    """Of its beats, without the silence at both ends."""
    score: float
    clarity: float
    """0 to 1: how periodic the onsets are at this rate."""
    compound: bool
    """Whether its beats divide into three and come in twos, as in 6/8."""
    triplets: float
    """0 to 1: how clearly its beats divide into three rather than in two."""


def levels(onsets: Onsets, harmony: Harmony, tempogram: Tempogram, path: NDArray[np.int64]) -> list[Level]:
    """The levels around the path, the best first; empty if there is nothing that could be a beat."""
    seconds = np.arange(len(onsets)) / FPS
    followed = np.interp(seconds, np.arange(path.size) * HOP_SECONDS, BPM[path])
    strength = _Strength(onsets)
    found: list[Level] = []
    for ratio in RATIOS:
        bpm = followed * ratio
        if SLOWEST <= np.median(bpm) <= FASTEST:
            frames = strength.trimmed(beats.track(onsets.strength, 60 * FPS / bpm))
            if len(frames) >= 4:
                found.append(_level(frames, strength, harmony, tempogram, BPM[path] * ratio))
    return sorted(found, key=lambda level: -level.score)


def _level(frames: NDArray[np.int64], strength: _Strength, harmony: Harmony, tempogram: Tempogram, bpm: Wide) -> Level:
    spacing = np.diff(frames)
    tempo = 60 * FPS / float(np.median(spacing))
    starts = frames[:-1]
    full = strength.at(frames)
    mean = float(full.mean()) + 1e-9
    half = float(strength.at(starts + spacing / 2).mean()) / mean
    thirds = [float(strength.at(starts + spacing * share).mean()) / mean for share in (1 / 3, 2 / 3)]
    twos, threes = (_contrast(strength.colour(frames), size) for size in (2, 3))
    # Swung eighths have the second third only; a fast waltz has all, but its bars do not alternate in colour.
    third = sum(thirds) / 2
    ternary = min(thirds) > 0.15 and third > 1.15 * half
    compound = ternary and twos > 0.15
    # Every third eighth of six, as every other one of three, alternates between on and off the beat.
    allowed = 0.2 if ternary and not compound else 0.5
    empty = float(np.mean(full < _EMPTY * np.percentile(full, 75)))
    change, bass = harmony.at(frames)
    chords = max(_prominence(change + 0.6 * bass, size) for size in ((2,) if compound else (3, 4)))
    clarity = _salience(tempogram, bpm)
    felt = tempo * (1.5 if compound else 1.0)  # people tap compound metres slower
    score = (
        -0.5 * (np.log2(felt / _USUAL_BPM) / _SPREAD_OCTAVES) ** 2
        + 1.25 * np.log(clarity + 0.1)
        - 1.5 * empty
        - 2.0 * max(0.0, _contrast(full / mean, 2) - allowed)
        + 2.0 * min(0.6, max(twos, 0.8 * threes))
        + 0.6 * min(1.5, max(0.0, chords - 0.3))
    )
    return Level(tempo, frames, float(score), clarity, compound, max(0.0, 1 - 0.5 * half / (third + 1e-9)))


class _Strength:
    """Onset strength at moments that are known to within some frames."""

    def __init__(self, onsets: Onsets) -> None:
        self._all = moving_maximum(onsets.strength, 2 * _REACH + 1)
        self._bands = moving_maximum(onsets.bands, 2 * _REACH + 1)

    def at(self, frames: NDArray[np.int64] | Wide) -> Values:
        return self._all[self._index(frames)]

    def colour(self, frames: NDArray[np.int64]) -> Values:
        """Low against middle onsets: about 1 for a kick, -1 for a snare."""
        bands = self._bands[self._index(frames)]
        return (bands[:, 0] - bands[:, 1]) / (float(bands[:, :2].sum(axis=1).mean()) + 1e-9)

    def trimmed(self, frames: NDArray[np.int64]) -> NDArray[np.int64]:
        """Beats from the first to the last with sound on them."""
        if not len(frames):
            return frames
        strength = self.at(frames)
        sounding = np.flatnonzero(strength > max(0.3, _EMPTY * float(np.percentile(strength, 75))))
        return frames[sounding[0] : sounding[-1] + 1] if len(sounding) else frames[:0]

    def _index(self, frames: NDArray[np.int64] | Wide) -> NDArray[np.int64]:
        return np.clip(np.round(frames).astype(np.int64), 0, len(self._all) - 1)


def _contrast(values: Values, size: int) -> float:
    """Half the range of the means over every `size`-th value, in stretches through which the phase holds."""
    stretch = _GROUPS * size
    contrasts: list[float] = []
    for start in range(0, max(1, len(values) - stretch + 1), stretch // 2):
        part = values[start : start + stretch]
        means = [float(part[phase::size].mean()) for phase in range(min(size, len(part)))]
        contrasts.append((max(means) - min(means)) / 2)
    return float(np.mean(contrasts))


def _prominence(values: Wide, size: int) -> float:
    """How far one of `size` phases stands out above the next, against the values' spread; about 0.3 by chance."""
    stretch = _GROUPS // 2 * size
    margins: list[float] = []
    for start in range(0, max(1, len(values) - stretch + 1), stretch // 2):
        part = values[start : start + stretch]
        means = sorted(float(part[phase::size].mean()) for phase in range(min(size, len(part))))
        margins.append(means[-1] - means[-2])
    return float(np.mean(margins) / (values.std() + 1e-6))


def _salience(tempogram: Tempogram, bpm: Wide) -> float:
    """Mean of the tempogram along a tempo, over the seconds with any rhythm at all."""
    column = np.abs(np.log(BPM)[None, :] - np.log(bpm)[:, None]).argmin(axis=1)
    along = tempogram.salience[np.arange(len(bpm)), column]
    sounding = tempogram.salience.max(axis=1) > 0.02
    return float(along[sounding].mean()) if sounding.any() else 0.0
