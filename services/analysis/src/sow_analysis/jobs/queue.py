"""The queue: how workers hear that a job is there.

It carries ids, at least once and in any order, and may forget everything: `sweep` reminds it, and the job's row decides
who works on it. Docket keeps one entry for each key and refuses a second while the first waits or runs. An entry's key
is the job's id and the number of its runs so far, so that the next run has a key of its own: one whose worker vanished
may stay "running" in Redis for a while, and must not be in the way.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from typing import Protocol

from docket import Docket, Worker

from sow_analysis.jobs.model import JobKind, Ticket

Handler = Callable[[str], Awaitable[None]]
"""Works on the job of an id, if it is to be had."""

_TASK = "work_on"
_DELIVERY = timedelta(milliseconds=100)
"""Longest wait for new entries at a time, while there is room for them."""
_ROOM = timedelta(milliseconds=5)
"""How often to see whether there is room, while there is none. This asks nothing of the queue."""
_BETWEEN_SECONDS = 0.05
"""From one job's end to the next one's start, at most, while there are more."""
_SCHEDULE = timedelta(milliseconds=250)


class JobQueue(Protocol):
    """Carries ids of jobs to workers."""

    async def add(self, tickets: Iterable[Ticket]) -> None:
        """Let a worker hear of these jobs, each when its time has come; those known already are left alone."""
        ...

    async def ping(self) -> None:
        """Raise an exception if the queue cannot be reached."""
        ...

    def run(self, handlers: Mapping[JobKind, tuple[Handler, int]]) -> asyncio.Task[None]:
        """Deliver jobs of each kind to its handler, so many at once, until the task is cancelled."""
        ...


class DocketQueue:
    """A docket for each kind of work, in memory or in Redis. Made by `open`."""

    def __init__(self, dockets: Mapping[JobKind, Docket], redelivery: timedelta) -> None:
        self._dockets = dockets
        self._redelivery = redelivery

    @classmethod
    @asynccontextmanager
    async def open(cls, url: str, lease_seconds: float, name: str = "sow") -> AsyncGenerator[DocketQueue]:
        """Connect to the queue at `memory://` or `redis://HOST:PORT/N`."""
        quiet = logging.getLogger("docket")
        quiet.setLevel(max(quiet.level, logging.WARNING))
        async with AsyncExitStack() as stack:
            dockets: dict[JobKind, Docket] = {}
            for kind in JobKind:
                docket = Docket(name=f"{name}-{kind}", url=url, execution_ttl=timedelta(0))
                docket.register(_nobody, names=[_TASK])
                dockets[kind] = await stack.enter_async_context(docket)
            yield cls(dockets, timedelta(seconds=lease_seconds))

    async def add(self, tickets: Iterable[Ticket]) -> None:
        by_kind: dict[JobKind, list[Ticket]] = {}
        for ticket in tickets:
            by_kind.setdefault(ticket.kind, []).append(ticket)
        for kind, some in by_kind.items():
            docket = self._dockets[kind]
            await docket.add_many(
                docket.call(_TASK, when=datetime.fromtimestamp(t.not_before, UTC), key=f"{t.id}.{t.attempt}")(t.id)
                for t in some
            )

    async def ping(self) -> None:
        for docket in self._dockets.values():
            async with docket.redis() as redis:
                await redis.exists(docket.stream_key)

    def run(self, handlers: Mapping[JobKind, tuple[Handler, int]]) -> asyncio.Task[None]:
        return asyncio.create_task(self._run(handlers), name="queue")

    async def _run(self, handlers: Mapping[JobKind, tuple[Handler, int]]) -> None:
        async with asyncio.TaskGroup() as group:
            for kind, (handler, concurrency) in handlers.items():
                group.create_task(self._serve(kind, handler, concurrency), name=f"queue-{kind}")

    async def _serve(self, kind: JobKind, handler: Handler, concurrency: int) -> None:
        docket = self._dockets[kind]
        running = 0

        async def work_on(job_id: str) -> None:
            nonlocal running
            running += 1
            pace()
            try:
                await handler(job_id)
            finally:
                running -= 1
                worker.minimum_check_interval = _ROOM  # so it holds too for the pause that follows the next delivery
                asyncio.get_running_loop().call_later(_BETWEEN_SECONDS, pace)

        def pace() -> None:
            worker.minimum_check_interval = _ROOM if running == concurrency else _DELIVERY

        docket.register(work_on, names=[_TASK])
        worker = Worker(
            docket,
            concurrency=concurrency,
            redelivery_timeout=self._redelivery,
            minimum_check_interval=_DELIVERY,
            scheduling_resolution=_SCHEDULE,
            schedule_automatic_tasks=False,
        )
        async with worker:
            with suppress(asyncio.CancelledError):
                await worker.run_forever()


async def _nobody(job_id: str) -> None:
    """Stands for the work in processes that only submit."""
    raise RuntimeError(f"This process takes no jobs, but was given {job_id}.")
