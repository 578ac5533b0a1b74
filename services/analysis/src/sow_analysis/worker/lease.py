"""Holds a job's lease while the work goes on, and stops the work when the lease is lost or the service stops."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager

import structlog

from sow_analysis.jobs import Job, JobStore
from sow_analysis.jobs.errors import LeaseLostError
from sow_analysis.worker.progress import Gauge

_TICK_SECONDS = 0.4
_STEP = 0.01
"""Progress smaller than this is not worth a row."""
_log = structlog.stdlib.get_logger(__name__)


class StoppedError(Exception):
    """The service stops; the job is to be given back."""


class HeldLease:
    """One job in this process.

    Args:
        store: where the job is.
        job: as `claim` gave it.
        heartbeat_seconds: between two heartbeats.
        lease_seconds: without a heartbeat for so long, the lease is taken to be lost.
        must_stop: whether the work has to be dropped because the service stops.
    """

    def __init__(
        self,
        store: JobStore,
        job: Job,
        *,
        heartbeat_seconds: float,
        lease_seconds: float,
        must_stop: Callable[[], bool],
    ) -> None:
        self._store = store
        self.job = job
        self._heartbeat_seconds = heartbeat_seconds
        self._lease_seconds = lease_seconds
        self._must_stop = must_stop
        self._writing = asyncio.Lock()
        self._over = False
        self.gauge = Gauge()

    async def during(self, work: Callable[[], Awaitable[None]]) -> None:
        """Do the work, with a heartbeat beside it.

        Raises:
            LeaseLostError: the job was cancelled or taken; the work was stopped.
            StoppedError: the service stops; the work was stopped.
            Exception: whatever the work raised.
        """
        working = asyncio.ensure_future(work())
        beating = asyncio.create_task(self._beat(), name=f"lease-{self.job.id}")
        try:
            await asyncio.wait((working, beating), return_when=asyncio.FIRST_COMPLETED)
            if not working.done() and beating.exception() is None:
                await asyncio.wait((working,))  # the row is written, what is left takes no lease
        finally:
            for task in (working, beating):
                task.cancel()
            results = await asyncio.gather(working, beating, return_exceptions=True)
        worked, beaten = results
        if beaten is not None and isinstance(worked, asyncio.CancelledError) and isinstance(beaten, Exception):
            raise beaten
        if isinstance(worked, BaseException):
            raise worked

    @asynccontextmanager
    async def ending(self) -> AsyncGenerator[Job]:
        """Hold the heartbeat back while the job's row is brought to its end."""
        async with self._writing:
            yield self.job
            self._over = True

    async def _beat(self) -> None:
        written = (self.gauge.stage, 0.0)
        beaten = time.monotonic()
        with self._store.news.listen(self.job.id) as news:
            while not self._over:
                told = await news.wait(min(_TICK_SECONDS, self._heartbeat_seconds))
                if self._must_stop():
                    raise StoppedError
                now = time.monotonic()
                stage, progress = self.gauge.stage, self.gauge.progress
                moved = stage != written[0] or progress - written[1] >= _STEP
                if not (told or moved or now - beaten >= self._heartbeat_seconds):
                    continue
                async with self._writing:
                    if self._over:
                        return
                    try:
                        if told and not moved:
                            await self._look()
                        else:
                            news_of = (stage, progress) if moved else (None, None)
                            await self._store.heartbeat(self.job, *news_of)
                            beaten, written = now, (stage, progress)
                    except LeaseLostError:
                        raise
                    except Exception as error:  # the database is away: go on, but not beyond the lease's end
                        _log.warning("heartbeat_failed", error=type(error).__name__)
                        if time.monotonic() - beaten >= self._lease_seconds:
                            raise LeaseLostError(f"Job {self.job.id} could not be kept.") from error

    async def _look(self) -> None:
        job = await self._store.get(self.job.id)
        if job.lease != self.job.lease:
            raise LeaseLostError(f"Job {job.id} is {job.status.value}.")
