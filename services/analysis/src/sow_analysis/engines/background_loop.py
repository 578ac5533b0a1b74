"""One event loop beside the pipeline, for engines that speak to servers.

The pipeline is made of plain functions. What outlives a song, such as open connections, needs a loop that does too: it
runs in a daemon thread from its first use until the process ends.
"""

from __future__ import annotations

import atexit
from collections.abc import Awaitable, Callable
from concurrent.futures import wait
from contextlib import ExitStack
from functools import cache
from typing import TypeVar

from anyio.from_thread import BlockingPortal, start_blocking_portal

T = TypeVar("T")

_TICK_SECONDS = 0.2


@cache
def portal() -> BlockingPortal:
    """The way into the loop, for any thread."""
    stack = ExitStack()
    opened = stack.enter_context(start_blocking_portal(name="sow-loop"))
    atexit.register(stack.close)
    return opened


def run(work: Callable[[], Awaitable[T]], tick: Callable[[], None]) -> T:
    """Have `work` done in the loop and wait for it. `tick` is called all the while; if it raises, work is cancelled.

    Raises:
        BaseException: whatever `work` or `tick` raises.
    """
    future = portal().start_task_soon(work)
    try:
        while not wait((future,), _TICK_SECONDS).done:
            tick()
    except BaseException:
        future.cancel()
        raise
    return future.result()
