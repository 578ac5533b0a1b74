"""Leases of processes that are gone, and jobs that ended long ago."""

from __future__ import annotations

import os
import subprocess
import sys
import time

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from sow_analysis.database import Database
from sow_analysis.database.tables import job_events, jobs
from sow_analysis.failures import Failure
from sow_analysis.jobs import JobKind, JobStore, Outcome, Rules, Upkeep
from sow_analysis.jobs.errors import JobNotFoundError, LeaseLostError
from sow_analysis.jobs.holders import is_gone, this_process

pytestmark = pytest.mark.anyio

NAME_YOURSELF = "from sow_analysis.jobs.holders import this_process; print(this_process(), flush=True); input()"


@pytest.fixture
def store(database: Database) -> JobStore:
    return JobStore(database, Rules(lease_seconds=1000))


async def nothing(_connection: AsyncConnection) -> Outcome:
    return Outcome({})


async def claimed(store: JobStore, word: str):
    job = await store.claim((await store.submit(JobKind.LRC, {"lyrics_text": word})).job.id)
    assert job is not None
    return job


async def test_what_a_dead_process_held_is_free_at_once(store: JobStore, database: Database):
    dead, alive = await claimed(store, "a"), await claimed(store, "b")
    async with database.write() as connection:
        await connection.execute(update(jobs).where(jobs.c.id == dead.id).values(holder="here/1/2"))
    upkeep = Upkeep(database)

    assert await upkeep.end_leases_of_the_dead(lambda name: name == "here/1/2") == 1
    assert await upkeep.end_leases_of_the_dead(lambda name: name == "here/1/2") == 0
    assert await upkeep.end_leases_of_the_dead() == 0
    again = await store.claim(dead.id)
    assert again is not None
    assert (again.attempt, again.lost_leases) == (2, 1)
    assert await store.claim(alive.id) is None
    with pytest.raises(LeaseLostError):
        await store.complete(dead, nothing)


def test_a_process_is_gone_when_it_has_ended_even_before_anybody_has_noticed():
    child = subprocess.Popen(
        [sys.executable, "-c", NAME_YOURSELF], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert child.stdout is not None
    name = child.stdout.readline().strip()
    assert not is_gone(name)
    child.kill()
    deadline = time.monotonic() + 20
    while not is_gone(name):  # a zombie, since nobody has waited for it
        assert time.monotonic() < deadline
    child.communicate()
    assert is_gone(name)


def test_who_took_the_number_of_a_process_is_another_one_and_elsewhere_nobody_can_tell():
    name = this_process()
    assert name is not None
    place, number, started = name.split("/")

    assert number == str(os.getpid())
    assert not is_gone(name)
    assert is_gone(f"{place}/{number}/{int(started) + 1}")
    assert not is_gone(f"elsewhere/{number}/{int(started) + 1}")


async def test_jobs_that_ended_long_ago_go_with_their_events_and_open_ones_stay(store: JobStore, database: Database):
    done, failed = await claimed(store, "done"), await claimed(store, "failed")
    await store.complete(done, nothing)
    await store.fail(failed, Failure("x", "y", can_pass=False))
    await store.submit(JobKind.LRC, {"lyrics_text": "open"})

    for seconds, days_from_now, deleted in ((None, 99, 0), (30 * 86_400, 29, 0), (30 * 86_400, 31, 2)):
        later = time.time() + days_from_now * 86_400
        assert await Upkeep(database, seconds, clock=lambda now=later: now).delete_old() == deleted
    assert len(await store.list()) == 1
    with pytest.raises(JobNotFoundError):
        await store.get(done.id)
    async with database.read() as connection:
        assert (await connection.execute(select(func.count()).select_from(job_events))).scalar_one() == 1
