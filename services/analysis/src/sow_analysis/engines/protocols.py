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

Span = tuple[float, float]
"""From when to when, in seconds of the recording."""

Fraction = Callable[[float], None]
"""Told the share of the work that is done, 0 to 1."""


@dataclass(frozen=True, slots=True)
class TextWindow:
    """A stretch of singing whose words are known."""

    start: float
    end: float
    """Seconds in the recording."""
    lines: tuple[Line, ...]
    """As printed, in sung order."""

    @property
    def words(self) -> tuple[str, ...]:
        """Those of all its lines, as printed."""
        return tuple(word.text for line in self.lines for word in line.words)


@dataclass(frozen=True, slots=True)
class AlignedWord:
    """Where one word of a window was found, in seconds of the recording."""

    start: float
    end: float
    confidence: float
    """0 to 1."""


class Engine(Protocol):
    """Common to all engines."""

    @property
    def name(self) -> str: ...

    def available(self) -> str | None:
        """None when the engine can serve, else the reason why not, for the user."""
        ...


class Evidence(Engine, Protocol):
    """Hears words in a recording without knowing its lyrics."""

    def hear(self, samples: Samples, pieces: Sequence[Span], language: str | None, progress: Fraction) -> Heard:
        """What is sung in these pieces of the recording; the language is found out when it is None."""
        ...


class Aligner(Engine, Protocol):
    """Finds known words in stretches of a recording."""

    @property
    def hears_voice_too(self) -> bool:
        """Whether the separated voice is worth a second opinion of it."""
        ...

    @property
    def stretches_first_words(self) -> bool:
        """Whether the first word of a line starts with the pause before it."""
        ...

    @property
    def is_calibrated(self) -> bool:
        """Whether the model of confidence was fitted to its opinions. Those of others do not count in it, and are
        compared with what is surely known before they are used."""
        ...

    def align(
        self, samples: Samples, windows: Sequence[TextWindow], language: str, progress: Fraction
    ) -> tuple[tuple[AlignedWord | None, ...], ...]:
        """For each window, for each of its words, its place; None where the engine gave none."""
        ...
