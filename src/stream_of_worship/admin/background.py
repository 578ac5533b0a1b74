"""Long work beside the main thread, so that Ctrl-C is answered at once.

Python raises KeyboardInterrupt in the main thread and only between two of its own instructions; a recogniser may stay
inside one native call for half a minute. So the work runs in a daemon thread and the main thread does nothing but wait.
The work is asked to stop through `check`, which it calls whenever it reports progress; if it does not come to that in
time, `leave` ends the process without it.
"""

from __future__ import annotations

import contextlib
import math
import os
import sys
import threading
import time
from collections.abc import Callable
from typing import NoReturn, TypeVar

T = TypeVar("T")

NAME = "sow-work"
TICK = 0.1
"""Seconds; Windows cannot interrupt a wait, so none may be long."""
GRACE = 0.5
"""Seconds that stopped work has to end by itself before the process leaves it behind."""


class Stopped(BaseException):
    """Raised inside the work by `check`. Not an Exception, so that no engine's fallback catches it."""


class TimeUpError(Exception):
    """The work is not done within the time that it was given."""


def run(work: Callable[[Callable[[], None]], T], timeout: float | None = None) -> T:
    """Calls `work(check)` in a thread and waits for it, `timeout` seconds at most.

    Raises:
        TimeUpError: it takes longer; `check` then raises `Stopped` inside the work.
        KeyboardInterrupt: at once, when the user asks for it; `check` then raises `Stopped` inside the work.
        BaseException: whatever `work` raises.
    """
    stop, ended = threading.Event(), threading.Event()
    results: list[T] = []
    errors: list[BaseException] = []

    def check() -> None:
        if stop.is_set():
            raise Stopped

    def body() -> None:
        try:
            results.append(work(check))
        except BaseException as error:
            errors.append(error)
        finally:
            ended.set()

    thread = threading.Thread(target=body, name=NAME, daemon=True)
    thread.start()
    deadline = math.inf if timeout is None else time.monotonic() + timeout
    try:
        # Not `thread.join`: interrupted, it takes the thread for dead (Python 3.11), and `leave` would not wait for it.
        while not ended.wait(TICK):
            if time.monotonic() >= deadline:
                stop.set()
                raise TimeUpError
    except KeyboardInterrupt:
        stop.set()
        raise
    if errors:
        raise errors[0]
    return results[0]


def leave(code: int) -> NoReturn:
    """Ends the process with `code`, with or without work that is still inside a native call."""
    threads = [thread for thread in threading.enumerate() if thread.name == NAME]
    try:
        for thread in threads:
            thread.join(GRACE)
        at_work = any(thread.is_alive() for thread in threads)
    except KeyboardInterrupt:
        at_work = True
    if at_work:
        for stream in (sys.stdout, sys.stderr):
            with contextlib.suppress(OSError, ValueError):
                stream.flush()
        os._exit(code)
    sys.exit(code)
