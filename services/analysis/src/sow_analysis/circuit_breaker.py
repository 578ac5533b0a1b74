"""A circuit breaker: who failed several times in a row is left alone for a while, then tried again.

Without one, every song waits for a dead server until its time is up (M. Nygard, Release It!, 2007). Nothing here can
leave it open for good: after each pause the next call is a trial, a trial that never reports back stops counting after
as long a pause, and the pauses grow only up to a limit.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from enum import StrEnum


class Circuit(StrEnum):
    """How it stands."""

    CLOSED = "closed"
    """Calls go through."""
    OPEN = "open"
    """Calls are refused."""
    HALF_OPEN = "half-open"
    """One call is on its way, to see whether the other side is back; others are refused."""


class CircuitBreaker:
    """For the calls to one other side. Threads may share it.

    Args:
        failures: so many in a row open it.
        pause: seconds until the first trial; each trial that fails doubles it.
        longest_pause: seconds that it grows to.
        clock: seconds that never go back.
    """

    def __init__(
        self,
        failures: int = 3,
        pause: float = 15.0,
        longest_pause: float = 300.0,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        if failures < 1 or not 0 < pause <= longest_pause:
            raise ValueError("a circuit breaker needs at least one failure, and a pause within the longest")
        self._most_failures = failures
        self._first_pause = pause
        self._longest_pause = longest_pause
        self._clock = clock
        self._lock = threading.RLock()
        self._state = Circuit.CLOSED
        self._failures = 0
        self._pause = pause
        self._opens_at = 0.0

    @property
    def state(self) -> Circuit:
        return self._state

    @property
    def failures(self) -> int:
        """How many calls in a row have failed."""
        return self._failures

    @property
    def seconds_left(self) -> float:
        """Until a call would go through: 0 when one would now."""
        with self._lock:
            return 0.0 if self._state is Circuit.CLOSED else max(0.0, self._opens_at - self._clock())

    def admit(self) -> bool:
        """Whether a call may go now. One that may must be followed by `succeeded`, `failed` or `abandoned`."""
        with self._lock:
            if self._state is Circuit.CLOSED:
                return True
            if self.seconds_left > 0:
                return False
            self._state = Circuit.HALF_OPEN
            self._opens_at = self._clock() + self._pause  # a trial that is never heard of again blocks no longer
            return True

    def succeeded(self) -> None:
        """The other side works."""
        with self._lock:
            self._state = Circuit.CLOSED
            self._failures = 0
            self._pause = self._first_pause

    def failed(self) -> None:
        """The other side did not answer, or not as it should."""
        with self._lock:
            self._failures += 1
            if self._state is Circuit.HALF_OPEN:
                self._pause = min(2 * self._pause, self._longest_pause)
            elif self._state is Circuit.OPEN or self._failures < self._most_failures:
                return  # a call from before it opened tells nothing new
            self._state = Circuit.OPEN
            self._opens_at = self._clock() + self._pause

    def abandoned(self) -> None:
        """The call was given up from our side, which says nothing of the other."""
        with self._lock:
            if self._state is Circuit.HALF_OPEN:
                self._state = Circuit.OPEN
                self._opens_at = self._clock()
