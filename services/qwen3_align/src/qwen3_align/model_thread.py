"""The one thread in which the model is loaded, runs, and is unloaded, so that no two of these ever happen at once.

It is a daemon, unlike the threads of an executor, which Python waits for at its end: a run of minutes on a slow
machine, or a download, must not keep the service from stopping.
"""

from __future__ import annotations

import asyncio
import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, TypeVar

T = TypeVar("T")


class ModelThread:
    """Runs one call after another, in the order in which they came."""

    def __init__(self) -> None:
        self._calls: queue.SimpleQueue[tuple[Future[Any], Callable[[], Any]] | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._work, name="model", daemon=True)
        self._thread.start()

    async def run(self, call: Callable[[], T]) -> T:
        """What `call` returns or raises. A call whose waiting is cancelled before its turn is left out."""
        future: Future[T] = Future()
        self._calls.put((future, call))
        return await asyncio.wrap_future(future)

    def stop(self, seconds: float) -> bool:
        """End after the call that is running, and wait for that as long; whether it has ended."""
        self._calls.put(None)
        self._thread.join(seconds)
        return not self._thread.is_alive()

    def _work(self) -> None:
        while (item := self._calls.get()) is not None:
            future, call = item
            if not future.set_running_or_notify_cancel():
                continue
            try:
                future.set_result(call())
            except BaseException as error:
                future.set_exception(error)
            # Neither the result nor what the call holds may live on until the next one comes.
            del item, future, call
