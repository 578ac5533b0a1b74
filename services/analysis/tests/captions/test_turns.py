"""The limiter and the breaker by themselves."""

from __future__ import annotations

import threading
from contextlib import ExitStack

import pytest

from sow_analysis.captions import YouTubePausedError
from sow_analysis.captions.limiter import Limiter


def test_turns_are_spaced_from_start_to_start(clock):
    limiter = Limiter(1, 2.0, clock)
    for _ in range(3):
        with limiter.turn(60):
            clock.advance(0.5)
    assert clock.slept == [1.5, 1.5]


def test_no_more_than_so_many_have_a_turn(clock):
    limiter = Limiter(2, 0.0, clock)
    with ExitStack() as turns:
        turns.enter_context(limiter.turn(0))
        turns.enter_context(limiter.turn(0))
        with pytest.raises(YouTubePausedError, match="busy"), limiter.turn(0):
            pass
    with limiter.turn(0):
        pass


def test_a_failed_turn_is_given_back(clock):
    limiter = Limiter(1, 0.0, clock)
    for _ in range(2):
        with pytest.raises(KeyError), limiter.turn(0):
            raise KeyError


def test_a_wait_that_is_too_long_is_refused_at_once_and_takes_no_turn(clock):
    limiter = Limiter(1, 1.0, clock)
    limiter.hold(100)
    with pytest.raises(YouTubePausedError), limiter.turn(60):
        pass
    assert clock.slept == []
    clock.advance(50)
    with limiter.turn(60):
        pass
    assert clock.slept == [50.0]


def test_threads_get_turns_that_do_not_overlap(clock):
    limiter = Limiter(1, 0.0, clock)
    inside = threading.Lock()
    overlaps: list[bool] = []

    def work() -> None:
        for _ in range(50):
            with limiter.turn(60):
                overlaps.append(not inside.acquire(blocking=False))
                inside.release()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert overlaps == [False] * 200
