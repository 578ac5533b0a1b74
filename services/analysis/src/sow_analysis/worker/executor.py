"""Does LRC jobs: brings the recording here, has its lyrics timed in an engine process, and delivers the result.

At least once becomes exactly once at the end: the new version of the song's lyrics and the job's completion are one
transaction, which the database refuses unless this worker still holds the job.
"""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit

import structlog
from pydantic import TypeAdapter
from sqlalchemy.ext.asyncio import AsyncConnection

from lyric_timing import formats, parse_sheet
from lyric_timing.errors import LyricTimingError
from song_audio.errors import CodedError
from sow_analysis.caches import ResultCache, ResultKey
from sow_analysis.errors import AnalysisError, StorageError
from sow_analysis.failures import Failure, failure_of
from sow_analysis.fetching import uploaded
from sow_analysis.jobs import Job, JobStatus, JobStore, Outcome
from sow_analysis.jobs.errors import LeaseLostError, TookTooLongError
from sow_analysis.lrc import LrcResult
from sow_analysis.metrics import Metrics
from sow_analysis.settings import Settings
from sow_analysis.songs import LyricsStore, Publisher, RecordingStore, VersionInfo
from sow_analysis.songs.recordings import FILE_NAME
from sow_analysis.worker.engine import EngineFailedError, EnginePool
from sow_analysis.worker.lease import HeldLease, StoppedError
from sow_analysis.worker.outside import Outside
from sow_analysis.worker.progress import FETCH
from sow_analysis.worker.version import pipeline_version

_log = structlog.stdlib.get_logger(__name__)
_results = TypeAdapter(LrcResult)


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


