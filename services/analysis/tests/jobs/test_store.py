"""Jobs in the database: taken once, kept by a lease, brought to one end."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from sow_analysis.database import Database
from sow_analysis.failures import Failure
from sow_analysis.jobs import Backoff, EventKind, JobKind, JobStatus, JobStore, Outcome, Rules
from sow_analysis.jobs.errors import JobFinishedError, JobNotFoundError, LeaseLostError, QueueFullError

pytestmark = pytest.mark.anyio

PASSING = Failure("fetch_unavailable", "The server is away.", can_pass=True)
STAYING = Failure("audio_silent", "There is nothing to hear.", can_pass=False)


@dataclass
class Clock:
    now: float = 1_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(database: Database, clock: Clock) -> JobStore:
    rules = Rules(lease_seconds=10, max_depth=5, max_lost_leases=3, backoff=Backoff(first=5, longest=8, runs=3))
    return JobStore(database, rules, clock=clock)


async def nothing(_connection: AsyncConnection) -> Outcome:
    return Outcome({"version": 1}, [{"engine": "fake"}], ["careful"])


async def submitted(store: JobStore, word: str = "word") -> str:
    return (await store.submit(JobKind.LRC, {"lyrics_text": word})).job.id


async def claimed(store: JobStore, job_id: str):
    job = await store.claim(job_id)
    assert job is not None
    return job


async def test_the_same_request_while_its_job_is_open_gives_that_job(store: JobStore):
    first = await store.submit(JobKind.LRC, {"a": 1, "b": 2})
    await claimed(store, first.job.id)
    again = await store.submit(JobKind.LRC, {"b": 2, "a": 1})
    other = await store.submit(JobKind.ANALYZE, {"a": 1, "b": 2})

    assert (first.created, again.created, other.created) == (True, False, True)
    assert again.job.id == first.job.id != other.job.id
    assert again.job.status is JobStatus.PROCESSING


async def test_the_same_request_many_times_at_once_makes_one_job(store: JobStore):
    submissions = await asyncio.gather(*(store.submit(JobKind.LRC, {"a": 1}) for _ in range(12)))

    assert sum(submission.created for submission in submissions) == 1
    assert len({submission.job.id for submission in submissions}) == 1


async def test_the_same_request_after_its_job_has_ended_makes_a_new_one(store: JobStore):
    first = await submitted(store)
    await store.cancel(first)

    assert await submitted(store) != first


async def test_of_all_workers_that_try_one_takes_the_job(store: JobStore):
    job_id = await submitted(store)

    taken = [job for job in await asyncio.gather(*(store.claim(job_id) for _ in range(12))) if job]

    assert len(taken) == 1
    assert taken[0].status is JobStatus.PROCESSING
    assert taken[0].attempt == 1


async def test_a_job_whose_worker_is_silent_goes_to_another_and_the_first_one_brings_nothing(
    store: JobStore, clock: Clock
):
    job_id = await submitted(store)
    first = await claimed(store, job_id)
    clock.now += 9
    assert await store.claim(job_id) is None
    clock.now += 2
    second = await claimed(store, job_id)

    assert (second.attempt, second.lost_leases) == (2, 1)
    for late in (store.complete(first, nothing), store.fail(first, STAYING), store.heartbeat(first, "align", 0.9)):
        with pytest.raises(LeaseLostError):
            await late
    await store.release(first)
    assert (await store.get(job_id)).lease == second.lease
    assert (await store.complete(second, nothing)).status is JobStatus.COMPLETED


async def test_a_heartbeat_keeps_the_job(store: JobStore, clock: Clock):
    job = await claimed(store, await submitted(store))
    for _ in range(5):
        clock.now += 9
        await store.heartbeat(job)

    assert await store.claim(job.id) is None


async def test_a_cancelled_job_stays_cancelled_whatever_its_worker_brings(store: JobStore):
    job = await claimed(store, await submitted(store))
    cancelled = await store.cancel(job.id)
    again = await store.cancel(job.id)

    assert cancelled.status is again.status is JobStatus.CANCELLED
    for late in (store.complete(job, nothing), store.fail(job, PASSING), store.heartbeat(job)):
        with pytest.raises(LeaseLostError):
            await late
    await store.release(job)
    final = await store.get(job.id)
    assert final.status is JobStatus.CANCELLED
    assert final.result is None


async def test_a_job_that_has_ended_cannot_be_cancelled(store: JobStore):
    job = await claimed(store, await submitted(store))
    await store.complete(job, nothing)

    with pytest.raises(JobFinishedError):
        await store.cancel(job.id)
    assert (await store.get(job.id)).status is JobStatus.COMPLETED


async def test_completion_keeps_what_the_job_brought(store: JobStore):
    job = await claimed(store, await submitted(store))
    await store.complete(job, nothing)
    final = await store.get(job.id)

    assert final.result == {"version": 1}
    assert final.engines == ({"engine": "fake"},)
    assert final.warnings == ("careful",)
    assert (final.progress, final.lease, final.error) == (1.0, None, None)


async def test_when_the_delivery_fails_the_job_is_not_completed(store: JobStore):
    job = await claimed(store, await submitted(store))

    async def broken(_connection: AsyncConnection) -> Outcome:
        raise OSError("disk")

    with pytest.raises(OSError, match="disk"):
        await store.complete(job, broken)
    assert (await store.get(job.id)).status is JobStatus.PROCESSING


async def test_a_failure_that_can_pass_is_tried_again_after_pauses_that_double_until_the_last_run(
    store: JobStore, clock: Clock
):
    job_id = await submitted(store)
    pauses: list[float] = []
    while True:
        ended = await store.fail(await claimed(store, job_id), PASSING)
        if ended.status is JobStatus.FAILED:
            break
        pauses.append(ended.not_before - clock.now)
        clock.now = ended.not_before - 0.01
        assert await store.claim(job_id) is None
        clock.now = ended.not_before

    assert pauses == [5, 8]
    assert (ended.attempt, ended.error) == (3, PASSING)


async def test_a_failure_that_stays_is_not_tried_again(store: JobStore):
    ended = await store.fail(await claimed(store, await submitted(store)), STAYING)

    assert (ended.status, ended.error) == (JobStatus.FAILED, STAYING)


async def test_a_job_whose_workers_keep_vanishing_has_failed(store: JobStore, clock: Clock):
    job_id = await submitted(store)
    for _ in range(3):
        await claimed(store, job_id)
        clock.now += 11

    assert await store.claim(job_id) is None
    failed = await store.get(job_id)
    assert failed.status is JobStatus.FAILED
    assert failed.error
    assert failed.error.code == "worker_lost"


async def test_a_job_that_is_given_back_waits_for_the_next_worker(store: JobStore):
    job = await claimed(store, await submitted(store))
    await store.heartbeat(job, "align", 0.5)
    await store.release(job)

    back = await store.get(job.id)
    assert (back.status, back.progress, back.stage, back.lost_leases) == (JobStatus.QUEUED, 0.0, None, 0)
    assert (await claimed(store, job.id)).attempt == 2


async def test_more_jobs_than_allowed_are_refused_until_one_ends(store: JobStore):
    ids = [await submitted(store, str(n)) for n in range(5)]
    with pytest.raises(QueueFullError):
        await submitted(store, "one more")
    assert await submitted(store, "0") == ids[0]
    await store.cancel(ids[0])

    assert await submitted(store, "one more")


async def test_events_tell_the_whole_story_in_order_and_from_anywhere_in_it(store: JobStore, clock: Clock):
    job = await claimed(store, await submitted(store))
    await store.heartbeat(job)
    await store.heartbeat(job, "align", 0.5)
    waiting = await store.fail(job, PASSING)
    clock.now = waiting.not_before
    await store.complete(await claimed(store, job.id), nothing)

    events = await store.events(job.id)
    told = [event.data.get("status") or event.data["stage"] for event in events]
    assert told == ["queued", "processing", "align", "waiting", "processing", "completed"]
    assert events[2].kind is EventKind.PROGRESS
    assert events[3].data["error"]["code"] == "fetch_unavailable"
    assert [event.id for event in events] == sorted({event.id for event in events})
    assert await store.events(job.id, events[2].id) == events[3:]


async def test_jobs_are_listed_newest_first_page_by_page(store: JobStore):
    ids = [await submitted(store, str(n)) for n in range(5)]
    await store.cancel(ids[1])

    newest_first = sorted(ids, reverse=True)
    first = [job.id for job in await store.list(limit=3)]
    rest = [job.id for job in await store.list(before=first[-1], limit=3)]
    assert first + rest == newest_first
    assert [job.id for job in await store.list(status=JobStatus.CANCELLED)] == [ids[1]]
    assert await store.list(kind=JobKind.ANALYZE) == ()


async def test_open_jobs_are_counted_and_found(store: JobStore, clock: Clock):
    ids = [await submitted(store, str(n)) for n in range(4)]
    await claimed(store, ids[0])
    await store.cancel(ids[1])
    waiting = await store.fail(await claimed(store, ids[2]), PASSING)

    counts = await store.counts()
    assert {status: n for (_, status), n in counts.items()} == {"processing": 1, "waiting": 1, "queued": 1}
    assert {ticket.id for ticket in await store.open_tickets()} == {ids[0], ids[2], ids[3]}
    assert [ticket.id for ticket in await store.due_tickets(JobKind.LRC, 9)] == [ids[3]]
    clock.now = waiting.not_before + 20
    assert {ticket.id for ticket in await store.due_tickets(JobKind.LRC, 9)} == {ids[0], ids[2], ids[3]}


async def test_a_job_that_is_not_there_is_an_error(store: JobStore):
    with pytest.raises(JobNotFoundError):
        await store.get("0" * 32)
    with pytest.raises(JobNotFoundError):
        await store.cancel("0" * 32)
    assert await store.claim("0" * 32) is None
