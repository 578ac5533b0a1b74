"""What one job may spend on calls to a server: their number, the tokens, and the time."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from sow_analysis.openai_api.errors import ApiBudgetSpentError


@dataclass(frozen=True, slots=True)
class Allowance:
    """The most that one job may spend. Retries count as calls."""

    calls: int = 20
    tokens: int = 40_000
    """Of questions and answers together, as far as the server tells, else as estimated."""
    seconds: float = 120.0


class Budget:
    """The purse of one job. The time runs from its making."""

    def __init__(self, allowance: Allowance, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._allowance = allowance
        self._clock = clock
        self._ends = clock() + allowance.seconds
        self.calls = 0
        self.tokens = 0

    @property
    def seconds_left(self) -> float:
        return max(0.0, self._ends - self._clock())

    def take_call(self) -> None:
        """Count one more call.

        Raises:
            ApiBudgetSpentError: there is none left, or no token, or no time.
        """
        limits = self._allowance
        if self.calls >= limits.calls:
            raise ApiBudgetSpentError(f"This job has made its {limits.calls} calls.")
        if self.tokens >= limits.tokens:
            raise ApiBudgetSpentError(f"This job has used its {limits.tokens} tokens.")
        if self.seconds_left <= 0:
            raise ApiBudgetSpentError(f"This job has used its {limits.seconds:g} s for calls.")
        self.calls += 1

    def take_tokens(self, count: int) -> None:
        """Count tokens that were used. What is overdrawn is felt by the next call."""
        self.tokens += max(0, count)
