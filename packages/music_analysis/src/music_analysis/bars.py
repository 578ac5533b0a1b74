"""Which beats begin a bar, and how many beats a bar has.

Bars are told by what changes on their first beat: the chord most of all, the bass and the kick; the snare keeps away
from it. How many beats there are to a bar is told by repetition: what is on the beats comes again after a bar, in
colour, weight and harmony (as in Gainza, "Automatic musical meter detection", ICASSP 2009). The first beats are then
the path of least contradiction through the song, which may lose or gain a beat, but pays for it (a hidden Markov model
of the position in the bar, as in Krebs, Böck and Widmer, "An efficient state-space model for joint tempo and meter
tracking", ISMIR 2015).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from music_analysis.harmony import Harmony
from music_analysis.onsets import Onsets
from music_analysis.smoothing import moving_maximum

Wide = NDArray[np.float64]

_WEIGHTS = {"change": 1.0, "bass": 0.6, "low": 0.5, "middle": -0.5, "weight": 0.2}
_LEAST_SPREAD = np.array([0.01, 0.01, 0.1, 0.1, 0.1])  # of each cue; less is no difference, but noise
_SLIP_COST = 12.0
_COMMON = {2: 0.0, 3: -1.0, 4: 0.0}  # log odds before listening; most songs are in 4/4
_STEEPNESS = 6.0


@dataclass(frozen=True, eq=False)
class Bars:
    """How beats lie in bars."""

    beats_per_bar: int
    positions: NDArray[np.int64]
    """Of each beat, from 1."""
    meter_confidence: float
    downbeat_confidence: float


def find_bars(frames: NDArray[np.int64], onsets: Onsets, harmony: Harmony, *, compound: bool) -> Bars:
    """The bars of a song.

    Args:
        frames: the beats' places in the onset strength.
        onsets: of the song.
        harmony: of the song.
        compound: two beats are a bar of 6/8; else three or four are a bar.
    """
    cues = _cues(frames, onsets, harmony)
    sizes = (2,) if compound else (4, 3)
    evidence = np.array([_STEEPNESS * _repetition(cues, size) + _COMMON[size] for size in sizes])
    shares = np.exp(evidence - evidence.max())
    shares /= shares.sum()
    best = int(shares.argmax())
    first = cues @ np.array(list(_WEIGHTS.values()))
    positions, certainty = _positions(first, sizes[best])
    return Bars(sizes[best], positions, float(shares[best]), certainty)


def _cues(frames: NDArray[np.int64], onsets: Onsets, harmony: Harmony) -> Wide:
    """What is on each beat, shape (beats, cues), each cue with mean 0 and spread 1."""
    bands = moving_maximum(onsets.bands, 5)[frames].astype(np.float64)
    change, bass = harmony.at(frames)
    cues = np.stack([change, bass, bands[:, 0], bands[:, 1], bands.sum(axis=1)], axis=1)
    cues -= cues.mean(axis=0)
    return np.clip(cues / np.maximum(cues.std(axis=0), _LEAST_SPREAD), -2.5, 2.5)


def _repetition(cues: Wide, size: int) -> float:
    """How alike beats are that lie one, two and three bars apart; about 0 if not at all, 1 if the same."""
    alike: list[float] = []
    for lag in (size, 2 * size, 3 * size):
        if len(cues) > lag + size:
            alike.append(float((cues[lag:] * cues[:-lag]).mean()))
    return float(np.mean(alike)) if alike else 0.0


def _positions(first: Wide, size: int) -> tuple[NDArray[np.int64], float]:
    """The position of each beat by the Viterbi algorithm, and how much better it is than the next best phase."""
    count = len(first)
    emission = np.zeros((count, size))
    emission[:, 0] = first
    emission[:, 1:] = -first[:, None] / (size - 1)
    score = emission[0]
    before = np.zeros((count, size), np.int64)
    for k in range(1, count):
        kept = np.roll(score, 1)
        top = int(score.argmax())
        slipped = score[top] - _SLIP_COST
        before[k] = np.where(kept >= slipped, np.roll(np.arange(size), 1), top)
        score = np.maximum(kept, slipped) + emission[k]
    path = np.zeros(count, np.int64)
    path[-1] = int(score.argmax())
    for k in range(count - 1, 0, -1):
        path[k - 1] = before[k, path[k]]
    shifted = [float(emission[np.arange(count), (path + shift) % size].sum()) for shift in range(size)]
    margin = (shifted[0] - max(shifted[1:])) / max(1.0, np.sqrt(count))
    return path + 1, float(1 - np.exp(-max(0.0, margin) / 2))
