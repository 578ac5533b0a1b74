"""What the acoustic model listens to: the voice, a little of the mixture, and when there is a voice at all."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sow_analysis.acoustic.features import HOP

MIXTURE_SHARE = 0.2
"""How much of the whole recording is added to its separated voice. The rests of a separated voice hold only what the
separation left behind, which sounds like faint speech; a little of the mixture covers that."""

_SMOOTHING_FRAMES = 15
_VOICED_DB = -20.0
_RANGE_DB = 10.0
_MAX_NATS = 3.0
_LOUD_PERCENTILE = 90


def blend(samples: NDArray[np.float32], vocals: NDArray[np.float32] | None) -> NDArray[np.float32]:
    """The sound to align in: the vocals with a share of the mixture or, when there are none, the mixture."""
    return samples if vocals is None else (vocals + MIXTURE_SHARE * samples).astype(np.float32)


def rest_bias(vocals: NDArray[np.float32]) -> NDArray[np.float32]:
    """Nats for rest at each 10 ms frame of the separated voice: +3 where it is silent, -3 where it is loud."""
    energy = np.add.reduceat(vocals.astype(np.float64) ** 2, np.arange(0, len(vocals), HOP))
    smooth = np.convolve(energy, np.ones(_SMOOTHING_FRAMES) / _SMOOTHING_FRAMES, "same")
    level = 10 * np.log10((smooth + 1e-9) / (np.percentile(smooth, _LOUD_PERCENTILE) + 1e-9))
    return (-_MAX_NATS * np.clip((level - _VOICED_DB) / _RANGE_DB, -1, 1)).astype(np.float32)
