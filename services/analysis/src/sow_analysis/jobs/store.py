"""The jobs, each a row that only changes by conditional updates.

Why this loses nothing and does nothing twice: a worker takes a job by an UPDATE that succeeds for one of all that try,
and gets a *lease*, a random token with an end. While it works it moves that end onward (the heartbeat). Everything it
writes is conditional on the token, so once the job is cancelled, or the end has passed and another worker has taken it,
what the first one brings is refused. A queue may therefore deliver an id as often as it likes.

The leases' ends are times of the workers' clocks: machines that share a database must agree on the time to within a
second or so.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, case, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from sow_analysis.database import Database
from sow_analysis.database.tables import job_events, jobs
from sow_analysis.failures import Failure
from sow_analysis.jobs.errors import (
    JobFinishedError,
    JobNotFoundError,
    LeaseLostError,
    QueueFullError,
    WorkerLostError,
)
from sow_analysis.jobs.holders import this_process
from sow_analysis.jobs.model import (
    Document,
    EventKind,
    Job,
    JobEvent,
    JobKind,
    JobStatus,
    Submission,
    Ticket,
    new_id,
)
from sow_analysis.jobs.news import News
from sow_analysis.jobs.retry import Backoff
from sow_analysis.jobs.rows import event_of, fingerprint, is_claimable, is_held, is_open, job_of

Clock = Callable[[], float]

_NEW = (
    "id", "kind", "status", "fingerprint", "request", "content_hash", "label", "progress", "attempt", "failures",
    "lost_leases", "not_before", "engines", "warnings", "created_at", "updated_at",
)  # fmt: skip
"""What is set of a new job."""
_DEPTH = select(func.count()).select_from(jobs).where(is_open())
"""How many jobs are open."""
_FREE: dict[str, Any] = {"lease": None, "lease_until": None, "holder": None}
"""What a row says while nobody holds it."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a job has brought."""

    result: Document
    engines: Sequence[Document] = ()
    warnings: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Rules:
    """The limits that jobs are held to."""

    lease_seconds: float = 10.0
    max_depth: int = 1000
    max_lost_leases: int = 10
    backoff: Backoff = field(default_factory=Backoff)


