"""The client of the Qwen3 server, against a real server that does as it should, and everything that it should not."""

from __future__ import annotations

import copy
import json
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import anyio
import pytest
from fake_qwen3 import spread
from rough_server import (
    Behaviour,
    RoughServer,
    answers,
    breaks_off,
    drips,
    floods,
    hangs,
    problem,
    resets,
    rough_server,
    says,
)

from lyric_timing.sheet import Line
from lyric_timing.words import make_line
from sow_analysis.circuit_breaker import Circuit
from sow_analysis.engines.protocols import AlignedWord, TextWindow
from sow_analysis.engines.qwen3_answer import Qwen3AnswerError
from sow_analysis.engines.qwen3_client import Qwen3Client, Qwen3RefusedError, Qwen3UnavailableError
from sow_analysis.engines.qwen3_server import Qwen3Server

pytestmark = pytest.mark.anyio

KEY = "s3cret-key"
DURATION = 60.0
AUDIO = b"fLaC and the rest"


def line(text: str) -> Line:
    made = make_line(text)
    assert made
    return made


WINDOWS = [
    TextWindow(10.0, 20.0, (line("Morning light is breaking"), line("Over sea, and stone"))),
    TextWindow(30.0, 34.0, (line("晨光破曉"),)),
]


@pytest.fixture
def server() -> Iterator[RoughServer]:
    with rough_server() as server:
        yield server


@pytest.fixture
async def client(server: RoughServer) -> AsyncIterator[Qwen3Client]:
    async with client_of(server.url) as client:
        yield client


def client_of(url: str, **limits: Any) -> Qwen3Client:
    return Qwen3Client(Qwen3Server(url, KEY, **{"base_seconds": 20.0, **limits}))


async def ask(client: Qwen3Client) -> tuple[tuple[AlignedWord, ...], ...]:
    return await client.align(AUDIO, WINDOWS, "en", DURATION)


async def test_words_come_back_by_windows(server: RoughServer, client: Qwen3Client):
    server.does(answers(spread))
    first, second = await ask(client)
    assert [(word.start, word.end, word.confidence) for word in second] == [(30.0 + n, 31.0 + n, 0.9) for n in range(4)]
    assert len(first) == 8
    assert first[-1].end == 20.0


async def test_one_call_sends_the_recording_the_key_and_all_windows_as_printed(
    server: RoughServer, client: Qwen3Client
):
    server.does(answers(spread))
    await ask(client)
    (request,) = server.received
    assert (request.method, request.path) == ("POST", "/api/v1/align")
    assert request.headers["authorization"] == f"Bearer {KEY}"
    assert request.parts()["audio"] == AUDIO
    assert request.asked() == {
        "language": "en",
        "windows": [
            {"start": 10.0, "end": 20.0, "lines": ["Morning light is breaking", "Over sea, and stone"]},
            {"start": 30.0, "end": 34.0, "lines": ["晨光破曉"]},
        ],
    }


async def test_what_a_newer_server_adds_is_no_fault(server: RoughServer, client: Qwen3Client):
    def newer(asked: dict[str, Any]) -> dict[str, Any]:
        answer = spread(asked) | {"phonemes": []}
        answer["lines"][0]["voice"] = "alto"
        return answer

    server.does(answers(newer))
    assert len(await ask(client)) == 2


GOOD = answers(spread)


@pytest.mark.parametrize(
    "first",
    [
        resets,
        breaks_off,
        problem(503, "model_loading", Retry_After="0"),
        problem(503, "saturated", Retry_After="0.01"),
        problem(429, "saturated", Retry_After="0"),
        says(b"<html>bad gateway</html>", 502, Retry_After="0"),
        says(b"", 504, Retry_After="0"),
    ],
)
async def test_what_can_pass_is_tried_once_more(server: RoughServer, first: Behaviour):
    server.does(first, GOOD)
    async with client_of(server.url, pause_seconds=0.0) as client:
        assert len(await ask(client)) == 2
        assert len(server.received) == 2
        assert client.breaker.failures == 0


async def test_without_a_retry_after_it_pauses_for_a_while(
    server: RoughServer, client: Qwen3Client, monkeypatch: pytest.MonkeyPatch
):
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    monkeypatch.setattr("sow_analysis.engines.qwen3_client.anyio.sleep", sleep)
    for told in ({}, {"Retry_After": "nan"}, {"Retry_After": "-5"}, {"Retry_After": "Wed, 25 Nov 2026"}):
        server.does(problem(503, "saturated", **told), GOOD)
        await ask(client)
    assert slept == [1.0] * 4


