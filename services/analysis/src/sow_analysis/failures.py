"""What an exception means for the work that raised it: what the user is told, and whether trying again may help."""

from __future__ import annotations

from dataclasses import dataclass

from lyric_timing.errors import LyricTimingError
from song_audio.errors import CodedError
from sow_analysis.errors import ModelUnavailableError

_CAN_PASS = (ModelUnavailableError, OSError, MemoryError)
"""The network, the disk and the memory. All else would fail again: the input is at fault, or the program."""


@dataclass(frozen=True, slots=True)
class Failure:
    """Why work ended without a result."""

    code: str
    """Stable, such as `audio_unreadable`."""
    message: str
    """For the user."""
    can_pass: bool
    """Whether trying again may help."""


def failure_of(error: BaseException) -> Failure:
    """Tell what an exception means. The text of one that nobody foresaw is for the log, not for the user."""
    can_pass = isinstance(error, _CAN_PASS)
    if isinstance(error, CodedError):
        return Failure(error.code, str(error), can_pass or error.retryable)
    if isinstance(error, LyricTimingError):
        return Failure("lyrics_unusable", str(error), False)
    if can_pass:
        return Failure("resource_unavailable", f"Something that the work needs failed ({type(error).__name__}).", True)
    return Failure("internal_error", f"The program failed ({type(error).__name__}). Its log says more.", False)
