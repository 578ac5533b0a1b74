"""Leaves a service in peace after it has failed several times in a row, and tries it again after a while.

Without one, each job of a queue waits for the same time-outs again. What matters most is the way back: after the pause
one caller is let through, and its success or failure decides for all. If that caller vanishes without a word (its job
was cancelled), another is let through after one more pause; so no breaker stays open for ever.
"""

from __future__ import annotations

import threading
from typing import Protocol

from sow_analysis.captions.clock import Clock, SystemClock


class Breaker(Protocol):
    """Asked before a service is, and told of each outcome."""

    def allow(self) -> bool:
        """Whether the service may be asked now. Whoever got True says later how it went."""
        ...

    def success(self) -> None: ...

    def failure(self) -> None: ...


class ConsecutiveBreaker:
    """Opens after `failures` failures in a row, for `pause` seconds. Threads may share it."""

    def __init__(self, failures: int = 4, pause: float = 300.0, clock: Clock | None = None) -> None:
        self._limit = failures
        self._pause = pause
        self._clock = clock or SystemClock()
        self._lock = threading.Lock()
        self._failures = 0
        self._next_trial = 0.0

    def allow(self) -> bool:
        with self._lock:
            if self._failures < self._limit:
                return True
            now = self._clock.now()
            if now < self._next_trial:
                return False
            self._next_trial = now + self._pause
            return True

    def success(self) -> None:
        with self._lock:
            self._failures = 0

    def failure(self) -> None:
        with self._lock:
            self._failures += 1
            if self._failures >= self._limit:
                self._next_trial = self._clock.now() + self._pause