@pytest.mark.parametrize(
    ("behaviour", "error", "reason", "calls"),
    [
        (problem(503, "saturated", Retry_After="0"), Qwen3UnavailableError, "busy or away.*saturated.*twice", 2),
        (problem(503, "model_loading", Retry_After="0"), Qwen3UnavailableError, "still loads its model, twice", 2),
        (problem(503, "saturated", Retry_After="3600"), Qwen3UnavailableError, "left alone for 3600 s", 1),
        (problem(500, "internal_error"), Qwen3UnavailableError, "failed, status 500", 1),
        (says(b"", 307, Location="http://example.org"), Qwen3UnavailableError, "elsewhere, status 307", 1),
        (problem(401, "key_missing"), Qwen3RefusedError, "SOW_QWEN3_API_KEY", 1),
        (problem(413, "too_large", "Send less."), Qwen3RefusedError, "status 413 .too_large.: Send less", 1),
        (problem(422, "language_unsupported"), Qwen3RefusedError, "language_unsupported", 1),
        (says(b"no such page", 404), Qwen3RefusedError, "status 404", 1),
        (floods, Qwen3AnswerError, "more than 100000 bytes", 1),
        (says(b"{"), Qwen3AnswerError, "JSON", 1),
        (says([]), Qwen3AnswerError, "valid dictionary|object", 1),
        (says({"lines": "none"}), Qwen3AnswerError, "lines: Input should be a valid", 1),
    ],
)
async def test_what_cannot_be_used_is_told_with_its_reason(
    server: RoughServer, behaviour: Behaviour, error: type[Exception], reason: str, calls: int
):
    server.does(behaviour)
    async with client_of(server.url, max_answer_bytes=100_000) as client:
        with pytest.raises(error, match=reason) as caught:
            await ask(client)
    assert KEY not in str(caught.value)
    assert len(server.received) == calls


@pytest.mark.parametrize("behaviour", [hangs, drips])
async def test_an_answer_that_does_not_come_in_time_is_not_waited_for_and_the_server_hears_of_it(
    server: RoughServer, behaviour: Behaviour
):
    server.does(behaviour)
    async with client_of(server.url, base_seconds=0.2, seconds_per_second=0.01) as client:
        with pytest.raises(Qwen3UnavailableError, match="did not answer within 0 s"):
            await ask(client)
    assert len(server.received) == 1
    assert await anyio.to_thread.run_sync(server.hung_up.wait, 5)


async def test_the_time_limit_grows_with_the_sound_in_the_windows():
    assert Qwen3Server("http://a", base_seconds=60, seconds_per_second=3).call_seconds(14.0) == 102.0


async def test_a_server_that_is_not_there_is_tried_twice(unserved_port: int):
    async with client_of(f"http://127.0.0.1:{unserved_port}", pause_seconds=0.0) as client:
        with pytest.raises(Qwen3UnavailableError, match=r"cannot be reached, twice"):
            await ask(client)


async def test_a_call_that_is_cancelled_closes_its_connection_and_counts_as_no_failure(
    server: RoughServer, client: Qwen3Client
):
    server.does(hangs)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(ask, client)
        while not server.received:
            await anyio.sleep(0.01)
        tasks.cancel_scope.cancel()
    assert await anyio.to_thread.run_sync(server.hung_up.wait, 5)
    assert client.breaker.failures == 0
    server.does(GOOD)
    assert len(await ask(client)) == 2


async def test_a_server_that_keeps_failing_is_left_alone_until_it_is_back(server: RoughServer, client: Qwen3Client):
    server.does(problem(500, "internal_error"))
    for _ in range(3):
        with pytest.raises(Qwen3UnavailableError):
            await ask(client)
    with pytest.raises(Qwen3UnavailableError, match=r"failed 3 times in a row; it is asked again in 1\d s"):
        await ask(client)
    assert len(server.received) == 3
    assert client.why_not()


async def test_a_server_that_refuses_works(server: RoughServer, client: Qwen3Client):
    server.does(problem(422, "language_unsupported"))
    for _ in range(5):
        with pytest.raises(Qwen3RefusedError):
            await ask(client)
    assert client.breaker.state is Circuit.CLOSED


async def test_a_key_that_the_server_echoes_is_not_told(server: RoughServer, client: Qwen3Client):
    server.does(problem(422, KEY, "x" * 295 + KEY))
    with pytest.raises(Qwen3RefusedError) as caught:
        await ask(client)
    assert KEY[:4] not in str(caught.value)
    assert KEY not in repr(Qwen3Server("http://a", KEY))


async def test_a_connection_is_used_again(server: RoughServer, client: Qwen3Client):
    opened: list[Any] = []

    async def noting(request: Any, writer: Any) -> None:
        opened.append(writer.get_extra_info("peername"))
        await GOOD(request, writer)

    server.does(noting)
    await ask(client)
    await ask(client)
    assert opened[0] == opened[1]


