"""What Prometheus is told. Each process of the service has numbers of its own."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from sow_analysis.jobs.model import OPEN, JobKind, JobStatus

CONTENT_TYPE = CONTENT_TYPE_LATEST

_SECONDS = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1800)
_LAG_INTERVAL = 0.1


class Metrics:
    """Counters, and how to raise them."""

    def __init__(self) -> None:
        self._registry = registry = CollectorRegistry()
        self._submitted = Counter("sow_jobs_submitted", "Jobs accepted.", ["kind", "created"], registry=registry)
        self._ended = Counter("sow_jobs_ended", "Jobs that came to an end here.", ["kind", "status"], registry=registry)
        self._seconds = Histogram(
            "sow_job_seconds", "Time of the runs that completed a job.", ["kind"], buckets=_SECONDS, registry=registry
        )
        self._open = Gauge("sow_jobs_open", "Jobs that have not ended.", ["kind", "status"], registry=registry)
        self._stages = Histogram(
            "sow_stage_seconds", "Time of a job's stages.", ["stage"], buckets=_SECONDS, registry=registry
        )
        self._engines = Counter("sow_engine_turns", "Engines' turns.", ["step", "engine", "outcome"], registry=registry)
        self._engine_seconds = Histogram(
            "sow_engine_seconds", "Time of engines' turns.", ["step", "engine"], buckets=_SECONDS, registry=registry
        )
        self._caches = Counter("sow_cache_lookups", "Looks into caches.", ["cache", "result"], registry=registry)
        self._lag = Histogram(
            "sow_event_loop_lag_seconds",
            "How much too late the event loop comes to what is due.",
            buckets=(0.001, 0.0025, 0.005, 0.0075, 0.01, 0.015, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5),
            registry=registry,
        )

    def job_submitted(self, kind: JobKind, *, created: bool) -> None:
        """Count a request; `created` is False when its job was open already."""
        self._submitted.labels(kind, str(created).lower()).inc()

    def job_ended(self, kind: JobKind, status: JobStatus, seconds: float | None) -> None:
        """Count a job that came to its end in this process."""
        self._ended.labels(kind, status).inc()
        if seconds is not None:
            self._seconds.labels(kind).observe(seconds)

    def stage_ended(self, stage: str, seconds: float) -> None:
        """Note how long a stage took."""
        self._stages.labels(stage).observe(seconds)

    def engine_ended(self, step: str, engine: str, outcome: str, seconds: float) -> None:
        """Note an engine's turn."""
        self._engines.labels(step, engine, outcome).inc()
        self._engine_seconds.labels(step, engine).observe(seconds)

    def cache_looked_up(self, cache: str, *, hit: bool) -> None:
        """Count a look into a cache."""
        self._caches.labels(cache, "hit" if hit else "miss").inc()

    def exposition(self, counts: Mapping[tuple[JobKind, JobStatus], int]) -> bytes:
        """Everything in Prometheus' text format; `counts` are the open jobs at this moment."""
        for kind in JobKind:
            for status in OPEN:
                self._open.labels(kind, status).set(counts.get((kind, status), 0))
        return generate_latest(self._registry)

    async def watch_event_loop(self) -> None:
        """Measure the event loop's lag until cancelled."""
        while True:
            due = time.monotonic() + _LAG_INTERVAL
            await asyncio.sleep(_LAG_INTERVAL)
            self._lag.observe(max(0.0, time.monotonic() - due))
