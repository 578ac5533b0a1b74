"""Which failures can pass, and how long to wait before the next run."""

from __future__ import annotations

from dataclasses import dataclass

from lyric_timing.errors import LyricTimingError
from sow_analysis.errors import AnalysisError, ModelUnavailableError
from sow_analysis.jobs.model import Failure

_CAN_PASS = (ModelUnavailableError, ConnectionError, TimeoutError, MemoryError, OSError)
"""The network, the machine's memory and disk. All else would fail again: the input is at fault, or the program."""


@dataclass(frozen=True, slots=True)
class Backoff:
    """Pauses that double: `first` seconds, then twice that, up to `longest`; `runs` runs in all."""

    first: float = 5.0
    longest: float = 300.0
    runs: int = 3

    def pause(self, failures: int) -> float | None:
        """Seconds to wait after so many failed runs; None to give up."""
        if failures >= self.runs:
            return None
        return min(self.longest, self.first * 2 ** (failures - 1))


def failure_of(error: BaseException) -> Failure:
    """Tell what an exception means for the job and for the user. The text of one that we did not foresee is kept back."""
    can_pass = isinstance(error, _CAN_PASS)
    if isinstance(error, AnalysisError):
        return Failure(error.code, str(error), can_pass or error.retryable)
    if isinstance(error, LyricTimingError):
        return Failure("lyrics_unusable", str(error), False)
    if can_pass:
        return Failure("resource_unavailable", f"Something that the work needs failed ({type(error).__name__}).", True)
    return Failure("internal_error", f"The program failed ({type(error).__name__}). Its log says more.", False)
