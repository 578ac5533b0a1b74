"""What the rows of jobs need now and then: leases of dead processes are ended, jobs that ended long ago are deleted."""

from __future__ import annotations

import time
from collections.abc import Callable

from sqlalchemy import delete, select, update

from sow_analysis.database import Database
from sow_analysis.database.tables import jobs
from sow_analysis.jobs.holders import is_gone
from sow_analysis.jobs.model import JobStatus

_DELETED_AT_ONCE = 500
"""Others write too, and wait meanwhile."""


class Upkeep:
    """Keeps the rows in order.

    Args:
        database: where they are.
        keep_seconds: how long jobs are kept that have ended; None keeps all.
        clock: tells the time.
    """

    def __init__(
        self, database: Database, keep_seconds: float | None = None, clock: Callable[[], float] = time.time
    ) -> None:
        self._database = database
        self._keep_seconds = keep_seconds
        self._clock = clock

    async def end_leases_of_the_dead(self, gone: Callable[[str], bool] = is_gone) -> int:
        """End the leases that processes of this machine have left behind, so that nobody waits for them; give how many.

        This only spares the wait. Should `gone` err, the job runs twice, and what the first run brings is refused.
        """
        held = (jobs.c.status == JobStatus.PROCESSING) & jobs.c.holder.is_not(None)
        async with self._database.read() as connection:
            holders = (await connection.execute(select(jobs.c.holder).where(held).distinct())).scalars().all()
        dead = [holder for holder in holders if gone(holder)]
        if not dead:
            return 0
        async with self._database.write() as connection:
            ended = update(jobs).where(held, jobs.c.holder.in_(dead)).values(lease_until=0.0, holder=None)
            return (await connection.execute(ended)).rowcount

    async def delete_old(self) -> int:
        """Delete jobs that ended long ago, with their events; give how many. The lyrics that they made stay."""
        if self._keep_seconds is None:
            return 0
        before, deleted = self._clock() - self._keep_seconds, 0
        old = select(jobs.c.id).where(jobs.c.finished_at < before).limit(_DELETED_AT_ONCE)
        while True:
            async with self._database.write() as connection:
                count = (await connection.execute(delete(jobs).where(jobs.c.id.in_(old)))).rowcount
            deleted += count
            if count < _DELETED_AT_ONCE:
                return deleted
