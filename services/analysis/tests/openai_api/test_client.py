"""Calls to a server that speaks OpenAI's protocol, over real sockets: each ends in time, in one of our errors."""

from __future__ import annotations

import contextlib
import json
import logging
import traceback
from collections.abc import Iterator
from typing import Any

import anyio
import pytest
from faults import (
    BROKEN,
    CUT_OFF,
    DRIP,
    DRIP_HEADERS,
    ENDLESS,
    EXPIRED_KEY,
    HANG,
    MOVED,
    RESET,
    SLOW,
    TOO_MANY,
    TOO_MANY_LATER,
    TOO_MANY_SOON,
    Fault,
    body,
    status,
)
from openai_fake import OpenAIFake

from sow_analysis.circuit_breaker import CircuitBreaker
from sow_analysis.openai_api import (
    Allowance,
    ApiAnswerError,
    ApiBudgetSpentError,
    ApiClient,
    ApiError,
    ApiMisconfiguredError,
    ApiPausedError,
    ApiRefusedError,
    ApiSetup,
    ApiUnavailableError,
    Budget,
    Endpoint,
    Gate,
    gate_of,
)
from sow_analysis.openai_api.errors import ApiFormError

KEY = "sk-a-very-secret-key"


@pytest.fixture
def server() -> Iterator[OpenAIFake]:
    server = OpenAIFake(lambda _: "hello")
    yield server
    server.close()


class CountingBreaker(CircuitBreaker):
    """Notes what it is told; opens when told to."""

    def __init__(self) -> None:
        super().__init__()
        self.told: list[str] = []
        self.left = 0.0

    @property
    def seconds_left(self) -> float:
        return self.left

    def admit(self) -> bool:
        return not self.left

    def succeeded(self) -> None:
        self.told.append("succeeded")

    def failed(self) -> None:
        self.told.append("failed")

    def abandoned(self) -> None:
        self.told.append("abandoned")


def client_of(server: OpenAIFake, gate: Gate | None = None) -> ApiClient:
    return ApiClient(Endpoint(server.api, KEY), gate or Gate(), pause=0.01)


def ask(
    client: ApiClient, *, times: int = 1, seconds: float = 5.0, most: int = 10_000, allowance: Allowance | None = None
) -> list[bytes]:
    """Asks several times at once, within one budget."""
    budget = Budget(allowance or Allowance())
    answers: list[bytes] = []

    async def run() -> None:
        def send(api: Any) -> Any:
            messages = [{"role": "user", "content": "hi"}]
            return api.chat.completions.with_streaming_response.create(model="m", messages=messages)

        async def one() -> None:
            answers.append(await client.call(api, send, budget, seconds=seconds, most_bytes=most))

        async with client.opened() as api:
            if times == 1:
                await one()
                return
            async with anyio.create_task_group() as group:
                for _ in range(times):
                    group.start_soon(one)

    anyio.run(run)
    return answers


