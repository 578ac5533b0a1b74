"""Clips of several callers become batches: alike with alike, nobody starves, and errors stay where they belong."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import pytest
from fakes import FakeModel, Gate, clip

from qwen3_align.batcher import Batcher, Limits
from qwen3_align.busy import ModelFailedError
from qwen3_align.model_thread import ModelThread

pytestmark = pytest.mark.anyio


AT_ONCE = Limits(max_wait=0)


@asynccontextmanager
async def working(model: FakeModel, limits: Limits = AT_ONCE) -> AsyncGenerator[Batcher]:
    """A batcher at work with a loaded model."""
    model.loaded = True
    thread = ModelThread()
    batcher = Batcher(model, thread, lambda: limits)
    task = asyncio.create_task(batcher.run())
    try:
        yield batcher
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        assert thread.stop(5)


async def passed(gate: Gate) -> None:
    """Wait until the model's thread stands at the gate."""
    assert await asyncio.to_thread(gate.reached.wait, 10)


async def until_waiting(batcher: Batcher, clips: int) -> None:
    while batcher.waiting_clips != clips:
        await asyncio.sleep(0)


async def test_each_clip_gets_its_own_answer_in_the_order_of_the_question():
    model = FakeModel()
    async with working(model) as batcher, batcher.caller() as predictor:
        answers = await predictor.predict([clip(4, "a", "b"), clip(20), clip(3, "c", "d", "e")])
    assert [[unit.end for unit in answer] for answer in answers] == [[2, 4], [20], [1, 2, 3]]


async def test_no_clips_are_answered_with_nothing():
    async with working(FakeModel()) as batcher, batcher.caller() as predictor:
        assert await predictor.predict([]) == []


async def test_clips_of_about_the_same_length_go_together():
    model = FakeModel()
    async with working(model, Limits(max_clips=4, max_wait=0)) as batcher, batcher.caller() as predictor:
        await predictor.predict([clip(n) for n in (30, 5, 29, 6, 28, 5, 30, 6, 29)])
    assert model.batches == [[30, 29, 28, 30], [5, 6, 5, 6], [29]]
    assert model.threads == {"model"}


async def test_a_batch_with_its_padding_stays_within_the_limit_of_tokens():
    model = FakeModel()
    limits = Limits(max_tokens=60, max_wait=0)
    async with working(model, limits) as batcher, batcher.caller() as predictor:
        await predictor.predict([clip(20), clip(21), clip(20), clip(19), clip(90)])
    assert model.batches == [[20, 21], [20, 19], [90]]


async def test_a_short_song_does_not_wait_for_the_whole_of_a_long_one():
    model = FakeModel(on_forward=(gate := Gate()))
    limits = Limits(max_clips=2, max_wait=0)
    async with working(model, limits) as batcher, batcher.caller() as long, batcher.caller() as short:
        tasks = [asyncio.create_task(long.predict([clip(30) for _ in range(40)]))]
        await passed(gate)
        tasks.append(asyncio.create_task(short.predict([clip(10), clip(10)])))
        await until_waiting(batcher, 40)
        gate.open()
        await asyncio.gather(*tasks)
    assert model.batches.index([10, 10]) == 1


async def test_callers_take_turns_by_the_sound_that_was_answered_not_by_their_number_of_clips():
    model = FakeModel(on_forward=(gate := Gate()))
    limits = Limits(max_clips=1, max_wait=0)
    async with (
        working(model, limits) as batcher,
        batcher.caller() as zero,
        batcher.caller() as one,
        batcher.caller() as two,
    ):
        tasks = [asyncio.create_task(zero.predict([clip(1)]))]
        await passed(gate)
        tasks.append(asyncio.create_task(one.predict([clip(20) for _ in range(3)])))
        tasks.append(asyncio.create_task(two.predict([clip(10) for _ in range(6)])))
        await until_waiting(batcher, 9)
        gate.open()
        await asyncio.gather(*tasks)
    answered = [seconds for [seconds] in model.batches[1:]]
    assert answered == [20, 10, 10, 20, 10, 10, 20, 10, 10]


async def test_clips_of_different_callers_share_a_batch():
    model = FakeModel()
    async with (
        working(model, Limits(max_clips=2, max_wait=600)) as batcher,
        batcher.caller() as one,
        batcher.caller() as two,
    ):
        await asyncio.gather(one.predict([clip(10)]), two.predict([clip(11)]))
    assert model.batches == [[10, 11]]


