"""One tempo for each second of the song: a smooth path through the tempogram."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from music_analysis.tempogram import BINS_PER_OCTAVE, BPM, Tempogram

_STEADY_COST = 6.0  # per octave of change from one second to the next
_JUMP_COST = 3.0  # for any change at all: a new section in a new tempo
_USUAL_BPM = 110.0
_SPREAD_OCTAVES = 0.75


def prior(bpm: NDArray[np.float64] | float) -> NDArray[np.float64]:
    """How likely people tap at a tempo, 0 to 1 (log-normal, as in Ellis 2007 and van Noorden and Moelants 1999)."""
    octaves = np.log2(np.asarray(bpm) / _USUAL_BPM)
    return np.exp(-0.5 * (octaves / _SPREAD_OCTAVES) ** 2)


def path(tempogram: Tempogram) -> NDArray[np.int64]:
    """The index into `BPM` of the tempo of each second, by the Viterbi algorithm."""
    weight = prior(BPM)
    evidence = tempogram.salience.astype(np.float64) * weight
    reach = BINS_PER_OCTAVE // 6
    count, bins = len(evidence), BPM.size
    before = np.zeros((count, bins), np.int64)
    score = evidence[0]
    cost = _STEADY_COST * np.abs(np.arange(-reach, reach + 1)) / BINS_PER_OCTAVE
    for k in range(1, count):
        padded = np.pad(score, reach, constant_values=-np.inf)
        near: NDArray[np.float64] = np.lib.stride_tricks.sliding_window_view(padded, 2 * reach + 1) - cost
        nearest = near.argmax(axis=1)
        best = near[np.arange(bins), nearest]
        chosen = nearest.astype(np.int64) + np.arange(-reach, bins - reach)
        top = int(score.argmax())
        jump = score[top] - _JUMP_COST
        chosen[best < jump] = top
        score = np.maximum(best, jump) + evidence[k]
        before[k] = chosen
    found = np.zeros(count, np.int64)
    found[-1] = int(score.argmax())
    for k in range(count - 1, 0, -1):
        found[k - 1] = before[k, found[k]]
    return found
