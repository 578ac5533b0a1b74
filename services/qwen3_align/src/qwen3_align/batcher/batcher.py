"""The loop that takes waiting clips to the model, batch by batch.

Preparing (features, token ids) and decoding are done in other threads: while the model works on one batch, the clips of
the next are made ready and the answers of the last are read. Which clips go along is decided only when the model is
free, so that a short song that comes late does not wait behind more than one batch.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any, Protocol

import anyio
import anyio.to_thread
import structlog

from qwen3_align.batcher.packing import Batch, Limits, pack, padded
from qwen3_align.batcher.speed import Speed
from qwen3_align.batcher.waiting import Caller, Question, Waiting
from qwen3_align.busy import ModelFailedError
from qwen3_align.clips import Clip, Predictor, UnitTime
from qwen3_align.errors import AlignError
from qwen3_align.model_thread import ModelThread
from qwen3_align.protocols import Model

_MEMORY_RECOVERY = 1.1
"""After a batch that did not fit, each that fits lets the next be larger by this factor."""
_HELPERS = 2
"""Threads that prepare and decode."""
_log = structlog.stdlib.get_logger(__name__)


class Watcher(Protocol):
    """Hears of every batch that the model has answered."""

    def batch_answered(self, clips: int, padded_share: float, seconds: float, audio_seconds: float) -> None:
        """A batch of that many clips, so much padding and sound, took that long."""
        ...


class Batcher:
    """Answers the clips of all callers.

    `limits` is asked before each batch: what fits depends on the device, which is known once the model is loaded.
    """

    def __init__(
        self, model: Model, thread: ModelThread, limits: Callable[[], Limits], watcher: Watcher | None = None
    ) -> None:
        self.speed = Speed()
        self._model = model
        self._thread = thread
        self._limits = limits
        self._watcher = watcher
        self._waiting = Waiting()
        self._news = asyncio.Event()
        self._helpers = anyio.CapacityLimiter(_HELPERS)
        self._tasks: set[asyncio.Task[Any]] = set()
        self._fitting: int | None = None
        """Tokens of the largest batch that is tried after one did not fit."""

    @property
    def waiting_clips(self) -> int:
        """Clips that are not with the model yet."""
        return self._waiting.clips

    @property
    def waiting_seconds(self) -> float:
        """The sound in them."""
        return self._waiting.seconds

    @asynccontextmanager
    async def caller(self) -> AsyncGenerator[Predictor]:
        """A predictor for one request. Its clips share their turns with those of others; they vanish with it."""
        caller = self._waiting.enter()
        try:
            yield _Predictor(lambda clips: self._ask(caller, clips))
        finally:
            self._waiting.leave(caller)
            self._news.set()

    async def run(self) -> None:
        """Work until cancelled."""
        try:
            while True:
                batch = await self._next_batch()
                self._waiting.take(batch.questions)
                try:
                    await self._answer(batch)
                except Exception as error:  # a fault in here or in the model must not stop the loop
                    _log.exception("batch_lost")
                    for question in batch.questions:
                        _settle(question, error=_told(error))
                finally:
                    for question in batch.questions:
                        question.caller.running -= 1
        finally:
            for task in self._tasks:
                task.cancel()

    async def _ask(self, caller: Caller, clips: Sequence[Clip]) -> list[tuple[UnitTime, ...]]:
        loop = asyncio.get_running_loop()
        questions = [
            Question(clip, self._model.tokens(clip), caller, loop.time(), loop.create_future()) for clip in clips
        ]
        for question in questions:
            self._waiting.add(question)
        self._news.set()
        try:
            return [await question.answer for question in questions]
        finally:
            # After an error in one of them, or a cancellation, nobody waits for the others.
            for question in questions:
                if not question.answer.cancel() and not question.answer.cancelled():
                    question.answer.exception()
            self._waiting.drop_answered()

    async def _next_batch(self) -> Batch:
        """Wait until there are clips, and a little longer if the batch has room that others may fill."""
        loop = asyncio.get_running_loop()
        while True:
            self._news.clear()
            limits = self._limits()
            batch = pack(self._waiting.in_turn(), limits, self._fitting)
            if batch.questions:
                due = batch.questions[0].asked + limits.max_wait
                if batch.is_full or not self._waiting.expects_more or loop.time() >= due:
                    return batch
                with suppress(TimeoutError):
                    async with asyncio.timeout_at(due):
                        await self._news.wait()
            else:
                await self._news.wait()

    async def _answer(self, batch: Batch) -> None:
        ready: list[Question] = []
        for question in batch.questions:
            self._prepare(question)
        for question in batch.questions:
            assert question.prepared is not None
            await asyncio.wait({question.prepared})
            if question.prepared.cancelled():
                question.answer.cancel()
            elif (error := question.prepared.exception()) is not None:
                _settle(question, error=_told(error))
            else:
                ready.append(question)
        await self._forward(ready)

    async def _forward(self, questions: list[Question]) -> None:
        """Give clips to the model: together if that works, else in halves or one by one."""
        questions = [question for question in questions if question.is_open]
        if not questions:
            return
        inputs = [_result(question) for question in questions]
        loop = asyncio.get_running_loop()
        began = loop.time()
        running = asyncio.ensure_future(self._thread.run(lambda: self._model.forward(inputs)))
        self._prepare_next()
        try:
            answers = await running
        except MemoryError as error:
            await self._split(questions, error)
        except Exception as error:
            if len(questions) == 1:
                _log.error("clip_failed", seconds=questions[0].clip.seconds, exc_info=error)
                _settle(questions[0], error=_told(error))
                return
            _log.warning("batch_failed", clips=len(questions), reason=str(error))
            for question in questions:
                await self._forward([question])
        else:
            self._note(questions, loop.time() - began)
            for question, answer in zip(questions, answers, strict=True):
                self._start(self._decode(question, answer))

    async def _split(self, questions: list[Question], error: MemoryError) -> None:
        size = padded([question.tokens for question in questions])
        _log.warning("batch_too_large", clips=len(questions), tokens=size)
        if len(questions) == 1:
            seconds = questions[0].clip.seconds
            message = f"There is not enough memory for a stretch of {seconds:.0f} s on this device."
            _settle(questions[0], error=ModelFailedError(message))
            return
        self._fitting = max(1, size // 2)
        # Alike with alike, so that the halves have the least padding.
        ordered = sorted(questions, key=lambda question: question.tokens)
        half = len(ordered) // 2
        await self._forward(ordered[:half])
        await self._forward(ordered[half:])

    def _note(self, questions: list[Question], seconds: float) -> None:
        audio = sum(question.clip.seconds for question in questions)
        self.speed.note(audio, seconds)
        if self._fitting is not None:
            self._fitting = int(self._fitting * _MEMORY_RECOVERY) + 1
            if self._fitting >= self._limits().max_tokens:
                self._fitting = None
        if self._watcher is not None:
            share = Batch(questions, is_full=True).padded_share
            self._watcher.batch_answered(len(questions), share, seconds, audio)

    def _prepare_next(self) -> None:
        """Begin to make ready what would go to the model next, if nobody else came."""
        for question in pack(self._waiting.in_turn(), self._limits(), self._fitting).questions:
            self._prepare(question)

    def _prepare(self, question: Question) -> None:
        if question.prepared is None:
            question.prepared = self._start(self._helped(lambda: self._model.prepare(question.clip)))

    async def _decode(self, question: Question, answer: Any) -> None:
        prepared = _result(question)
        try:
            times = await self._helped(lambda: self._model.decode(prepared, answer))
        except Exception as error:
            _log.error("answer_unreadable", seconds=question.clip.seconds, exc_info=error)
            _settle(question, error=_told(error))
        else:
            _settle(question, times)

    async def _helped(self, call: Callable[[], Any]) -> Any:
        return await anyio.to_thread.run_sync(call, limiter=self._helpers, abandon_on_cancel=True)

    def _start(self, work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task


class _Predictor:
    """What a caller is given."""

    def __init__(self, ask: Callable[[Sequence[Clip]], Coroutine[Any, Any, list[tuple[UnitTime, ...]]]]) -> None:
        self._ask = ask

    async def predict(self, clips: Sequence[Clip]) -> list[tuple[UnitTime, ...]]:
        return await self._ask(clips)


def _result(question: Question) -> Any:
    assert question.prepared is not None
    return question.prepared.result()


def _told(error: BaseException) -> AlignError:
    """The error as callers are told of it."""
    if isinstance(error, AlignError):
        return error
    return ModelFailedError(f"The model failed on a part of this song: {str(error) or type(error).__name__}")


def _settle(
    question: Question, times: tuple[UnitTime, ...] | None = None, *, error: BaseException | None = None
) -> None:
    """Answer, if somebody still waits."""
    if not question.is_open:
        return
    if error is not None:
        question.answer.set_exception(error)
    else:
        question.answer.set_result(times or ())
