"""The model's life in the service: it is loaded at the start, again after a failure, and unloaded when nobody needs it.

Nothing here waits for the model but who needs it: the service answers from its first second on, and says how far it is.
"""

from __future__ import annotations

import asyncio
import gc
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from enum import StrEnum

import structlog

from qwen3_align.busy import ModelFailedError, ModelLoadingError
from qwen3_align.model_thread import ModelThread
from qwen3_align.protocols import Model, ModelFacts

_LOADING_RETRY = 5.0
"""Seconds after which a caller may ask again while the model is loading."""
_log = structlog.stdlib.get_logger(__name__)


class State(StrEnum):
    """Whether requests are answered."""

    LOADING = "loading"
    READY = "ready"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Status:
    """How the model is."""

    state: State
    stage: str | None = None
    """What is being done with it now; None when nothing is."""
    progress: float | None = None
    """How far that is, 0 to 1; None when unknown."""
    loaded: bool = False
    reason: str | None = None
    """Why it could not be loaded the last time."""
    failures: int = 0
    """How often in a row it could not be loaded."""


@dataclass(frozen=True, slots=True)
class Care:
    """How the model is kept."""

    idle_seconds: float = 0.0
    """It is unloaded when nobody has needed it for so long; 0: never."""
    warm_up: Callable[[ModelFacts], Sequence[float]] = lambda _facts: ()
    """Lengths of sound, in seconds, that it runs on before it is ready."""
    first_pause: float = 5.0
    """Seconds between a failed load and the next; each failure doubles it."""
    longest_pause: float = 300.0


class ModelKeeper:
    """Keeps one model ready."""

    def __init__(self, model: Model, thread: ModelThread, care: Care) -> None:
        self._model = model
        self._thread = thread
        self._care = care
        self._status = Status(State.LOADING, "start")
        self._uses = 0
        self._wanted = asyncio.Event()
        """Somebody waits for the model, or would like it to be tried again."""
        self._unused = asyncio.Event()
        self._unused.set()
        self._used = asyncio.Event()
        """Somebody has begun to use it since this was last cleared."""
        self._changed = asyncio.Condition()

    @property
    def status(self) -> Status:
        """How the model is now."""
        return self._status

    @property
    def facts(self) -> ModelFacts:
        """What the model is."""
        return self._model.describe()

    def check(self) -> None:
        """Raise an error if a request need not even be read.

        Raises:
            ModelLoadingError: the model is being loaded for the first time, or again after a failure.
            ModelFailedError: it could not be loaded. It will be tried again, and the sooner for having been asked for.
        """
        status = self._status
        if status.state is State.LOADING:
            done = "" if status.progress is None else f", {status.progress:.0%} done"
            raise ModelLoadingError(f"The model is not ready yet: {status.stage}{done}.", _LOADING_RETRY)
        if status.state is State.FAILED:
            self._wanted.set()
            raise ModelFailedError(f"The model cannot be loaded: {status.reason}", self._pause())

    @asynccontextmanager
    async def use(self) -> AsyncGenerator[None]:
        """Have the model loaded, and keep it so. One that was unloaded meanwhile is waited for.

        Raises:
            ModelLoadingError, ModelFailedError: as `check` does.
        """
        self.check()
        self._uses += 1
        self._unused.clear()
        self._used.set()
        try:
            if not self._status.loaded:
                self._wanted.set()
                await self.changes(lambda status: status.loaded or status.state is not State.READY)
                self.check()
            yield
        finally:
            self._uses -= 1
            if not self._uses:
                self._unused.set()

    async def changes(self, until: Callable[[Status], bool]) -> Status:
        """Wait until the model's state is so."""
        async with self._changed:
            await self._changed.wait_for(lambda: until(self._status))
        return self._status

    async def run(self) -> None:
        """Load the model, and look after it until cancelled."""
        while True:
            await self._load()
            if self._status.state is State.FAILED:
                await self._rest()
                continue
            await self._until_idle()
            await self._unload()
            await self._wanted.wait()

    async def _load(self) -> None:
        again = self._status.state is State.READY
        failures = self._status.failures
        await self._set(Status(State.READY if again else State.LOADING, "load", failures=failures))
        self._wanted.clear()
        loop = asyncio.get_running_loop()

        def tell(stage: str, progress: float | None) -> None:
            loop.call_soon_threadsafe(self._progress, stage, progress)

        try:
            await self._thread.run(lambda: self._model.load(tell))
            for seconds in self._care.warm_up(self._model.describe()):
                self._progress("warm", None)
                await self._thread.run(lambda seconds=seconds: self._model.warm_up(seconds))
        except Exception as error:
            reason = str(error) or type(error).__name__
            _log.error("model_failed", reason=reason, exc_info=error)
            await self._set(Status(State.FAILED, reason=reason, failures=failures + 1))
        else:
            facts = self._model.describe()
            _log.info("model_ready", id=facts.id, revision=facts.revision, device=facts.device, dtype=facts.dtype)
            await self._set(Status(State.READY, loaded=True))

    async def _rest(self) -> None:
        """Pause after a failure. A request ends the pause, but not the first of its seconds."""
        loop = asyncio.get_running_loop()
        due = loop.time() + self._pause()
        await asyncio.sleep(min(self._care.first_pause, self._pause()))
        try:
            async with asyncio.timeout_at(due):
                await self._wanted.wait()
        except TimeoutError:
            pass

    async def _until_idle(self) -> None:
        while True:
            await self._unused.wait()
            if not self._care.idle_seconds:
                await asyncio.Event().wait()
            self._used.clear()
            try:
                async with asyncio.timeout(self._care.idle_seconds):
                    await self._used.wait()
            except TimeoutError:
                if not self._uses:
                    return

    async def _unload(self) -> None:
        self._wanted.clear()
        await self._set(Status(State.READY, "unload"))
        await self._thread.run(self._model.unload)
        await self._thread.run(gc.collect)
        _log.info("model_unloaded", idle_seconds=self._care.idle_seconds)
        await self._set(Status(State.READY))

    def _pause(self) -> float:
        doubled = self._care.first_pause * 2 ** min(max(0, self._status.failures - 1), 20)
        return min(doubled, self._care.longest_pause)

    def _progress(self, stage: str, progress: float | None) -> None:
        status = self._status
        if not status.loaded and status.state is not State.FAILED:
            self._status = Status(status.state, stage, progress, failures=status.failures)

    async def _set(self, status: Status) -> None:
        # At once, before others can run: nobody may begin to use a model that is about to be unloaded.
        self._status = status
        async with self._changed:
            self._changed.notify_all()