def test_the_key_goes_to_the_server_and_nothing_of_the_environment(server: OpenAIFake, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("OPENAI_API_KEY", "sk-other")
    monkeypatch.setenv("OPENAI_ORG_ID", "org-other")
    monkeypatch.setenv("OPENAI_PROJECT_ID", "project-other")
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/")
    assert b"hello" in ask(client_of(server))[0]
    ask(ApiClient(Endpoint(server.api), Gate()))
    sent, keyless = (request.headers for request in server.requests)
    assert sent["Authorization"] == f"Bearer {KEY}"
    assert "other" not in str([*sent.values(), *keyless.values()])


@pytest.mark.parametrize("fault", [TOO_MANY, TOO_MANY_SOON, BROKEN, RESET, CUT_OFF], ids=lambda fault: fault.name)
def test_what_can_pass_is_tried_again(server: OpenAIFake, fault: Fault):
    server.faults.append(fault)
    assert b"hello" in ask(client_of(server))[0]
    assert len(server.requests) == 2


@pytest.mark.parametrize("fault", [TOO_MANY, BROKEN, RESET, CUT_OFF], ids=lambda fault: fault.name)
def test_what_does_not_pass_is_given_up_after_three_tries(server: OpenAIFake, fault: Fault):
    server.always = fault
    breaker = CountingBreaker()
    with pytest.raises(ApiUnavailableError) as caught:
        ask(client_of(server, Gate(breaker=breaker)))
    assert server.api in str(caught.value)
    assert len(server.requests) == 3
    assert breaker.told == ["failed"] * 3


@pytest.mark.parametrize(
    ("fault", "error", "says"),
    [
        (EXPIRED_KEY, ApiRefusedError, "does not accept the key"),
        (status(402), ApiRefusedError, "credit"),
        (status(404), ApiRefusedError, "does not know the model"),
        (status(400), ApiFormError, "does not understand"),
        (MOVED, ApiRefusedError, "sends callers elsewhere"),
        (TOO_MANY_LATER, ApiUnavailableError, "has had enough of us"),
        (HANG, ApiUnavailableError, "did not answer within"),
        (DRIP, ApiUnavailableError, "did not answer within"),
        (DRIP_HEADERS, ApiUnavailableError, "did not answer within"),
        (ENDLESS, ApiAnswerError, "more than 10000 bytes"),
    ],
    ids=lambda value: value.name if isinstance(value, Fault) else "",
)
def test_what_a_retry_cannot_mend_is_told_at_once(server: OpenAIFake, fault: Fault, error: type[Exception], says: str):
    server.always = fault
    with pytest.raises(error, match=says):
        ask(client_of(server), seconds=0.3 if fault in SLOW else 5.0)
    assert len(server.requests) == 1


def test_an_error_as_long_as_a_book_is_not_read(server: OpenAIFake):
    server.always = status(400, body=b'{"error": {"message": "' + b"no " * 1_000_000)
    with pytest.raises(ApiFormError, match=r"status 400\)\.$"):
        ask(client_of(server))


def test_nobody_there(unserved_port: int):
    with pytest.raises(ApiUnavailableError, match="cannot be reached"):
        ask(ApiClient(Endpoint(f"http://127.0.0.1:{unserved_port}/v1"), Gate(), pause=0.01))


def test_a_server_that_echoes_the_key_does_not_get_it_into_errors_or_logs(
    server: OpenAIFake, caplog: pytest.LogCaptureFixture
):
    caplog.set_level(logging.DEBUG)
    server.always = status(422, body=b'{"error": {"message": "bad\\nkey ' + KEY.encode() + b'"}}')
    with pytest.raises(ApiFormError) as caught:
        ask(client_of(server))
    assert str(caught.value).endswith(": bad key ***")
    assert KEY not in "".join(traceback.format_exception(caught.value))
    assert caplog.records
    assert not [record for record in caplog.records if KEY in record.getMessage() or KEY in str(record.__dict__)]
    assert KEY not in repr(Endpoint(server.api, KEY))


@pytest.mark.parametrize(
    "url",
    [
        "",
        "openrouter.ai/v1",
        "ftp://host/v1",
        "http://",
        "http://user:pw@host/v1",
        "http://host/v1?k=1",
        "http://host:x/",
    ],
)
def test_an_address_that_is_none_is_refused(url: str):
    with pytest.raises(ApiMisconfiguredError, match="address"):
        Endpoint(url)


def test_a_key_with_a_line_break_is_refused():
    with pytest.raises(ApiMisconfiguredError, match="printable"):
        Endpoint("http://host/v1", "sk-1\n")


def test_no_more_calls_are_on_their_way_than_the_gate_lets_through(server: OpenAIFake):
    assert len(ask(client_of(server, Gate(at_once=2)), times=6)) == 6
    assert server.most_at_once <= 2


def test_calls_start_as_far_apart_as_they_should():
    now = 0.0
    gate = Gate(at_once=9, spacing=2.0, clock=lambda: now)
    anyio.run(gate.enter)
    assert gate._enter() == 2.0
    now = 2.5
    assert gate._enter() == 0.0
    gate.hold(10.0)
    assert gate._enter() == 10.0


def test_a_pause_that_one_caller_is_asked_for_holds_for_all(server: OpenAIFake):
    server.faults.append(status(429, retry_after="0.05"))
    gate = Gate(at_once=1)
    ask(client_of(server, gate))
    assert gate._next_start > 0


def test_the_budget_ends_the_calls(server: OpenAIFake):
    server.always = BROKEN
    with pytest.raises(ApiBudgetSpentError, match="its 2 calls"):
        ask(client_of(server), allowance=Allowance(calls=2))
    assert len(server.requests) == 2


def test_a_budget_counts_tokens_and_time():
    now = 0.0
    budget = Budget(Allowance(tokens=100, seconds=5), clock=lambda: now)
    budget.take_call()
    budget.take_tokens(101)
    with pytest.raises(ApiBudgetSpentError, match="100 tokens"):
        budget.take_call()
    budget = Budget(Allowance(seconds=5), clock=lambda: now)
    now = 6.0
    with pytest.raises(ApiBudgetSpentError, match="5 s"):
        budget.take_call()


def test_a_server_that_the_breaker_leaves_alone_is_not_asked(server: OpenAIFake):
    breaker = CountingBreaker()
    breaker.left = 12.0
    client = client_of(server, Gate(breaker=breaker))
    assert "asked again in 12 s" in (client.why_not() or "")
    with pytest.raises(ApiPausedError, match="asked again in 12 s"):
        ask(client)
    assert not server.requests


@pytest.mark.parametrize(
    ("fault", "told"),
    [(EXPIRED_KEY, "succeeded"), (HANG, "failed"), (ENDLESS, "failed"), (body("fine", b"{}"), "succeeded")],
    ids=lambda value: value.name if isinstance(value, Fault) else value,
)
def test_the_breaker_hears_whether_the_server_works(server: OpenAIFake, fault: Fault, told: str):
    server.always = fault
    breaker = CountingBreaker()
    with contextlib.suppress(ApiError):
        ask(client_of(server, Gate(breaker=breaker)), seconds=0.2 if fault in SLOW else 5.0)
    assert breaker.told == [told]


def test_callers_of_one_server_share_one_gate():
    assert gate_of(Endpoint("http://host/v1", "a")) is gate_of(Endpoint("http://host/v1/", "b"))
    assert gate_of(Endpoint("http://host/v1")) is not gate_of(Endpoint("http://other/v1"))


def test_a_setup_crosses_to_another_process_and_shows_no_key():
    setup = ApiSetup("http://host/v1", "model", KEY, at_once=3, allowance=Allowance(calls=5))
    assert ApiSetup.of(json.loads(json.dumps(setup.plain()))) == setup
    assert KEY not in repr(setup)
    assert setup.client().endpoint == Endpoint("http://host/v1", KEY)
    with pytest.raises(ApiMisconfiguredError):
        ApiSetup("host", "model")
