"""What one process of the service holds, from its settings: opened in order, closed in reverse."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from song_audio.fetching import FetchLimits
from sow_analysis.caches import Caches, open_caches
from sow_analysis.captions import YouTubeCaptions, open_captions
from sow_analysis.database import Database, open_database
from sow_analysis.fetching import fetch
from sow_analysis.jobs import Backoff, DocketQueue, JobKind, JobQueue, JobStore, Rules, Sweeper, Upkeep
from sow_analysis.metrics import Metrics
from sow_analysis.settings import Settings
from sow_analysis.songs import AnalysisStore, LyricsStore, Publisher, RecordingStore, StemStore
from sow_analysis.storage import Storage, open_storage
from sow_analysis.worker import AnalysisWork, EnginePool, Executor, LrcWork, Outside, Stop, Work

_DUE_PER_SLOT = 8
"""Due jobs to look up in each round, for each job that may run at once."""
_DAY = 86_400.0
"""Seconds."""


class Shutdown:
    """Says when the service stops: at once for what waits, after a while for what works."""

    def __init__(self, grace_seconds: float) -> None:
        self._grace_seconds = grace_seconds
        self._deadline: float | None = None
        self.begun = asyncio.Event()

    def begin(self) -> None:
        """Stop. Again is no error."""
        if self._deadline is None:
            self._deadline = time.monotonic() + self._grace_seconds
            self.begun.set()

    @property
    def expired(self) -> bool:
        return self._deadline is not None and time.monotonic() >= self._deadline


@dataclass(frozen=True, slots=True)
class Runtime:
    """Everything that requests and jobs need."""

    settings: Settings
    database: Database
    jobs: JobStore
    upkeep: Upkeep
    queue: JobQueue
    storage: Storage
    recordings: RecordingStore
    lyrics: LyricsStore
    publisher: Publisher
    analyses: AnalysisStore
    stems: StemStore
    caches: Caches
    engines: EnginePool
    captions: YouTubeCaptions | None
    metrics: Metrics
    shutdown: Shutdown

    @asynccontextmanager
    async def working(self) -> AsyncGenerator[None]:
        """Take jobs while the block runs. At its end, what runs may go on for a while, and is given back after that."""
        stop = Stop(self.shutdown.begun.is_set, lambda: self.shutdown.expired)
        concurrency = {
            JobKind.LRC: self.settings.lrc_concurrency,
            JobKind.ANALYZE: self.settings.analysis_concurrency,
        }
        executors = {
            work.kind: Executor(work, self.settings, self.jobs, self.recordings, self.fetch, self.metrics, stop)
            for work in self._works()
        }
        sweeper = Sweeper(
            self.jobs,
            self.queue,
            {kind: slots * _DUE_PER_SLOT for kind, slots in concurrency.items()},
            poll_seconds=self.settings.poll_seconds,
            sweep_seconds=self.settings.sweep_seconds,
            before=self.upkeep.end_leases_of_the_dead,
            chores=(self.publisher.publish_all, self.upkeep.delete_old),
        )
        tasks = (
            self.queue.run({kind: (executor.work_on, concurrency[kind]) for kind, executor in executors.items()}),
            asyncio.create_task(sweeper.run(), name="sweeper"),
        )
        try:
            yield
        finally:
            self.shutdown.begin()
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    def _works(self) -> tuple[Work, ...]:
        """The kinds of work that this process does."""
        return (
            LrcWork(
                self.settings,
                self.lyrics,
                self.publisher,
                self.caches.results,
                self.engines,
                Outside(self.settings, self.captions),
                self.metrics,
            ),
            AnalysisWork(self.settings, self.analyses, self.stems, self.engines),
        )

    async def fetch(self, url: str, destination: Path) -> str:
        """Bring a recording here: one that was uploaded from the storage, any other from its address."""
        limits = FetchLimits(
            max_bytes=self.settings.max_upload_bytes,
            seconds=self.settings.fetch_seconds,
            allow_private=self.settings.fetch_private,
        )
        return (await fetch(url, destination, limits=limits, storage=self.storage)).sha256


@asynccontextmanager
async def open_runtime(settings: Settings) -> AsyncGenerator[Runtime]:
    """Open everything that the settings name.

    Raises:
        StorageMisconfiguredError: the storage settings contradict each other.
    """
    async with AsyncExitStack() as stack:
        storage = open_storage(settings)
        caches = open_caches(settings)
        database = await stack.enter_async_context(open_database(settings.database_url))
        queue = await stack.enter_async_context(DocketQueue.open(settings.queue_url, settings.lease_seconds))
        backoff = Backoff(settings.retry_seconds, settings.retry_max_seconds, settings.max_attempts)
        rules = Rules(settings.lease_seconds, settings.max_queue_depth, settings.max_lost_leases, backoff)
        engines = EnginePool(settings.child_max_jobs, settings.child_max_bytes)
        stack.push_async_callback(engines.close)
        metrics = Metrics()
        watching = asyncio.create_task(metrics.watch_event_loop(), name="event-loop-lag")
        stack.callback(watching.cancel)
        lyrics = LyricsStore(database)
        yield Runtime(
            settings,
            database,
            JobStore(database, rules),
            Upkeep(database, settings.keep_finished_jobs_days * _DAY or None),
            queue,
            storage,
            RecordingStore(database, storage),
            lyrics,
            Publisher(lyrics, storage),
            AnalysisStore(storage),
            StemStore(storage),
            caches,
            engines,
            open_captions(settings) if settings.youtube_captions else None,
            metrics,
            Shutdown(settings.shutdown_seconds),
        )
