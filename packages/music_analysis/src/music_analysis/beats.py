"""Where the beats are, once it is known roughly how fast they come.

Dynamic programming (Ellis, "Beat tracking by dynamic programming", JNMR 2007): of all sequences of moments, the one
with the most onset strength on it and the least deviation from the tempo, which may change through the song. Each
moment's best predecessor lies a beat ago, so whole stretches shorter than a beat are computed at once.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from music_analysis.onsets import FPS
from music_analysis.smoothing import blurred

Values = NDArray[np.float32]

_TIGHTNESS = 250.0
_REACH = 0.25  # share of a beat by which one may be early or late
ONSET_DELAY = -0.008
"""Seconds by which the strongest rise lies before the note: a window hears what is ahead of its centre."""


def track(strength: Values, period: NDArray[np.float64]) -> NDArray[np.int64]:
    """The frames of the beats.

    Args:
        strength: onset strength, shape (n,), of a spread of about 1.
        period: length of a beat at each frame, in frames.
    """
    n = len(strength)
    shortest, longest = float(period.min()) if n else 0.0, float(period.max()) if n else 0.0
    if n < 2 * longest:
        return np.zeros(0, np.int64)
    local = blurred(strength, 1.5)
    lags = np.arange(int((1 - _REACH) * shortest), int(np.ceil((1 + _REACH) * longest)) + 1)
    score = np.concatenate((np.zeros(lags[-1]), local))  # as much silence in front as a predecessor may lie back
    before = np.full(n, -1, np.int64)
    step = int(lags[0])
    for start in range(0, n, step):
        frames = np.arange(start, min(start + step, n))
        cost = -_TIGHTNESS * np.log2(lags[None, :] / period[frames, None]) ** 2
        candidates = score[frames[:, None] - lags[None, :] + lags[-1]] + cost
        best = candidates.argmax(axis=1)
        score[frames + lags[-1]] = local[frames] + candidates[np.arange(len(frames)), best]
        before[frames] = frames - lags[best]
    tail = np.arange(n - int(period[-1]), n)
    frame = int(tail[score[tail + lags[-1]].argmax()])
    found: list[int] = []
    while frame >= 0:
        found.append(frame)
        frame = int(before[frame])
    return np.array(found[::-1], np.int64)


def refined(frames: NDArray[np.int64], strength: Values) -> NDArray[np.float64]:
    """Frames to seconds: each beat at the centre of the onset that it stands on, between the frames."""
    if not len(frames):
        return np.zeros(0)
    reach = np.arange(-3, 4)
    places = np.clip(frames[:, None] + reach, 0, len(strength) - 1)
    weight = strength[places].astype(np.float64) ** 2 * np.hanning(len(reach) + 2)[1:-1]
    total = weight.sum(axis=1)
    shift = np.where(total > 1e-3, (weight * reach).sum(axis=1) / np.maximum(total, 1e-3), 0.0)
    return np.maximum(0.0, (frames + shift) / FPS - ONSET_DELAY)
