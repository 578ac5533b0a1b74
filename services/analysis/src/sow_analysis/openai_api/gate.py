"""One gate for all calls of this process to one server: so many at once, so far apart, and none to a dead server.

Servers answer with 429 when one caller asks too fast, and most of that is of one's own making: songs that are timed at
the same time know nothing of each other. So they go through one gate, and when a server asks one of them to wait, all
of them wait.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import anyio

from sow_analysis.circuit_breaker import CircuitBreaker
from sow_analysis.openai_api.endpoint import Endpoint

_LOOK_AGAIN = 0.02
"""Seconds. The jobs of a process have event loops of their own, which share no event to wait for."""


class Gate:
    """For the calls of all threads to one server.

    Args:
        at_once: calls on their way at the same time.
        spacing: least seconds between the starts of two calls.
        breaker: for that server, if not one as it comes.
        clock: seconds that never go back.
    """

    def __init__(
        self,
        at_once: int = 2,
        spacing: float = 0.0,
        breaker: CircuitBreaker | None = None,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        if at_once < 1:
            raise ValueError("a gate that lets nobody through")
        self._at_once = at_once
        self._spacing = spacing
        self._breaker = breaker or CircuitBreaker()
        self._clock = clock
        self._lock = threading.Lock()
        self._inside = 0
        self._next_start = 0.0

    async def enter(self) -> None:
        """Wait for a turn. Whoever has one gives it back with `leave`."""
        while wait := self._enter():
            await anyio.sleep(wait)

    def leave(self) -> None:
        with self._lock:
            self._inside -= 1

    def _enter(self) -> float:
        """Take a turn and return 0; or the seconds after which to ask again."""
        with self._lock:
            wait = self._next_start - self._clock()
            if wait > 0:
                return wait
            if self._inside >= self._at_once:
                return _LOOK_AGAIN
            self._inside += 1
            self._next_start = self._clock() + self._spacing
            return 0.0

    def hold(self, seconds: float) -> None:
        """Let nobody in for so long: the server asked for it."""
        with self._lock:
            self._next_start = max(self._next_start, self._clock() + seconds)

    def paused(self) -> float:
        """Seconds for which the server is left alone, as it failed; 0 when it is not."""
        with self._lock:
            return self._breaker.seconds_left

    def admit(self) -> bool:
        """Whether the server may be asked; if so, `report` must follow."""
        with self._lock:
            return self._breaker.admit()

    def report(self, works: bool | None) -> None:
        """Whether the server works; None when the call tells nothing of that."""
        with self._lock:
            if works is None:
                self._breaker.abandoned()
            elif works:
                self._breaker.succeeded()
            else:
                self._breaker.failed()


_gates: dict[tuple[str, int, float], Gate] = {}
_gates_lock = threading.Lock()


def gate_of(endpoint: Endpoint, *, at_once: int = 2, spacing: float = 0.0) -> Gate:
    """The gate of this process to a server, with its circuit breaker: the same for every caller."""
    key = (endpoint.shown, at_once, spacing)
    with _gates_lock:
        if key not in _gates:
            _gates[key] = Gate(at_once, spacing)
        return _gates[key]
