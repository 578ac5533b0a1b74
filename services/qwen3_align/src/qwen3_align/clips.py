"""What the model is asked, and what it answers: the words that all other modules here share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float32]
"""Mono sound at 16 kHz, shape (n,), full scale ±1."""

SAMPLE_RATE = 16_000
"""Hz; what the model was trained on."""
STEP_SECONDS = 0.08
"""The model tells time in steps of this length."""
LONGEST_SECONDS = 300.0
"""The longest clip that the model was trained for. Its classes would reach to 400 s."""


@dataclass(frozen=True, eq=False)
class Clip:
    """A stretch of sound and the units that are sung in it: one question to the model."""

    samples: Samples = field(repr=False)
    units: tuple[str, ...]
    """What the model reads, one pair of times for each: words without marks, or single characters. At least one."""
    language: str
    """The model's own name for it, such as `English`."""

    @property
    def seconds(self) -> float:
        return len(self.samples) / SAMPLE_RATE


@dataclass(frozen=True, slots=True)
class UnitTime:
    """Where the model puts one unit, in seconds of the clip.

    As the reference decodes it: never decreasing, in steps of 80 ms, and not yet held within the clip.
    """

    start: float
    end: float
    confidence: float
    """How sure the model is of both times, 0 to 1."""


class Predictor(Protocol):
    """Answers for clips: the model behind a batcher, or a fake in tests."""

    async def predict(self, clips: Sequence[Clip]) -> list[tuple[UnitTime, ...]]:
        """For each clip, a time for each of its units. Clips may be put into batches with those of other callers."""
        ...
