"""A circuit breaker leaves those alone who fail, and always comes back to them."""

from __future__ import annotations

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from sow_analysis.circuit_breaker import Circuit, CircuitBreaker

PAUSE, LONGEST = 10.0, 40.0


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def breaker(clock: Clock) -> CircuitBreaker:
    return CircuitBreaker(3, PAUSE, LONGEST, clock=clock)


def fail(breaker: CircuitBreaker, times: int = 1) -> None:
    for _ in range(times):
        assert breaker.admit()
        breaker.failed()


def test_failures_in_a_row_open_it_and_a_success_between_them_does_not_count_them_together(breaker: CircuitBreaker):
    fail(breaker, 2)
    assert breaker.admit()
    breaker.succeeded()
    fail(breaker, 2)
    assert breaker.state is Circuit.CLOSED
    fail(breaker)
    assert breaker.state is Circuit.OPEN
    assert not breaker.admit()
    assert breaker.seconds_left == PAUSE


def test_after_the_pause_one_trial_goes_and_its_success_closes_it(breaker: CircuitBreaker, clock: Clock):
    fail(breaker, 3)
    clock.now += PAUSE
    assert breaker.seconds_left == 0
    assert breaker.admit()
    assert breaker.state is Circuit.HALF_OPEN
    assert not breaker.admit()
    breaker.succeeded()
    assert breaker.state is Circuit.CLOSED
    assert breaker.failures == 0


def test_trials_that_fail_make_the_pause_longer_up_to_the_longest_and_a_success_makes_it_short(
    breaker: CircuitBreaker, clock: Clock
):
    fail(breaker, 3)
    pauses: list[float] = []
    for _ in range(4):
        clock.now += breaker.seconds_left
        fail(breaker)
        pauses.append(breaker.seconds_left)
    assert pauses == [20.0, 40.0, 40.0, 40.0]
    clock.now += LONGEST
    assert breaker.admit()
    breaker.succeeded()
    fail(breaker, 3)
    assert breaker.seconds_left == PAUSE


def test_a_trial_that_was_given_up_from_our_side_lets_the_next_call_try(breaker: CircuitBreaker, clock: Clock):
    fail(breaker, 3)
    clock.now += PAUSE
    assert breaker.admit()
    breaker.abandoned()
    assert breaker.admit()


def test_a_trial_that_is_never_heard_of_again_blocks_no_longer_than_a_pause(breaker: CircuitBreaker, clock: Clock):
    fail(breaker, 3)
    clock.now += PAUSE
    assert breaker.admit()
    clock.now += PAUSE
    assert breaker.admit()


def test_late_news_of_a_call_from_before_it_opened_changes_nothing(breaker: CircuitBreaker, clock: Clock):
    fail(breaker, 3)
    clock.now += PAUSE / 2
    breaker.failed()
    assert breaker.seconds_left == PAUSE / 2


@pytest.mark.parametrize(("failures", "pause", "longest"), [(0, 1, 1), (1, 0, 1), (1, 2, 1)])
def test_figures_that_make_no_sense_are_refused(failures: int, pause: float, longest: float):
    with pytest.raises(ValueError, match="circuit breaker"):
        CircuitBreaker(failures, pause, longest)


class Calls(RuleBasedStateMachine):
    """Any calls in any order, of which some are never heard of again."""

    def __init__(self) -> None:
        super().__init__()
        self.clock = Clock()
        self.breaker = CircuitBreaker(3, PAUSE, LONGEST, clock=self.clock)
        self.under_way = 0

    @rule(seconds=st.floats(0, 60))
    def time_goes_by(self, seconds: float) -> None:
        self.clock.now += seconds

    @rule()
    def call(self) -> None:
        free = self.breaker.seconds_left == 0
        assert self.breaker.admit() is free
        self.under_way += free

    @rule(news=st.sampled_from(["succeeded", "failed", "abandoned"]))
    def news_comes(self, news: str) -> None:
        if self.under_way:
            self.under_way -= 1
            getattr(self.breaker, news)()
            if news == "succeeded":
                assert self.breaker.state is Circuit.CLOSED

    @invariant()
    def it_is_never_shut_for_longer_than_the_longest_pause(self) -> None:
        assert 0 <= self.breaker.seconds_left <= LONGEST


TestCalls = Calls.TestCase
TestCalls.settings = settings(max_examples=50, stateful_step_count=30, deadline=None)
