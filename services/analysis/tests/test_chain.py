"""Engines take turns; each turn is on the account, and a fault of one does not end the others."""

import pytest

from sow_analysis.captions import Lack, NoCaptionsError
from sow_analysis.chain import Chain, Remark
from sow_analysis.errors import EngineUnavailableError, ModelUnavailableError
from sow_analysis.lrc import Outcome


def failing(error: BaseException):
    def work() -> str:
        raise error

    return work


def test_a_turn_that_serves_gives_its_result_and_is_noted():
    chain = Chain(("a", "b"), None)
    assert chain.turn("hear", "a", lambda: "words") == "words"
    (attempt,) = chain.attempts
    assert (attempt.step, attempt.engine, attempt.outcome, attempt.reason) == ("hear", "a", Outcome.SERVED, None)


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (ModelUnavailableError("no model"), Outcome.UNAVAILABLE),
        (EngineUnavailableError("no such language"), Outcome.UNAVAILABLE),
        (RuntimeError("cuda"), Outcome.FAILED),
        (OSError("disk"), Outcome.FAILED),
    ],
)
def test_a_fault_is_noted_with_its_reason(error: Exception, outcome: Outcome):
    chain = Chain(("a",), None)
    assert chain.turn("hear", "a", failing(error)) is None
    assert chain.attempts[0].outcome is outcome
    assert str(error) in (chain.attempts[0].reason or "")


def test_an_engine_that_is_not_allowed_does_not_come_to_its_turn():
    chain = Chain(("a", "b"), ("b",))
    assert chain.turn("hear", "a", failing(AssertionError())) is None
    assert chain.attempts == ()


def test_a_fault_of_the_program_is_not_taken_for_one_of_an_engine():
    with pytest.raises(TypeError):
        Chain(("a",), None).turn("hear", "a", failing(TypeError()))


def test_an_unknown_engine_is_refused_with_the_names_of_the_known():
    with pytest.raises(EngineUnavailableError, match=r"'c'.*a, b"):
        Chain(("a", "b"), ("a", "c"))


def test_an_engine_that_is_switched_off_on_this_machine_does_not_come_to_its_turn():
    chain = Chain(("a", "b"), ("a", "b"), ("b",))
    assert (chain.allows("a"), chain.names("a"), chain.allows("b")) == (False, True, True)
    assert chain.turn("hear", "a", failing(AssertionError())) is None


def test_of_a_turn_that_served_more_may_be_said():
    chain = Chain(("a",), None)
    chain.turn("hear", "a", lambda: 3, lambda found: Remark(f"{found} found", can_pass=True))
    assert [(turn.reason, turn.can_pass) for turn in chain.attempts] == [("3 found", True)]


def test_only_what_may_do_better_another_time_can_pass():
    chain = Chain(("a",), None)
    for error in (RuntimeError("cuda"), EngineUnavailableError("away"), NoCaptionsError(Lack.DISABLED, "none")):
        chain.turn("hear", "a", failing(error))
    assert [turn.can_pass for turn in chain.attempts] == [True, True, False]
