"""Does jobs: takes one, brings its recording here, has its work done, and brings it to its end, whatever that is.

What is the same for every kind of work is here; `work.Work` is what differs. What the work delivers and the job's
completion are one transaction, which the database refuses unless this worker still holds the job.
"""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

import structlog

from song_audio.errors import CodedError
from sow_analysis.errors import AnalysisError, StorageError
from sow_analysis.failures import Failure, failure_of
from sow_analysis.fetching import uploaded
from sow_analysis.jobs import Job, JobStatus, JobStore
from sow_analysis.jobs.errors import LeaseLostError, TookTooLongError
from sow_analysis.metrics import Metrics
from sow_analysis.settings import Settings
from sow_analysis.songs import RecordingStore
from sow_analysis.songs.recordings import FILE_NAME
from sow_analysis.worker.engine import EngineFailedError
from sow_analysis.worker.lease import HeldLease, StoppedError
from sow_analysis.worker.progress import FETCH, Stages
from sow_analysis.worker.work import Done, Work

_log = structlog.stdlib.get_logger(__name__)


class HashMismatchError(AnalysisError):
    """The recording is not the one whose content hash the caller named."""

    code = "content_hash_mismatch"


class Fetch(Protocol):
    """Brings a recording here."""

    async def __call__(self, url: str, destination: Path) -> str:
        """Write the recording at `url` to a file, and give the SHA-256 of its bytes."""
        ...


@dataclass(frozen=True, slots=True)
class Stop:
    """Whether the service stops, and until when running jobs may go on."""

    requested: Callable[[], bool]
    expired: Callable[[], bool]


class Executor:
    """Works on jobs of one kind: those of `work`. `settings`, `metrics` and the rest are what the process has."""

    def __init__(
        self,
        work: Work,
        settings: Settings,
        jobs: JobStore,
        recordings: RecordingStore,
        fetch: Fetch,
        metrics: Metrics,
        stop: Stop,
    ) -> None:
        self._work = work
        self._settings = settings
        self._jobs = jobs
        self._recordings = recordings
        self._fetch = fetch
        self._metrics = metrics
        self._stop = stop

    async def work_on(self, job_id: str) -> None:
        """Do a job if it is to be had. Raises nothing but cancellation: what goes wrong is the job's, or in the log."""
        with structlog.contextvars.bound_contextvars(job_id=job_id):
            try:
                if self._stop.requested() or (job := await self._jobs.claim(job_id)) is None:
                    return
                await self._work_on(job)
            except Exception:
                _log.exception("worker_failed")

    async def _work_on(self, job: Job) -> None:
        _log.info("job_started", attempt=job.attempt)
        lease = HeldLease(
            self._jobs,
            job,
            heartbeat_seconds=self._settings.heartbeat_seconds,
            lease_seconds=self._settings.lease_seconds,
            must_stop=self._stop.expired,
        )
        try:
            await lease.during(lambda: self._do(lease))
        except LeaseLostError as lost:
            _log.info("job_dropped", reason=str(lost))
        except (StoppedError, asyncio.CancelledError) as stopped:
            await asyncio.shield(self._jobs.release(job))
            _log.info("job_given_back")
            if isinstance(stopped, asyncio.CancelledError):
                raise

    async def _do(self, lease: HeldLease) -> None:
        """The job's work. Errors end in the job's row, but for the loss of the lease."""
        began = time.monotonic()
        try:
            async with asyncio.timeout(self._settings.job_seconds):
                with tempfile.TemporaryDirectory(prefix="sow-job-") as folder:
                    audio = Path(folder) / FILE_NAME
                    stages = Stages(lease.gauge, self._metrics)
                    content_hash = await self._bring(lease, audio, stages)
                    done = await self._work.do(lease.job, content_hash, audio, stages)
                    await self._keep(lease.job.request["audio_url"], audio, content_hash, done.duration)
        except TimeoutError:
            late = TookTooLongError(f"The job took longer than {self._settings.job_seconds:g} s and was stopped.")
            await self._failed(lease, failure_of(late))
        except LeaseLostError:
            raise
        except EngineFailedError as error:
            await self._failed(lease, error.failure)
        except Exception as error:
            if not isinstance(error, CodedError):
                _log.exception("job_broke")
            await self._failed(lease, failure_of(error))
        else:
            await self._completed(lease, done, time.monotonic() - began)

    async def _bring(self, lease: HeldLease, audio: Path, stages: Stages) -> str:
        """Bring the job's recording here; give its content hash."""
        request = lease.job.request
        stages.enter(FETCH)
        content_hash = await self._fetch(request["audio_url"], audio)
        stages.leave()
        if request.get("content_hash") not in (None, content_hash):
            raise HashMismatchError("The recording's content hash is not the one that the request names.")
        if lease.job.content_hash != content_hash:
            await self._jobs.heartbeat(lease.job, content_hash=content_hash)
        return content_hash

    async def _keep(self, url: str, audio: Path, content_hash: str, duration: float | None) -> None:
        """Keep a recording that came from elsewhere as if it had been uploaded."""
        if uploaded(url) is not None or await self._recordings.find(content_hash) is not None:
            return
        try:
            await self._recordings.keep(audio, content_hash, urlsplit(url).path, duration)
        except StorageError as error:
            _log.warning("recording_not_kept", reason=str(error))

    async def _completed(self, lease: HeldLease, done: Done, seconds: float) -> None:
        async with lease.ending() as job:
            await self._jobs.complete(job, done.deliver)
        self._metrics.job_ended(job.kind, JobStatus.COMPLETED, seconds)
        _log.info("job_completed", kind=job.kind.value, seconds=round(seconds, 3))
        await done.publish()

    async def _failed(self, lease: HeldLease, failure: Failure) -> None:
        async with lease.ending() as job:
            ended = await self._jobs.fail(job, failure)
        if ended.status is JobStatus.FAILED:
            self._metrics.job_ended(job.kind, JobStatus.FAILED, None)
        _log.warning("job_failed", status=ended.status.value, code=failure.code, can_pass=failure.can_pass)
