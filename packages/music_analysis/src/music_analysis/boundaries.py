"""Where sections begin, by how each bar is like the others.

Something begins where what follows is like itself and unlike what went before (Foote, "Automatic audio segmentation
using a measure of audio novelty", 2000): in timbre and chords bar by bar, and in chords also phrase by phrase, since
four chords that go round are like themselves only so. It begins too where repetition does or ends (Serrà et al.,
"Unsupervised music structure annotation by time series structure features and segment similarity", 2014), and where
singing does. Of all ways to cut the song, that one is taken whose boundaries have most of this, less what unusual
lengths cost: most sections are whole fours of bars (Sargent, Bimbot and Vincent, "Estimating the structural
segmentation of popular music pieces under regularity constraints", 2017).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Wide = NDArray[np.float64]

_SIDE = 4  # bars that are compared on either side of a boundary
_PHRASES = (2, 4, 8)  # bars after which chords may go round
_REPETITION_SHARE = 0.7
_COST = 0.28  # of a boundary, in novelty
_FOUR = 4
_ODD, _TWOS = 0.15, 0.08  # costs of a length that is no whole number of fours, or of twos at least
_SHORT = 0.1  # for each bar below four
_AT_ENDS = 0.5  # share of these costs: songs begin with a few bars, and end before or after their last


def novelty_of(harmony: Wide, colour: Wide, sung: Wide) -> Wide:
    """How much begins at each bar, about 0 to 1.

    Args:
        harmony: how alike the bars' chords are, 0 to 1, shape (n, n).
        colour: how alike their timbres are, likewise.
        sung: 1 for bars with a voice, else 0, shape (n,).
    """
    bars = _checkerboard(colour) + _checkerboard(harmony)
    return (bars + _phrases(harmony) + _REPETITION_SHARE * _repetition(harmony) + _difference(sung[:, None])) / 2


def best_starts(novelty: Wide) -> list[int]:
    """The bars at which sections begin, but for the first, in order; none where nothing is clear enough."""
    count = novelty.size
    lengths = np.arange(count + 1)
    costs = np.where(lengths % _FOUR == 0, 0.0, np.where(lengths % 2 == 0, _TWOS, _ODD))
    costs += _SHORT * np.maximum(0, _FOUR - lengths)
    gains = np.append(novelty - _COST, 0.0)
    best, before = np.zeros(count + 1), np.zeros(count + 1, np.int64)
    for end in range(1, count + 1):
        own = costs[end:0:-1].copy()
        own[0] *= _AT_ENDS
        if end == count:
            own[1:] *= _AT_ENDS
        values = best[:end] - own
        before[end] = values.argmax()
        best[end] = values[before[end]] + gains[end]
    starts: list[int] = []
    at = int(before[count])
    while at > 0:
        starts.append(at)
        at = int(before[at])
    return starts[::-1]


def _checkerboard(alike: Wide) -> Wide:
    """Likeness within both sides of a bar's start, less that across it."""
    out = np.zeros(len(alike))
    for at in range(1, len(alike)):
        side = min(_SIDE, at, len(alike) - at)
        if side < 2:
            continue
        before, after = slice(at - side, at), slice(at, at + side)
        within = (alike[before, before].mean() + alike[after, after].mean()) / 2 - 1 / side
        across = alike[before, after].mean()
        out[at] = max(0.0, within / (1 - 1 / side) - across)
    return out


def _phrases(harmony: Wide) -> Wide:
    """The same of phrases: likeness of the two before and of the two after a bar's start, less that across it."""
    count = len(harmony)
    out = np.zeros(count)
    for bars in _PHRASES:
        if count < 4 * bars:
            break
        runs = np.convolve(harmony.diagonal(bars), np.full(bars, 1 / bars), "valid")  # of a phrase along the next one
        within = (runs[: -2 * bars] + runs[2 * bars :]) / 2
        inner = slice(2 * bars, 2 * bars + within.size)
        out[inner] = np.maximum(out[inner], within - runs[bars:-bars])
    return out


def _repetition(harmony: Wide) -> Wide:
    """How much the pattern of what each bar repeats, and how long ago, changes."""
    count = len(harmony)
    paths = np.zeros_like(harmony)
    for shift in range(-_SIDE // 2, _SIDE // 2 + 1):
        paths += np.roll(harmony, (shift, shift), axis=(0, 1))
    paths /= _SIDE + 1
    repeated = np.clip((paths - 0.6) / 0.3, 0, 1)
    lags = repeated[np.arange(count)[:, None], (np.arange(count)[:, None] - np.arange(count)[None, :]) % count]
    lags[:, 0] = 0
    return _difference(lags / np.sqrt(np.maximum(1.0, lags.sum(axis=1).max())))


def _difference(rows: Wide) -> Wide:
    """Distance of the means of some rows before and some after each."""
    summed = np.concatenate((np.zeros((1, rows.shape[1])), np.cumsum(rows, axis=0)))
    out = np.zeros(len(rows))
    for at in range(1, len(rows)):
        side = min(_SIDE, at, len(rows) - at)
        after, before = summed[at + side] - summed[at], summed[at] - summed[at - side]
        out[at] = float(np.linalg.norm(after - before)) / side
    return out