class LrcExecutor:
    """Works on LRC jobs. `settings`, `metrics` and the rest are what the process has."""

    def __init__(
        self,
        settings: Settings,
        jobs: JobStore,
        recordings: RecordingStore,
        lyrics: LyricsStore,
        publisher: Publisher,
        cache: ResultCache,
        engines: EnginePool,
        outside: Outside,
        fetch: Fetch,
        metrics: Metrics,
        stop: Stop,
    ) -> None:
        self._settings = settings
        self._jobs = jobs
        self._recordings = recordings
        self._lyrics = lyrics
        self._publisher = publisher
        self._cache = cache
        self._engines = engines
        self._outside = outside
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
                    content_hash, result = await self._result(lease, audio)
                    await self._keep(lease.job.request["audio_url"], audio, content_hash, result)
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
            await self._completed(lease, content_hash, result, time.monotonic() - began)

    async def _result(self, lease: HeldLease, audio: Path) -> tuple[str, LrcResult]:
        request = lease.job.request
        stages = _StageClock(self._metrics)
        stages.enter(FETCH)
        content_hash = await self._fetch(request["audio_url"], audio)
        stages.leave()
        if request.get("content_hash") not in (None, content_hash):
            raise HashMismatchError("The recording's content hash is not the one that the request names.")
        if lease.job.content_hash != content_hash:
            await self._jobs.heartbeat(lease.job, content_hash=content_hash)
        options: Mapping[str, Any] = request["options"]
        version = await asyncio.to_thread(pipeline_version, self._settings.pipeline)
        key = ResultKey(
            content_hash,
            ResultKey.hash_text(request["lyrics_text"]),
            self._outside.key(request),
            version,
        )
        if options.get("use_cache", True):
            cached = await asyncio.to_thread(self._cache.get, key)
            self._metrics.cache_looked_up("result", hit=cached is not None)
            if cached is not None:
                return content_hash, cached

        def tell(stage: str, share: float) -> None:
            stages.enter(stage)
            lease.gauge.set(stage, share)

        stages.enter(FETCH)
        reach = await self._outside.reach(request, await asyncio.to_thread(_language, request))
        stages.leave()
        arguments: dict[str, Any] = {
            "pipeline": self._settings.pipeline,
            "audio": str(audio),
            "lyrics_text": request["lyrics_text"],
            "title": request.get("song_title"),
            "options": {**options, "youtube_url": request.get("youtube_url")},
            "max_seconds": self._settings.max_audio_seconds,
            "reach": reach.plain(),
        }
        if options.get("use_cache", True):
            arguments |= {
                "cache_dir": str(self._settings.cache_dir),
                "cache_max_bytes": self._settings.cache_max_bytes,
            }
        answer = await self._engines.run("time_lyrics", arguments, tell)
        stages.leave()
        if (recalled := answer.pop("recalled", None)) is not None:
            self._metrics.cache_looked_up("transcription", hit=recalled)
        result = _results.validate_python(answer)
        for attempt in result.attempts:
            self._metrics.engine_ended(attempt.step, attempt.engine, attempt.outcome, attempt.seconds)
        if not any(attempt.can_pass for attempt in result.attempts):  # else the next run may do better
            await asyncio.to_thread(self._cache.put, key, result)
        return content_hash, result

    async def _keep(self, url: str, audio: Path, content_hash: str, result: LrcResult) -> None:
        """Keep a recording that came from elsewhere as if it had been uploaded."""
        if uploaded(url) is not None or await self._recordings.find(content_hash) is not None:
            return
        try:
            await self._recordings.keep(audio, content_hash, urlsplit(url).path, result.lyrics.duration)
        except StorageError as error:
            _log.warning("recording_not_kept", reason=str(error))

    async def _completed(self, lease: HeldLease, content_hash: str, result: LrcResult, seconds: float) -> None:
        document = await asyncio.to_thread(formats.write, result.lyrics, "json")
        force = bool(lease.job.request["options"].get("force", False))
        kept: list[VersionInfo] = []

        async def deliver(connection: AsyncConnection) -> Outcome:
            version = await self._lyrics.put_result(connection, content_hash, document, lease.job.id, force=force)
            kept.append(version)
            warnings = list(result.warnings)
            if not version.is_current:
                warnings.append(
                    f"This song's lyrics were edited by hand, so they stay; this result is version {version.number}."
                )
            brought = {
                "content_hash": content_hash,
                "version": version.number,
                "is_current": version.is_current,
                "etag": version.etag,
                "lyrics_url": f"/api/v1/songs/{content_hash}/lyrics.lrc?version={version.number}",
                "line_count": len(result.lyrics.lines),
                "duration_seconds": result.lyrics.duration,
                "language": result.lyrics.language,
                "confidence": round(result.confidence, 4),
                "doubtful": list(result.doubtful),
            }
            return Outcome(brought, [asdict(attempt) for attempt in result.attempts], warnings)

        async with lease.ending() as job:
            await self._jobs.complete(job, deliver)
        self._metrics.job_ended(job.kind, JobStatus.COMPLETED, seconds)
        _log.info("job_completed", seconds=round(seconds, 3), version=kept[-1].number)
        await self._publisher.publish_or_leave(kept[-1])

    async def _failed(self, lease: HeldLease, failure: Failure) -> None:
        async with lease.ending() as job:
            ended = await self._jobs.fail(job, failure)
        if ended.status is JobStatus.FAILED:
            self._metrics.job_ended(job.kind, JobStatus.FAILED, None)
        _log.warning("job_failed", status=ended.status.value, code=failure.code, can_pass=failure.can_pass)


def _language(request: Mapping[str, Any]) -> str | None:
    """The sung language, as far as it is known before anyone has listened."""
    if language := request["options"].get("language"):
        return language
    try:
        return parse_sheet(request["lyrics_text"]).language
    except LyricTimingError:  # the engine's process will say so
        return None


class _StageClock:
    """Measures how long each stage takes."""

    def __init__(self, metrics: Metrics) -> None:
        self._metrics = metrics
        self._stage: str | None = None
        self._began = 0.0

    def enter(self, stage: str) -> None:
        if stage == self._stage:
            return
        self.leave()
        self._stage, self._began = stage, time.monotonic()

    def leave(self) -> None:
        if self._stage is not None:
            self._metrics.stage_ended(self._stage, time.monotonic() - self._began)
        self._stage = None
