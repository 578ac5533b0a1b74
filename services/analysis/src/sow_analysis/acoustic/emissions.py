"""How well each frame of sound fits each senone: log-likelihoods under the tied Gaussian mixtures."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sow_analysis.acoustic.sphinx_model import SphinxModel

_TINY = 1e-20
_LOG_TWO_PI = float(np.log(2 * np.pi))


@dataclass(frozen=True)
class SenoneScorer:
    """Scores a fixed set of senones; `base_phones` tells whose Gaussians each mixes. Both: (n,)."""

    model: SphinxModel
    senones: NDArray[np.int64]
    base_phones: NDArray[np.int64]

    def __call__(self, features: NDArray[np.float32]) -> NDArray[np.float32]:
        """Log-likelihoods, (frames, n), of features (frames, 3, 13)."""
        model = self.model
        scores = np.empty((len(features), len(self.senones)), np.float32)
        squares = features * features
        for phone in np.unique(self.base_phones):
            columns = np.flatnonzero(self.base_phones == phone)
            mixtures = self.senones[columns]
            total = np.zeros((len(features), len(columns)), np.float32)
            for stream in range(features.shape[1]):
                mean, precision = model.means[phone, stream], 1 / model.variances[phone, stream]
                constant = -0.5 * (_LOG_TWO_PI - np.log(precision) + mean * mean * precision).sum(axis=1)
                density = squares[:, stream] @ (-0.5 * precision.T) + features[:, stream] @ (mean * precision).T
                density += constant
                best = density.max(axis=1, keepdims=True)
                mixed = np.exp(density - best) @ model.weights[stream][:, mixtures]
                total += np.log(np.maximum(mixed, _TINY)) + best
            scores[:, columns] = total
        return scores
