"""Keeps all jobs of one process together from asking too much: so many requests at once, so far apart.

YouTube counts by address, not by job. So there is one limiter in a process; when one job is told to wait, all do.
"""

from __future__ import annotations

import threading
from collections.abc import Generator
from contextlib import contextmanager

from sow_analysis.captions.clock import Clock, SystemClock
from sow_analysis.captions.errors import YouTubePausedError


class Limiter:
    """Turns for requests. Threads may share it.

    Args:
        concurrency: requests under way at once.
        spacing: seconds from the start of one request to the start of the next.
    """

    def __init__(self, concurrency: int = 1, spacing: float = 1.0, clock: Clock | None = None) -> None:
        self._slots = threading.BoundedSemaphore(concurrency)
        self._spacing = spacing
        self._clock = clock or SystemClock()
        self._lock = threading.Lock()
        self._next = 0.0

    @contextmanager
    def turn(self, patience: float) -> Generator[None]:
        """Wait for a turn, and hold it.

        Raises:
            YouTubePausedError: there is none within `patience` seconds. It is raised at once where that is foreseen.
        """
        if not self._slots.acquire(timeout=patience):
            raise YouTubePausedError(f"Other jobs kept YouTube busy for {patience:.0f} s.")
        try:
            self._clock.sleep(self._reserve(patience))
            yield
        finally:
            self._slots.release()

    def hold(self, seconds: float) -> None:
        """Let nobody ask for so long."""
        with self._lock:
            self._next = max(self._next, self._clock.now() + seconds)

    def _reserve(self, patience: float) -> float:
        """Seconds until the turn that was reserved."""
        with self._lock:
            now = self._clock.now()
            wait = max(0.0, self._next - now)
            if wait > patience:
                raise YouTubePausedError(f"YouTube asked us to wait for another {wait:.0f} s.")
            self._next = now + wait + self._spacing
            return wait