class JobStore:
    """Where jobs are submitted, taken, and brought to an end.

    Args:
        database: where their rows are.
        rules: limits.
        news: told of every change.
        clock: seconds since 1970.
    """

    def __init__(
        self, database: Database, rules: Rules | None = None, news: News | None = None, clock: Clock = time.time
    ) -> None:
        self._database = database
        self._rules = rules or Rules()
        self._clock = clock
        self.news = news or News()
        self._new = database.insert_where(jobs, _NEW, _DEPTH.scalar_subquery() < self._rules.max_depth)

    # For callers

    async def submit(
        self, kind: JobKind, request: Document, content_hash: str | None = None, label: str | None = None
    ) -> Submission:
        """Ask for work. The same request while its job is open gives that job, whatever its label.

        Raises:
            QueueFullError: too many jobs are open.
        """
        mark = fingerprint(kind, request)
        same = select(jobs).where(jobs.c.fingerprint == mark, is_open())
        now = self._clock()
        values: dict[str, Any] = {
            "id": new_id(), "kind": kind, "status": JobStatus.QUEUED, "fingerprint": mark, "request": request,
            "content_hash": content_hash, "label": label, "progress": 0.0, "attempt": 0, "failures": 0,
            "lost_leases": 0, "not_before": now, "engines": [], "warnings": [], "created_at": now, "updated_at": now,
        }  # fmt: skip
        while True:
            async with self._database.write() as connection:
                if row := (await connection.execute(self._new, values)).one_or_none():
                    job = job_of(row)
                    await self._tell(connection, job)
                    return Submission(job, created=True)
                if row := (await connection.execute(same)).one_or_none():
                    return Submission(job_of(row), created=False)
                depth = (await connection.execute(_DEPTH)).scalar_one()
                if depth >= self._rules.max_depth:
                    raise QueueFullError(f"{depth} jobs are open, as many as are allowed. Come back later.")
            # the same one was there and has just ended

    async def get(self, job_id: str) -> Job:
        """Give one job.

        Raises:
            JobNotFoundError: there is none of this id.
        """
        async with self._database.read() as connection:
            row = (await connection.execute(select(jobs).where(jobs.c.id == job_id))).one_or_none()
        if row is None:
            raise JobNotFoundError(f"There is no job {job_id}.")
        return job_of(row)

    async def list(
        self,
        *,
        status: JobStatus | None = None,
        kind: JobKind | None = None,
        content_hash: str | None = None,
        before: str | None = None,
        limit: int = 50,
    ) -> tuple[Job, ...]:
        """Give the newest jobs first; `before` is the id of the last one of the page before."""
        wanted: list[ColumnElement[bool]] = []
        if status is not None:
            wanted.append(jobs.c.status == status)
        if kind is not None:
            wanted.append(jobs.c.kind == kind)
        if content_hash is not None:
            wanted.append(jobs.c.content_hash == content_hash)
        if before is not None:
            wanted.append(jobs.c.id < before)
        async with self._database.read() as connection:
            rows = await connection.execute(select(jobs).where(*wanted).order_by(jobs.c.id.desc()).limit(limit))
        return tuple(map(job_of, rows))

    async def events(self, job_id: str, after: int = 0, limit: int = 500) -> tuple[JobEvent, ...]:
        """Give what happened to a job after the event of that id, oldest first."""
        wanted = select(job_events).where(job_events.c.job_id == job_id, job_events.c.id > after)
        async with self._database.read() as connection:
            rows = await connection.execute(wanted.order_by(job_events.c.id).limit(limit))
        return tuple(map(event_of, rows))

    async def counts(self) -> dict[tuple[JobKind, JobStatus], int]:
        """Count the open jobs of each kind and status."""
        wanted = select(jobs.c.kind, jobs.c.status, func.count()).where(is_open())
        async with self._database.read() as connection:
            rows = await connection.execute(wanted.group_by(jobs.c.kind, jobs.c.status))
        return {(JobKind(kind), JobStatus(status)): count for kind, status, count in rows}

    async def cancel(self, job_id: str) -> Job:
        """Cancel for good; again is no error.

        Raises:
            JobNotFoundError: there is none of this id.
            JobFinishedError: it has ended otherwise.
        """
        now = self._clock()
        async with self._database.write() as connection:
            job = await self._change(
                connection, jobs.c.id == job_id, is_open(),
                status=JobStatus.CANCELLED, **_FREE, finished_at=now,
            )  # fmt: skip
        if job is None:
            job = await self.get(job_id)
            if job.status is not JobStatus.CANCELLED:
                raise JobFinishedError(f"Job {job_id} has {job.status.value} already.")
        self.news.announce(job_id)
        return job

    # For the queue

    async def open_tickets(self) -> tuple[Ticket, ...]:
        """Give every open job that nobody holds or whose lease is over or running, oldest first."""
        return await self._tickets(is_open(), None)

    async def due_tickets(self, kind: JobKind, limit: int) -> tuple[Ticket, ...]:
        """Give the oldest jobs of a kind that could be taken now."""
        return await self._tickets(is_claimable(self._clock()) & (jobs.c.kind == kind), limit)

    # For workers

    async def claim(self, job_id: str) -> Job | None:
        """Take a job, with a fresh lease; None when it is not to be had. One whose workers keep vanishing is failed."""
        now = self._clock()
        async with self._database.write() as connection:
            job = await self._change(
                connection, jobs.c.id == job_id, is_claimable(now),
                status=JobStatus.PROCESSING,
                lost_leases=jobs.c.lost_leases + case((jobs.c.status == JobStatus.PROCESSING, 1), else_=0),
                lease=secrets.token_hex(16), lease_until=now + self._rules.lease_seconds, holder=this_process(),
                attempt=jobs.c.attempt + 1, stage=None, progress=0.0,
                started_at=func.coalesce(jobs.c.started_at, now),
            )  # fmt: skip
            if job is not None and job.lost_leases >= self._rules.max_lost_leases:
                error = WorkerLostError(f"The job's worker vanished {job.lost_leases} times. The job may be the cause.")
                failure = Failure(error.code, str(error), can_pass=False)
                await self._end(connection, job, JobStatus.FAILED, error=asdict(failure))
                job = None
        self.news.announce(job_id)
        return job

    async def heartbeat(
        self, job: Job, stage: str | None = None, progress: float | None = None, content_hash: str | None = None
    ) -> None:
        """Move the lease's end onward, and note how far the work is.

        Raises:
            LeaseLostError: the job is this worker's no longer.
        """
        values: dict[str, Any] = {"lease_until": self._clock() + self._rules.lease_seconds}
        if stage is not None and progress is not None:
            values |= {"stage": stage, "progress": progress}
        if content_hash is not None:
            values["content_hash"] = content_hash
        async with self._database.write() as connection:
            statement = update(jobs).where(_held(job)).values(**values, updated_at=self._clock())
            if (await connection.execute(statement)).rowcount != 1:
                raise _lost(job)
            if "stage" in values:
                data = {"stage": stage, "progress": progress}
                await self._tell(connection, job, EventKind.PROGRESS, data)
        if "stage" in values:
            self.news.announce(job.id)

    async def complete(self, job: Job, deliver: Callable[[AsyncConnection], Awaitable[Outcome]]) -> Job:
        """End a job well. `deliver` writes what the job has brought, in the same transaction: both happen, or neither.

        Raises:
            LeaseLostError: the job is this worker's no longer; nothing was written.
        """
        async with self._database.write() as connection:
            held = select(jobs.c.id).where(_held(job)).with_for_update()
            if (await connection.execute(held)).one_or_none() is None:
                raise _lost(job)
            outcome = await deliver(connection)
            ended = await self._end(
                connection, job, JobStatus.COMPLETED, result=outcome.result, engines=list(outcome.engines),
                warnings=list(outcome.warnings), progress=1.0, error=None,
            )  # fmt: skip
        self.news.announce(job.id)
        return ended

    async def fail(self, job: Job, failure: Failure) -> Job:
        """End a run badly: the job waits for its next run if the failure can pass, else it has failed.

        Raises:
            LeaseLostError: the job is this worker's no longer; nothing was written.
        """
        failures = job.failures + 1
        pause = self._rules.backoff.pause(failures) if failure.can_pass else None
        async with self._database.write() as connection:
            if pause is None:
                ended = await self._end(connection, job, JobStatus.FAILED, failures=failures, error=asdict(failure))
            else:
                ended = await self._change(
                    connection, _held(job), status=JobStatus.WAITING, failures=failures, error=asdict(failure),
                    **_FREE, not_before=self._clock() + pause,
                )  # fmt: skip
                if ended is None:
                    raise _lost(job)
        self.news.announce(job.id)
        return ended

    async def release(self, job: Job) -> None:
        """Give a job back unfinished, as when the service stops. No error when it is this worker's no longer."""
        async with self._database.write() as connection:
            await self._change(
                connection, _held(job), status=JobStatus.QUEUED, **_FREE, stage=None,
                progress=0.0,
            )  # fmt: skip
        self.news.announce(job.id)

    async def _end(self, connection: AsyncConnection, job: Job, status: JobStatus, **values: Any) -> Job:
        ended = await self._change(connection, _held(job), status=status, **_FREE, finished_at=self._clock(), **values)
        if ended is None:
            raise _lost(job)
        return ended

    async def _change(self, connection: AsyncConnection, *where: ColumnElement[bool], **values: Any) -> Job | None:
        """Change one row if it is as expected, and write the event; give the row as it is now."""
        statement = update(jobs).where(*where).values(**values, updated_at=self._clock()).returning(jobs)
        row = (await connection.execute(statement)).one_or_none()
        if row is None:
            return None
        job = job_of(row)
        await self._tell(connection, job)
        return job

    async def _tell(
        self,
        connection: AsyncConnection,
        job: Job,
        kind: EventKind = EventKind.STATUS,
        data: Document | None = None,
    ) -> None:
        if data is None:
            data = {"status": job.status, "attempt": job.attempt}
            if job.error is not None and job.status in (JobStatus.FAILED, JobStatus.WAITING):
                data |= {"error": asdict(job.error)}
        values = {"job_id": job.id, "kind": kind, "data": data, "created_at": self._clock()}
        await connection.execute(insert(job_events).values(**values))

    async def _tickets(self, where: ColumnElement[bool], limit: int | None) -> tuple[Ticket, ...]:
        wanted = select(jobs.c.id, jobs.c.kind, jobs.c.attempt, jobs.c.not_before).where(where)
        async with self._database.read() as connection:
            rows = await connection.execute(wanted.order_by(jobs.c.id).limit(limit))
        return tuple(Ticket(row.id, JobKind(row.kind), row.attempt, row.not_before) for row in rows)


def _held(job: Job) -> ColumnElement[bool]:
    return is_held(job.id, job.lease or "")


def _lost(job: Job) -> LeaseLostError:
    return LeaseLostError(f"Job {job.id} was cancelled or taken by another worker.")
