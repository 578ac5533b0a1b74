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


STEPS = {
    "spleeter": "separate",
    "whisper": "hear",
    "transcription-api": "hear",
    "youtube-captions": "hear",
    "llm": "choose",
    "qwen3": "align",
    "whisper-align": "align",
    "pocketsphinx": "align",
}
"""The step of each engine, in the order of their first turns."""
ENGINES = tuple(STEPS)

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
    use_captions: bool = True
    """Whether the captions of `youtube_url` may serve."""
    use_llm: bool = True
    """Whether a language model may choose lines, where one is configured."""
    force_whisper: bool = False
    """Go by what is heard in the recording alone: captions have no turn."""
    use_vocals_stem: bool = False
    """Whether Whisper listens to the separated voice. Lines are timed no worse then, but sure ones are more often
    wrong (docs/accuracy.md), so it is not the default."""
    max_qwen3_duration: float | None = None
    """Seconds; longer recordings are not sent to a Qwen3 server. The host's own limit holds as well."""
    llm_model: str | None = None
    """The server's name of the language model; None takes the configured one."""
    youtube_url: str | None = None
    """A video of this recording."""


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
    """Why it did not serve; of one that did, what the user may want to know."""
    can_pass: bool = False
    """Whether another run may do better, with nothing changed."""


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
