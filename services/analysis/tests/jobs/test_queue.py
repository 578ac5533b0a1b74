"""The queue carries ids to workers, and is reminded of those that it loses."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator

import pytest
from backends import Backend
from sqlalchemy.ext.asyncio import AsyncConnection

from sow_analysis.database import Database
from sow_analysis.jobs import DocketQueue, JobKind, JobStatus, JobStore, Outcome, Rules, Sweeper
from sow_analysis.jobs.model import Ticket

pytestmark = pytest.mark.anyio


@pytest.fixture
async def queue(backend: Backend) -> AsyncIterator[DocketQueue]:
    async with DocketQueue.open(backend.queue_url, lease_seconds=2) as queue:
        yield queue


@pytest.fixture
def store(database: Database) -> JobStore:
    return JobStore(database, Rules(lease_seconds=0.5, max_depth=2000))


class Worker:
    """Takes jobs and completes them, but for those that it is told to vanish with."""

    def __init__(self, store: JobStore, vanish_with: int = 0) -> None:
        self._store = store
        self._vanish_with = vanish_with
        self.heard: Counter[str] = Counter()
        self.most_at_once = self._at_once = 0

    async def work_on(self, job_id: str) -> None:
        self.heard[job_id] += 1
        job = await self._store.claim(job_id)
        if job is None:
            return
        if self._vanish_with > 0:
            self._vanish_with -= 1
            return
        self._at_once += 1
        self.most_at_once = max(self.most_at_once, self._at_once)
        await asyncio.sleep(0.01)
        self._at_once -= 1
        await self._store.complete(job, _nothing)


async def _nothing(_connection: AsyncConnection) -> Outcome:
    return Outcome({})


async def until_all_ended(store: JobStore, seconds: float = 30) -> None:
    async with asyncio.timeout(seconds):
        while await store.counts():
            await asyncio.sleep(0.05)


async def ended(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_every_job_that_is_added_is_done_and_no_more_at_once_than_asked_for(store: JobStore, queue: DocketQueue):
    worker = Worker(store)
    running = queue.run({JobKind.LRC: (worker.work_on, 3)})
    for n in range(20):
        job = (await store.submit(JobKind.LRC, {"n": n})).job
        await queue.add([Ticket(job.id, job.kind, job.attempt, job.not_before)])
    await until_all_ended(store)
    await ended(running)

    assert len(await store.list(status=JobStatus.COMPLETED, limit=100)) == 20
    assert worker.most_at_once <= 3


async def test_a_job_added_many_times_is_done_once(store: JobStore, queue: DocketQueue):
    job = (await store.submit(JobKind.LRC, {})).job
    for _ in range(5):
        await queue.add([Ticket(job.id, job.kind, job.attempt, job.not_before)])
    worker = Worker(store)
    running = queue.run({JobKind.LRC: (worker.work_on, 2)})
    await until_all_ended(store)
    await ended(running)

    assert worker.heard == {job.id: 1}


async def test_a_job_comes_when_its_pause_is_over_and_not_before(store: JobStore, queue: DocketQueue):
    heard: asyncio.Queue[tuple[str, float]] = asyncio.Queue()

    async def note(job_id: str) -> None:
        await heard.put((job_id, time.time()))

    due = time.time() + 0.6
    await queue.add([Ticket("later", JobKind.LRC, 1, due), Ticket("now", JobKind.LRC, 0, 0)])
    running = queue.run({JobKind.LRC: (note, 2)})
    async with asyncio.timeout(20):
        first, second = await heard.get(), await heard.get()
    await ended(running)

    assert first[0] == "now"
    assert second[0] == "later"
    assert second[1] >= due - 0.05


async def test_jobs_that_the_queue_has_forgotten_are_done_after_a_sweep(store: JobStore, queue: DocketQueue):
    ids = {(await store.submit(JobKind.LRC, {"n": n})).job.id for n in range(100)}
    sweeper = Sweeper(store, queue, {JobKind.LRC: 8}, poll_seconds=60, sweep_seconds=60)
    assert await sweeper.sweep() == len(ids)
    worker = Worker(store)
    running = queue.run({JobKind.LRC: (worker.work_on, 10)})
    await until_all_ended(store)
    await ended(running)

    assert set(worker.heard) == ids


async def test_jobs_whose_worker_vanished_are_done_by_the_next_one(store: JobStore, queue: DocketQueue):
    worker = Worker(store, vanish_with=3)
    for n in range(5):
        await store.submit(JobKind.LRC, {"n": n})
    sweeper = Sweeper(store, queue, {JobKind.LRC: 8}, poll_seconds=0.1, sweep_seconds=60)
    tasks = (queue.run({JobKind.LRC: (worker.work_on, 2)}), asyncio.create_task(sweeper.run()))
    await until_all_ended(store)
    for task in tasks:
        await ended(task)

    jobs = await store.list()
    assert {job.status for job in jobs} == {JobStatus.COMPLETED}
    assert sum(job.lost_leases for job in jobs) == 3


async def test_a_sweep_that_fails_is_followed_by_another(store: JobStore, queue: DocketQueue):
    rounds = 0

    async def chore() -> None:
        nonlocal rounds
        rounds += 1
        if rounds == 1:
            raise OSError("away")

    sweeper = Sweeper(store, queue, {}, poll_seconds=0.01, sweep_seconds=0.01, chores=(chore,))
    task = asyncio.create_task(sweeper.run())
    async with asyncio.timeout(20):
        while rounds < 3:
            await asyncio.sleep(0.01)
    await ended(task)
