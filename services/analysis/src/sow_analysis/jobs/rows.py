"""A job's row as a `Job`, and the expressions that several statements share."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from sqlalchemy import Boolean, ColumnElement, Row, and_, literal_column, or_

from sow_analysis.database.tables import OPEN, jobs
from sow_analysis.failures import Failure
from sow_analysis.jobs.model import Document, EventKind, Job, JobEvent, JobKind, JobStatus


def job_of(row: Row[Any]) -> Job:
    """Read a row of `jobs`."""
    return Job(
        id=row.id,
        kind=JobKind(row.kind),
        status=JobStatus(row.status),
        request=row.request,
        content_hash=row.content_hash,
        label=row.label,
        stage=row.stage,
        progress=row.progress,
        attempt=row.attempt,
        failures=row.failures,
        lost_leases=row.lost_leases,
        lease=row.lease,
        lease_until=row.lease_until,
        not_before=row.not_before,
        engines=tuple(row.engines),
        warnings=tuple(row.warnings),
        result=row.result,
        error=Failure(**row.error) if row.error else None,
        created_at=row.created_at,
        started_at=row.started_at,
        finished_at=row.finished_at,
        updated_at=row.updated_at,
    )


def event_of(row: Row[Any]) -> JobEvent:
    """Read a row of `job_events`."""
    return JobEvent(row.id, row.job_id, EventKind(row.kind), row.data, row.created_at)


def fingerprint(kind: JobKind, request: Document) -> str:
    """What two requests share that ask for the same: 64 hex digits."""
    canonical = json.dumps([kind, request], sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def is_open() -> ColumnElement[bool]:
    """Not in a final state. Spelt as the partial indexes have it, with no parameter: else they are not used."""
    return literal_column(f"({OPEN.text})", Boolean())


def is_claimable(now: float) -> ColumnElement[bool]:
    """Nobody works on it, and its pause is over."""
    return or_(
        and_(jobs.c.status.in_((JobStatus.QUEUED, JobStatus.WAITING)), jobs.c.not_before <= now),
        and_(jobs.c.status == JobStatus.PROCESSING, jobs.c.lease_until < now),
    )


def is_held(job_id: str, lease: str) -> ColumnElement[bool]:
    """This worker, and no other, has it."""
    return and_(jobs.c.id == job_id, jobs.c.status == JobStatus.PROCESSING, jobs.c.lease == lease)
