"""Lets engines take their turns, and keeps the account: nothing fails silently, no engine takes the others along."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection
from typing import TypeVar

from song_audio.errors import CodedError
from sow_analysis.errors import AnalysisError, EngineUnavailableError, ModelUnavailableError
from sow_analysis.lrc import Attempt, Outcome

T = TypeVar("T")

_FAULTS = (CodedError, RuntimeError, ValueError, OSError)
"""What an engine's libraries raise when they cannot go on. A fault of ours (TypeError, ...) is not caught."""


class AnswerRejectedError(AnalysisError):
    """An engine's answer cannot be right. Raised by its turn, and caught by the chain."""

    code = "answer_rejected"


class Chain:
    """The turns of one job.

    Args:
        known: names of all engines.
        allowed: names of those that may serve; None allows all.

    Raises:
        EngineUnavailableError: `allowed` has a name that is not known.
    """

    def __init__(self, known: Collection[str], allowed: Collection[str] | None) -> None:
        unknown = sorted(set(allowed or ()) - set(known))
        if unknown:
            raise EngineUnavailableError(f"There is no engine {unknown[0]!r}. There are: {', '.join(known)}.")
        self._allowed = set(known if allowed is None else allowed)
        self._attempts: list[Attempt] = []

    @property
    def attempts(self) -> tuple[Attempt, ...]:
        return tuple(self._attempts)

    def allows(self, engine: str) -> bool:
        return engine in self._allowed

    def turn(self, step: str, engine: str, work: Callable[[], T]) -> T | None:
        """What `work` gives; None when the engine may not serve, or cannot."""
        if not self.allows(engine):
            return None
        began = time.monotonic()
        outcome, reason, result = Outcome.SERVED, None, None
        try:
            result = work()
        except (ModelUnavailableError, EngineUnavailableError) as error:
            outcome, reason = Outcome.UNAVAILABLE, str(error)
        except AnswerRejectedError as error:
            outcome, reason = Outcome.REJECTED, str(error)
        except _FAULTS as error:
            outcome, reason = Outcome.FAILED, f"{type(error).__name__}: {error}"
        self._attempts.append(Attempt(step, engine, outcome, time.monotonic() - began, reason))
        return result