async def test_proxies_of_the_environment_are_not_used(
    server: RoughServer, unserved_port: int, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{unserved_port}")
    monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{unserved_port}")
    server.does(GOOD)
    async with client_of(server.url) as client:
        assert len(await ask(client)) == 2


@pytest.mark.parametrize(
    "url", ["", "gpu:8001", "ftp://gpu", "http://", "http://user:pass@gpu", "http://gpu?key=1", "http://gpu:99999"]
)
def test_an_address_that_is_none_is_refused_without_being_repeated(url: str):
    with pytest.raises(ValueError, match="address of the Qwen3 server") as caught:
        Qwen3Server(url)
    assert "user:pass" not in str(caught.value)


@pytest.mark.parametrize(
    ("behaviour", "status"),
    [(says({"status": "ready"}), "ready"), (says({"status": "loading"}, 503), "loading")],
)
async def test_health_is_the_servers_own_word(
    server: RoughServer, client: Qwen3Client, behaviour: Behaviour, status: str
):
    server.does(behaviour)
    assert await client.health() == status
    assert server.received[0].path == "/health"


@pytest.mark.parametrize(
    "behaviour", [says(b"hello"), says({"ok": True}), says({"status": "ready"}, 404), resets, floods]
)
async def test_something_else_at_that_address_has_no_health(
    server: RoughServer, client: Qwen3Client, behaviour: Behaviour
):
    server.does(behaviour)
    with pytest.raises(Qwen3UnavailableError):
        await client.health()


Change = Callable[[list[dict[str, Any]]], object]


def cut(lines: list[dict[str, Any]]) -> None:
    lines.pop()


def put(path: str, value: object) -> Change:
    """Changes one field of the good answer: `1.words.0.text`."""

    def change(lines: list[dict[str, Any]]) -> None:
        *way, last = path.split(".")
        place: Any = lines
        for step in way:
            place = place[int(step) if step.isdigit() else step]
        place[last] = value

    return change


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (cut, "2 lines came back of 3"),
        (lambda lines: lines.append(lines[-1]), "4 lines came back of 3"),
        (lambda lines: lines.reverse(), "line 1 came back in window 1"),
        (lambda lines: lines.insert(0, lines.pop(1)), "line 1 is not the line that was sent"),
        (put("0.text", "Morning light was breaking"), "line 1 is not the line"),
        (put("1.window", 1), "line 2 came back in window 1"),
        (lambda lines: lines[1]["words"].pop(), "line 2 has other words than the 4"),
        (put("1.words.0.text", "Under"), "line 2 has other words"),
        (put("2.words.3.end_seconds", 35.5), r"line 3, word 4 is at 33\.00-35\.50 s, outside of its window"),
        (put("2.words.0.time_seconds", 28.0), "line 3, word 1 is at .* outside"),
        (put("0.words.1.time_seconds", 10.5), "line 1, word 2 starts before the word before it"),
        (put("0.words.2.end_seconds", 11.0), "line 1, word 3 ends before it starts"),
        (put("0.end_seconds", 1.0), "line 1 ends before it starts"),
        (put("0.words.0.time_seconds", float("nan")), "lines.0.words.0.time_seconds: .*finite|greater"),
        (put("0.words.0.time_seconds", "10"), "lines.0.words.0.time_seconds: .*valid number"),
        (put("0.words.0.confidence", 1.5), "lines.0.words.0.confidence"),
        (put("0.words.0.confidence", None), "lines.0.words.0.confidence"),
        (put("0.words", None), "lines.0.words"),
    ],
)
async def test_an_answer_that_cannot_be_right_is_refused_and_says_where(
    server: RoughServer, client: Qwen3Client, change: Change, reason: str
):
    def wrong(asked: dict[str, Any]) -> dict[str, Any]:
        answer = copy.deepcopy(spread(asked))
        if change is not cut:
            answer["lines"][0]["words"][1]["time_seconds"] = 11.25
            answer["lines"][0]["words"][0]["time_seconds"] = 11.0
        change(answer["lines"])
        return answer

    server.does(answers(wrong))
    with pytest.raises(Qwen3AnswerError, match=reason):
        await ask(client)
    assert client.breaker.failures == 1
    assert json.dumps(server.received[0].asked())


async def test_times_a_little_outside_of_the_window_are_moved_to_its_edge(server: RoughServer, client: Qwen3Client):
    def wide(asked: dict[str, Any]) -> dict[str, Any]:
        answer = spread(asked)
        answer["lines"][0]["words"][0]["time_seconds"] = 9.7
        answer["lines"][-1]["words"][-1]["end_seconds"] = 34.4
        return answer

    server.does(answers(wide))
    first, second = await ask(client)
    assert (first[0].start, second[-1].end) == (10.0, 34.0)
