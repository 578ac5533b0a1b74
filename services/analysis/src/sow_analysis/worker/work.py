"""What differs from one kind of job to the next: the work itself, and what of it is delivered."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from sqlalchemy.ext.asyncio import AsyncConnection

from sow_analysis.jobs import Job, JobKind, Outcome
from sow_analysis.worker.progress import Stages


async def _nothing() -> None:
    """Follows a job of which nothing is copied anywhere."""


@dataclass(frozen=True, slots=True)
class Done:
    """What the work has brought. It counts only once `deliver` has run in the transaction that completes the job."""

    duration: float | None
    """Of the recording, in seconds."""
    deliver: Callable[[AsyncConnection], Awaitable[Outcome]]
    publish: Callable[[], Awaitable[None]] = _nothing
    """Called when the job is completed. Must raise nothing that matters."""


class Work(Protocol):
    """One kind of work. The executor has brought the recording, holds the lease, and ends the job."""

    @property
    def kind(self) -> JobKind:
        """Of the jobs that it does."""
        ...

    async def do(self, job: Job, content_hash: str, audio: Path, stages: Stages) -> Done:
        """Do a job's work.

        Args:
            job: as it was claimed.
            content_hash: of the recording, which the job's row may not have known.
            audio: the recording.
            stages: told how far the work is.

        Raises:
            EngineFailedError: it failed in the engine's process.
            Exception: whatever else fails; `failures.failure_of` says what it means.
        """
        ...
