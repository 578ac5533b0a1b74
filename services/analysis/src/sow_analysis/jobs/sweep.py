"""Reminds the queue of jobs that it may have lost: of all at the start and each minute, of those due every second.

The second is what makes recovery quick: a job whose lease is over is seen within one round, whoever had it. Leases of
processes of this machine that are no longer there are ended first.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping

import structlog

from sow_analysis.jobs.model import JobKind
from sow_analysis.jobs.queue import JobQueue
from sow_analysis.jobs.store import JobStore

_log = structlog.stdlib.get_logger(__name__)


class Sweeper:
    """Goes round for as long as the service runs.

    Args:
        store: where the jobs are.
        queue: what is reminded.
        limits: for each kind that this process works on, how many due jobs to look up in a round.
        poll_seconds: between two looks for due jobs.
        sweep_seconds: between two looks for all open jobs.
        before: what to do first in every round.
        chores: further things to do in each full round.
    """

    def __init__(
        self,
        store: JobStore,
        queue: JobQueue,
        limits: Mapping[JobKind, int],
        *,
        poll_seconds: float,
        sweep_seconds: float,
        before: Callable[[], Awaitable[object]] | None = None,
        chores: tuple[Callable[[], Awaitable[object]], ...] = (),
    ) -> None:
        self._store = store
        self._queue = queue
        self._limits = limits
        self._poll_seconds = poll_seconds
        self._sweep_seconds = sweep_seconds
        self._before = before
        self._chores = chores

    async def sweep(self) -> int:
        """Put every open job into the queue; give how many there are."""
        tickets = await self._store.open_tickets()
        await self._queue.add(tickets)
        return len(tickets)

    async def poll(self) -> int:
        """Put the jobs into the queue that could be taken now; give how many."""
        found = 0
        for kind, limit in self._limits.items():
            tickets = await self._store.due_tickets(kind, limit)
            await self._queue.add(tickets)
            found += len(tickets)
        return found

    async def run(self) -> None:
        """Sweep at once, then go round until cancelled. What fails is logged and tried again in the next round."""
        swept = float("-inf")
        while True:
            try:
                if self._before is not None:
                    await self._before()
                if time.monotonic() - swept >= self._sweep_seconds:
                    swept = time.monotonic()
                    await self.sweep()
                    for chore in self._chores:
                        await chore()
                else:
                    await self.poll()
            except Exception:
                _log.exception("sweep_failed")
            await asyncio.sleep(self._poll_seconds)
