"""What a job is, the states that it goes through, and what is told about it.

    queued ─► processing ─► completed | failed
      ▲          │  │
      │          │  └────► waiting (a failure that can pass: tried again at `not_before`) ─► processing
      └──────────┘ (its worker stopped or vanished)

Every state but the last three may become `cancelled`. Final states never change.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sow_analysis.failures import Failure

Document = Mapping[str, Any]
"""A JSON object."""


class JobKind(StrEnum):
    """Classes of work; each has a queue and a concurrency of its own."""

    LRC = "lrc"
    ANALYZE = "analyze"


class JobStatus(StrEnum):
    """Where a job stands."""

    QUEUED = "queued"
    WAITING = "waiting"
    PROCESSING = "processing"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def is_final(self) -> bool:
        return self not in OPEN


OPEN = (JobStatus.QUEUED, JobStatus.WAITING, JobStatus.PROCESSING)


class EventKind(StrEnum):
    """What an event is about."""

    STATUS = "status"
    PROGRESS = "progress"


@dataclass(frozen=True, slots=True)
class Job:
    """A job's row. `attempt` counts its runs, `failures` those that failed, `lost_leases` those that nobody ended."""

    id: str
    kind: JobKind
    status: JobStatus
    request: Document
    content_hash: str | None
    label: str | None
    stage: str | None
    progress: float
    attempt: int
    failures: int
    lost_leases: int
    lease: str | None
    lease_until: float | None
    not_before: float
    engines: tuple[Document, ...]
    warnings: tuple[str, ...]
    result: Document | None
    error: Failure | None
    created_at: float
    started_at: float | None
    finished_at: float | None
    updated_at: float


@dataclass(frozen=True, slots=True)
class JobEvent:
    """Something that happened to a job. Ids rise."""

    id: int
    job_id: str
    kind: EventKind
    data: Document
    created_at: float


@dataclass(frozen=True, slots=True)
class Submission:
    """A job that was asked for; `created` is False when the same one was open already."""

    job: Job
    created: bool


@dataclass(frozen=True, slots=True)
class Ticket:
    """What the queue needs to know of an open job."""

    id: str
    kind: JobKind
    attempt: int
    not_before: float


def new_id() -> str:
    """32 hex digits that sort by time, to the millisecond."""
    return f"{time.time_ns() // 1_000_000:012x}{secrets.token_hex(10)}"
