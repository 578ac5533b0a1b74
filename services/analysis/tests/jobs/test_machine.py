"""Whatever callers, workers and clocks do in whatever order, a job obeys the rules."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import Coroutine
from pathlib import Path
from typing import Any, TypeVar

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, initialize, invariant, rule
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from sow_analysis.database import Database, upgrade
from sow_analysis.database.engine import _begin_sqlite, _prepare_sqlite
from sow_analysis.failures import Failure
from sow_analysis.jobs import Backoff, Job, JobKind, JobStatus, JobStore, Outcome, Rules
from sow_analysis.jobs.errors import JobFinishedError, LeaseLostError

T = TypeVar("T")
LEASE = 10.0
RULES = Rules(LEASE, max_depth=1000, max_lost_leases=3, backoff=Backoff(first=4, longest=60, runs=3))


class Jobs(RuleBasedStateMachine):
    """Workers hold what `claim` gave them, some for far too long; a job's row must not care."""

    ids = Bundle("ids")
    held = Bundle("held")

    @initialize()
    def open(self) -> None:
        self.runner = asyncio.Runner()
        self.folder = Path(tempfile.mkdtemp(prefix="sow-machine-"))
        self.engine = create_async_engine(f"sqlite+aiosqlite:///{self.folder / 'a.db'}")
        event.listen(self.engine.sync_engine, "connect", _prepare_sqlite)
        event.listen(self.engine.sync_engine, "begin", _begin_sqlite)
        self.do(upgrade(self.engine))
        self.now = 1000.0
        self.store = JobStore(Database(self.engine), RULES, clock=lambda: self.now)
        self.deliveries: dict[str, int] = {}
        self.final: dict[str, Job] = {}
        self.seen: set[str] = set()

    def teardown(self) -> None:
        self.do(self.engine.dispose())
        self.runner.close()
        shutil.rmtree(self.folder)

    def do(self, work: Coroutine[Any, Any, T]) -> T:
        return self.runner.run(work)

    @rule(target=ids, word=st.sampled_from("abc"))
    def submit(self, word: str) -> str:
        submission = self.do(self.store.submit(JobKind.LRC, {"lyrics_text": word}))
        assert submission.created == (submission.job.id not in self.seen)
        assert not submission.job.status.is_final
        self.seen.add(submission.job.id)
        return submission.job.id

    @rule(seconds=st.sampled_from([1.0, 5.0, 11.0, 30.0]))
    def time_passes(self, seconds: float) -> None:
        self.now += seconds

    @rule(target=held, job_id=ids)
    def claim(self, job_id: str) -> Job | None:
        before = self.do(self.store.get(job_id))
        job = self.do(self.store.claim(job_id))
        if job is not None:
            assert before.not_before <= self.now
            assert before.status is not JobStatus.PROCESSING or (before.lease_until or 0) < self.now
            assert job.attempt == before.attempt + 1
        return job

    @rule(job=held)
    def heartbeat(self, job: Job | None) -> None:
        self.if_held(job, lambda job: self.store.heartbeat(job, "align", 0.5))

    @rule(job=held)
    def complete(self, job: Job | None) -> None:
        async def deliver(_connection: AsyncConnection) -> Outcome:
            assert job is not None
            self.deliveries[job.id] = self.deliveries.get(job.id, 0) + 1
            return Outcome({"by": job.lease})

        self.if_held(job, lambda job: self.store.complete(job, deliver))

    @rule(job=held, can_pass=st.booleans())
    def fail(self, job: Job | None, can_pass: bool) -> None:
        self.if_held(job, lambda job: self.store.fail(job, Failure("x", "y", can_pass)))

    @rule(job=consumes(held))
    def release(self, job: Job | None) -> None:
        if job is not None:
            self.do(self.store.release(job))

    @rule(job_id=ids)
    def cancel(self, job_id: str) -> None:
        before = self.do(self.store.get(job_id))
        try:
            after = self.do(self.store.cancel(job_id))
        except JobFinishedError:
            assert before.status in (JobStatus.COMPLETED, JobStatus.FAILED)
        else:
            assert after.status is JobStatus.CANCELLED

    @invariant()
    def rules_hold(self) -> None:
        if not hasattr(self, "seen"):
            return
        for job_id in self.seen:
            job = self.do(self.store.get(job_id))
            assert (job.lease is not None) == (job.status is JobStatus.PROCESSING)
            assert (job.finished_at is not None) == job.status.is_final
            assert (job.result is not None) == (job.status is JobStatus.COMPLETED)
            assert self.deliveries.get(job_id, 0) == (job.status is JobStatus.COMPLETED)
            assert job.failures <= RULES.backoff.runs
            assert job.lost_leases <= RULES.max_lost_leases
            if job_id in self.final:
                assert job == self.final[job_id]
            if job.status.is_final:
                self.final[job_id] = job
                events = self.do(self.store.events(job_id))
                assert events[-1].data["status"] == job.status
                assert sum(JobStatus(e.data["status"]).is_final for e in events if "status" in e.data) == 1

    def if_held(self, job: Job | None, work: Any) -> None:
        """Do it; it must succeed just when the worker still has the job."""
        if job is None:
            return
        before = self.do(self.store.get(job.id))
        is_held = before.status is JobStatus.PROCESSING and before.lease == job.lease
        try:
            self.do(work(job))
        except LeaseLostError:
            assert not is_held
        else:
            assert is_held


TestJobs = Jobs.TestCase
TestJobs.settings = settings(
    max_examples=20, stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck)
)
