"""The model's life: loading, failing, trying again, sleeping."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import pytest
from fakes import FakeModel, Gate

from qwen3_align.busy import ModelFailedError, ModelLoadingError
from qwen3_align.model_thread import ModelThread
from qwen3_align.protocols import Progress
from qwen3_align.service.keeper import Care, ModelKeeper, State, Status

pytestmark = pytest.mark.anyio


PLAIN = Care()


@asynccontextmanager
async def kept(model: FakeModel, care: Care = PLAIN) -> AsyncGenerator[ModelKeeper]:
    thread = ModelThread()
    keeper = ModelKeeper(model, thread, care)
    task = asyncio.create_task(keeper.run())
    try:
        yield keeper
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        assert thread.stop(5)


def ready(status: Status) -> bool:
    return status.state is State.READY and status.loaded


def asleep(status: Status) -> bool:
    return status.state is State.READY and not status.loaded and status.stage is None


class Failing:
    """Fails the first times."""

    def __init__(self, times: int) -> None:
        self.left = times

    def __call__(self, _progress: Progress) -> None:
        self.left -= 1
        if self.left >= 0:
            raise OSError("the hub cannot be reached")


async def test_while_the_model_loads_its_progress_is_told_and_requests_are_sent_away():
    model = FakeModel(on_load=(gate := Gate()))
    async with kept(model) as keeper:
        assert await asyncio.to_thread(gate.reached.wait, 10)
        while keeper.status.progress is None:
            await asyncio.sleep(0)
        assert keeper.status == Status(State.LOADING, "download", 0.5)
        with pytest.raises(ModelLoadingError, match="download, 50% done") as caught:
            keeper.check()
        assert caught.value.retry_seconds > 0
        gate.open()
        assert await keeper.changes(ready) == Status(State.READY, loaded=True)
        keeper.check()


async def test_the_model_is_warmed_up_before_it_is_ready():
    model = FakeModel()
    async with kept(model, Care(warm_up=lambda facts: [5, 30] if facts.device == "cpu" else [])) as keeper:
        await keeper.changes(ready)
    assert model.calls == ["load", "warm up 5", "warm up 30"]


async def test_a_failed_load_is_told_of_and_tried_again():
    model = FakeModel(on_load=Failing(2))
    async with kept(model, Care(first_pause=0.01)) as keeper:
        status = await keeper.changes(lambda status: status.failures == 2 and status.state is State.FAILED)
        assert status.reason == "the hub cannot be reached"
        with pytest.raises(ModelFailedError, match="the hub cannot be reached"):
            keeper.check()
        assert await keeper.changes(ready) == Status(State.READY, loaded=True)
    assert model.calls == ["load"] * 3


async def test_pauses_between_failed_loads_grow_up_to_a_limit():
    keeper = ModelKeeper(FakeModel(), thread := ModelThread(), Care(first_pause=5, longest_pause=60))
    pauses: list[float] = []
    for failures in (1, 2, 3, 4, 5, 50):
        keeper._status = Status(State.FAILED, reason="x", failures=failures)
        with pytest.raises(ModelFailedError) as caught:
            keeper.check()
        pauses.append(caught.value.retry_seconds)
    assert pauses == [5, 10, 20, 40, 60, 60]
    thread.stop(5)


async def test_a_request_ends_the_pause_after_a_failure():
    model = FakeModel(on_load=Failing(1))
    async with kept(model, Care(first_pause=0.001, longest_pause=3600)) as keeper:
        keeper._status = Status(State.LOADING, failures=40)
        await keeper.changes(lambda status: status.state is State.FAILED)
        with pytest.raises(ModelFailedError):
            keeper.check()
        await keeper.changes(ready)


async def test_an_idle_model_is_unloaded_and_the_next_request_waits_for_it():
    model = FakeModel()
    async with kept(model, Care(idle_seconds=0.001)) as keeper:
        assert await keeper.changes(asleep)
        assert not model.loaded
        keeper.check()
        async with keeper.use():
            assert model.loaded
    assert model.calls[:3] == ["load", "unload", "load"]


async def test_a_model_in_use_is_not_unloaded():
    model = FakeModel()
    async with kept(model, Care(idle_seconds=0.001)) as keeper:
        await keeper.changes(lambda status: status.state is State.READY)
        async with keeper.use():
            model.calls.clear()
            await asyncio.sleep(0.02)
            assert model.calls == []
        await keeper.changes(asleep)
    assert model.calls == ["unload"]


async def test_a_request_that_waits_for_an_unloaded_model_is_told_when_it_cannot_be_loaded():
    model = FakeModel()
    async with kept(model, Care(idle_seconds=0.001)) as keeper:
        await keeper.changes(asleep)
        model.on_load = Failing(1)
        with pytest.raises(ModelFailedError, match="the hub"):
            async with keeper.use():
                pass


async def test_a_model_is_never_unloaded_if_so_set():
    model = FakeModel()
    async with kept(model) as keeper:
        await keeper.changes(ready)
        async with keeper.use():
            pass
        await asyncio.sleep(0.01)
    assert model.calls == ["load"]
