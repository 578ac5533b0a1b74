"""What goes into and comes out of the making of timed lyrics, apart from how it is done."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from lyric_timing.timed import TimedLyrics


class Stage(StrEnum):
    """The stages of the pipeline, in order."""

    DECODE = "decode"
    MODELS = "models"
    HEAR = "hear"
    ROADMAP = "roadmap"
    ALIGN = "align"
    VERIFY = "verify"


Progress = Callable[[Stage, float], None]
"""Called with a stage and the share of that stage that is done, 0 to 1."""


@dataclass(frozen=True, slots=True)
class LrcOptions:
    """How to time one song. The defaults are right for most."""

    language: str | None = None
    """ISO 639-1 code of the sung language; None lets the evidence and the script decide."""
    whisper_model: str = "base"
    engines: tuple[str, ...] | None = None
    """Names of the engines that may serve; None allows all."""
    use_qwen3: bool = True
    """Whether a Qwen3 server may serve, where one is configured."""


class Outcome(StrEnum):
    """How an engine's turn ended."""

    SERVED = "served"
    UNAVAILABLE = "unavailable"
    FAILED = "failed"
    REJECTED = "rejected"
    """It served, but what it gave cannot be right, so nothing was made of it."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One engine's turn at one step."""

    step: str
    engine: str
    outcome: Outcome
    seconds: float
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class LrcResult:
    """Timed lyrics and the account of how they came to be."""

    lyrics: TimedLyrics
    confidence: float
    """Mean confidence of the words, 0 to 1."""
    doubtful: tuple[int, ...]
    """Indices into `lyrics.lines` of the lines that a person should check."""
    attempts: tuple[Attempt, ...]
    warnings: tuple[str, ...]