async def test_a_lone_caller_is_not_kept_waiting_for_others():
    model = FakeModel()
    async with working(model, Limits(max_wait=600)) as batcher, batcher.caller() as predictor:
        await predictor.predict([clip(10)])
    assert model.batches == [[10]]


async def test_a_caller_that_leaves_is_not_waited_for():
    model = FakeModel()
    async with working(model, Limits(max_wait=600)) as batcher, batcher.caller() as one:
        async with batcher.caller():
            asking = asyncio.create_task(one.predict([clip(10)]))
            await until_waiting(batcher, 1)
        await asking
    assert model.batches == [[10]]


async def test_a_batch_that_does_not_fit_into_memory_is_split_and_later_ones_are_smaller():
    model = FakeModel(memory=45)
    limits = Limits(max_clips=4, max_wait=0)
    async with working(model, limits) as batcher, batcher.caller() as predictor:
        answers = await predictor.predict([clip(20) for _ in range(6)])
    assert len(answers) == 6
    assert model.batches == [[20] * 4, [20] * 2, [20] * 2, [20] * 2]


async def test_a_clip_that_does_not_fit_alone_fails_and_says_why():
    async with working(FakeModel(memory=45)) as batcher, batcher.caller() as predictor:
        with pytest.raises(ModelFailedError, match="not enough memory for a stretch of 50 s"):
            await predictor.predict([clip(50)])
        assert len(await predictor.predict([clip(20)])) == 1


@pytest.mark.parametrize("flaw", ["poison", "unpreparable"])
async def test_an_error_falls_only_on_the_caller_whose_clip_causes_it(flaw: str):
    model = FakeModel()
    limits = Limits(max_clips=3, max_wait=600)
    async with working(model, limits) as batcher, batcher.caller() as one, batcher.caller() as two:
        good, bad = await asyncio.gather(
            one.predict([clip(10), clip(10)]), two.predict([clip(10, flaw)]), return_exceptions=True
        )
    assert isinstance(good, list)
    assert isinstance(bad, ModelFailedError)


async def test_after_an_error_the_rest_of_the_request_leaves_the_queue():
    model = FakeModel()
    async with working(model, Limits(max_clips=1, max_wait=0)) as batcher, batcher.caller() as predictor:
        with pytest.raises(ModelFailedError, match="a kernel failed"):
            await predictor.predict([clip(10, "poison"), *(clip(10) for _ in range(20))])
        assert batcher.waiting_clips == 0
    assert len(model.batches) <= 2


async def test_a_cancelled_request_leaves_the_queue():
    model = FakeModel(on_forward=(gate := Gate()))
    limits = Limits(max_clips=1, max_wait=0)
    async with working(model, limits) as batcher, batcher.caller() as staying:
        task = asyncio.create_task(staying.predict([clip(10)]))
        await passed(gate)
        async with batcher.caller() as leaving:
            async with asyncio.TaskGroup() as group:
                cancelled = group.create_task(leaving.predict([clip(12) for _ in range(5)]))
                await until_waiting(batcher, 5)
                cancelled.cancel()
            assert batcher.waiting_clips == 0
        gate.open()
        await task
        await staying.predict([clip(10)])
    assert model.batches == [[10], [10]]


async def test_a_model_that_answers_too_little_does_not_stop_the_batcher():
    model = FakeModel()
    async with working(model) as batcher, batcher.caller() as predictor:
        model.forward, proper = (lambda batch: ()), model.forward  # pyright: ignore[reportAttributeAccessIssue]
        with pytest.raises(ModelFailedError):
            await predictor.predict([clip(10)])
        model.forward = proper  # pyright: ignore[reportAttributeAccessIssue]
        assert len(await predictor.predict([clip(10)])) == 1


async def test_what_comes_next_is_made_ready_while_the_model_works():
    model = FakeModel(on_forward=(gate := Gate()))
    async with working(model, Limits(max_clips=1, max_wait=0)) as batcher, batcher.caller() as predictor:
        task = asyncio.create_task(predictor.predict([clip(10), clip(11), clip(12)]))
        await passed(gate)
        while len(model.prepared) < 2:
            await asyncio.sleep(0)
        assert model.prepared == [10, 11]
        gate.open()
        await task


async def test_the_speed_is_measured():
    async with working(FakeModel()) as batcher, batcher.caller() as predictor:
        assert batcher.speed.seconds_for(60) is None
        await predictor.predict([clip(10)])
        measured = batcher.speed.seconds_for(60)
    assert measured is not None
    assert measured > 0
