"""What the pipeline asks of an engine, one protocol per capability."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from lyric_timing.heard import Heard
from lyric_timing.sheet import Line

Samples = NDArray[np.float32]
"""Mono sound at 16 kHz, shape (n,), full scale ±1."""

Fraction = Callable[[float], None]
"""Told the share of the work that is done, 0 to 1."""


@dataclass(frozen=True, slots=True)
class TextWindow:
    """A stretch of singing whose words are known."""

    start: float
    end: float
    """Seconds in the recording."""
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class AlignedWord:
    """Where one word of a window was found, in seconds of the recording."""

    start: float
    end: float
    confidence: float


@dataclass(frozen=True, slots=True)
class AlignedWindow:
    """For each line of the window, for each word of the line, its place; None where the engine gave none."""

    words: tuple[tuple[AlignedWord | None, ...], ...]
    confidence: float
    """How well sound and text agree, 0 to 1."""


class Engine(Protocol):
    """Common to all engines."""

    @property
    def name(self) -> str: ...

    def available(self) -> str | None:
        """None when the engine can serve, else the reason why not, for the user."""
        ...


class Evidence(Engine, Protocol):
    """Hears words in a recording without knowing its lyrics."""

    def hear(self, samples: Samples, language: str | None, progress: Fraction) -> Heard: ...


class Aligner(Engine, Protocol):
    """Finds known words in stretches of a recording."""

    def align(
        self, samples: Samples, windows: Sequence[TextWindow], language: str | None, progress: Fraction
    ) -> tuple[AlignedWindow, ...]: ...
