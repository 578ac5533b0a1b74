"""Means and maxima over moving windows; beyond the ends, the first and the last value go on."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float32]


def moving_mean(values: Values, length: int) -> Values:
    """The mean over `length` (odd) values around each, along the first axis."""
    summed = np.cumsum(_extended(values, length // 2), axis=0, dtype=np.float64)
    summed = np.concatenate((np.zeros_like(summed[:1]), summed))
    return ((summed[length:] - summed[:-length]) / length).astype(np.float32)


def moving_maximum(values: Values, length: int) -> Values:
    """The maximum of `length` (odd) values around each, along the first axis."""
    extended = _extended(values, length // 2)
    highest = extended[: len(values)].copy()
    for shift in range(1, length):
        np.maximum(highest, extended[shift : shift + len(values)], out=highest)
    return highest


def blurred(values: Values, spread: float) -> NDArray[np.float64]:
    """Values of shape (n,), each mixed with its neighbours by a Gaussian of this standard deviation."""
    reach = int(np.ceil(3 * spread))
    weights = np.exp(-0.5 * (np.arange(-reach, reach + 1) / spread) ** 2)
    around: NDArray[np.float64] = np.lib.stride_tricks.sliding_window_view(
        _extended(values, reach).astype(np.float64), weights.size
    )
    return np.asarray(around @ (weights / weights.sum()), np.float64)


def _extended(values: Values, reach: int) -> Values:
    return np.concatenate((np.repeat(values[:1], reach, axis=0), values, np.repeat(values[-1:], reach, axis=0)))
