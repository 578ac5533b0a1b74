"""Tells those who wait in this process that a job's row has changed.

Only a hint to look at the row at once: what happens in other processes is seen by looking now and then.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict


class News:
    """Wakes whoever waits for a job."""

    def __init__(self) -> None:
        self._waiting: defaultdict[str, set[asyncio.Event]] = defaultdict(set)

    def announce(self, job_id: str) -> None:
        """Wake all that wait for this job."""
        for waiter in self._waiting.get(job_id, ()):
            waiter.set()

    def listen(self, job_id: str) -> Listener:
        """Take note of what is announced from now on."""
        return Listener(self._waiting, job_id)


class Listener:
    """Remembers announcements of one job between two waits. A context manager."""

    def __init__(self, waiting: defaultdict[str, set[asyncio.Event]], job_id: str) -> None:
        self._waiting = waiting
        self._job_id = job_id
        self._event = asyncio.Event()

    def __enter__(self) -> Listener:
        self._waiting[self._job_id].add(self._event)
        return self

    def __exit__(self, *_: object) -> None:
        waiters = self._waiting[self._job_id]
        waiters.discard(self._event)
        if not waiters:
            del self._waiting[self._job_id]

    async def wait(self, seconds: float) -> bool:
        """Wait for an announcement, but no longer than so many seconds; tell whether there was one."""
        try:
            await asyncio.wait_for(self._event.wait(), seconds)
        except TimeoutError:
            return False
        self._event.clear()
        return True
