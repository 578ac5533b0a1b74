"""Lets engines take their turns, and keeps the account: nothing fails silently, no engine takes the others along."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import TypeVar

from song_audio.errors import CodedError
from sow_analysis.captions.errors import NoCaptionsError
from sow_analysis.errors import AnalysisError, EngineUnavailableError, ModelUnavailableError
from sow_analysis.lrc import Attempt, Outcome

T = TypeVar("T")

_FAULTS = (CodedError, RuntimeError, ValueError, OSError, MemoryError)
"""What an engine's libraries raise when they cannot go on. A fault of ours (TypeError, ...) is not caught."""


class AnswerRejectedError(AnalysisError):
    """An engine's answer cannot be right. Raised by its turn, and caught by the chain."""

    code = "answer_rejected"


@dataclass(frozen=True, slots=True)
class Remark:
    """What is to be said of a turn that served."""

    reason: str | None
    """For the user."""
    can_pass: bool = False
    """Whether it served in part only, and may do better another time."""


class Chain:
    """The turns of one job.

    Args:
        known: names of all engines.
        allowed: names of those that may serve for this job; None allows all.
        enabled: names of those that may serve on this machine at all; None is all.

    Raises:
        EngineUnavailableError: `allowed` has a name that is not known.
    """

    def __init__(
        self, known: Collection[str], allowed: Collection[str] | None, enabled: Collection[str] | None = None
    ) -> None:
        unknown = sorted(set(allowed or ()) - set(known))
        if unknown:
            raise EngineUnavailableError(f"There is no engine {unknown[0]!r}. There are: {', '.join(known)}.")
        self._named = set(allowed or ())
        self._allowed = set(known if allowed is None else allowed)
        if enabled is not None:
            self._allowed &= set(enabled)
        self._attempts: list[Attempt] = []

    @property
    def attempts(self) -> tuple[Attempt, ...]:
        return tuple(self._attempts)

    def allows(self, engine: str) -> bool:
        return engine in self._allowed

    def names(self, engine: str) -> bool:
        """Whether the caller asked for this engine by name."""
        return engine in self._named

    def turn(
        self, step: str, engine: str, work: Callable[[], T], remark: Callable[[T], Remark] | None = None
    ) -> T | None:
        """What `work` gives, with a remark on it; None when the engine may not serve, or cannot."""
        if not self.allows(engine):
            return None
        began = time.monotonic()
        outcome, result, said = Outcome.SERVED, None, Remark(None)
        try:
            result = work()
            said = remark(result) if remark is not None else said
        except NoCaptionsError as error:
            outcome, said = Outcome.UNAVAILABLE, Remark(str(error))
        except (ModelUnavailableError, EngineUnavailableError) as error:
            outcome, said = Outcome.UNAVAILABLE, Remark(str(error), can_pass=True)
        except AnswerRejectedError as error:
            outcome, said = Outcome.REJECTED, Remark(str(error))
        except _FAULTS as error:
            outcome, said = Outcome.FAILED, Remark(_said_by(error), can_pass=True)
        seconds = time.monotonic() - began
        self._attempts.append(Attempt(step, engine, outcome, seconds, said.reason, said.can_pass))
        return result

    def absent(self, step: str, engine: str, reason: str) -> None:
        """Record that an engine is wanted, and not set up here."""
        self._attempts.append(Attempt(step, engine, Outcome.UNAVAILABLE, 0.0, reason))


def _said_by(error: Exception) -> str:
    """Our own errors are written for the user; those of libraries say more with their names."""
    if isinstance(error, CodedError):
        return str(error)
    if isinstance(error, MemoryError):
        return "There was not enough memory for it."
    return f"{type(error).__name__}: {error}"
