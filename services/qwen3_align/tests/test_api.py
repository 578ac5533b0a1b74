"""The service as its callers see it, with a model that answers at once."""

from __future__ import annotations

import asyncio
import functools
import http.server
import json
import tempfile
import threading
from collections.abc import AsyncGenerator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx2
import pytest
from fakes import FakeModel, Gate, align_evenly
from recordings import song

from qwen3_align.api import create_app
from qwen3_align.api.codes import PROBLEMS
from qwen3_align.api.security import ServiceExposedError
from qwen3_align.service.keeper import State
from qwen3_align.service.runtime import Runtime
from qwen3_align.settings import Settings

pytestmark = pytest.mark.anyio

LYRICS = "Amazing grace\nhow sweet the sound"


@asynccontextmanager
async def opened(
    model: FakeModel | None = None, *, is_ready: bool = True, **settings: Any
) -> AsyncGenerator[tuple[httpx2.AsyncClient, Runtime]]:
    """A caller of a running service, and what is behind it."""
    app = create_app(Settings(**settings), model or FakeModel(), align_evenly)
    transport = httpx2.ASGITransport(app, raise_app_exceptions=False)
    async with (
        app.router.lifespan_context(app),
        httpx2.AsyncClient(transport=transport, base_url="http://127.0.0.1", timeout=30) as client,
    ):
        runtime: Runtime = app.state.runtime
        if is_ready:
            await runtime.keeper.changes(lambda status: status.loaded)
        yield client, runtime


def form(document: dict[str, Any] | None = None, audio: bytes | None = None) -> dict[str, Any]:
    """The arguments of a request that brings its recording along."""
    text = json.dumps({"lyrics_text": LYRICS} if document is None else document)
    return {"files": {"audio": ("song.wav", audio or song(), "audio/wav")}, "data": {"request": text}}


@pytest.fixture
def site(tmp_path: Path) -> Iterator[str]:
    """The address of a web server on this machine that has `song.wav`."""
    (tmp_path / "song.wav").write_bytes(song())
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=tmp_path)
    handler.log_message = lambda *_: None  # pyright: ignore[reportAttributeAccessIssue]
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


async def test_a_plain_request_by_url_is_answered_with_lines_and_words(site: str):
    plain = {
        "audio_url": f"{site}/song.wav",
        "lyrics_text": LYRICS,
        "language": "Chinese",
        "device": "auto",
        "dtype": "float32",
    }
    async with opened(fetch_private=True) as (client, _):
        answer = await client.post("/api/v1/align", json=plain)
    assert answer.status_code == 200, answer.text
    found = answer.json()
    assert [line["text"] for line in found["lines"]] == ["Amazing grace", "how sweet the sound"]
    assert [line["time_seconds"] for line in found["lines"]] == [0, 2]
    assert found["lines"][0]["words"][1] == {
        "text": "grace", "time_seconds": 1, "end_seconds": 2, "confidence": 0.9
    }  # fmt: skip
    assert found["model"] == {"id": "fake/model", "revision": "main", "device": "cpu", "dtype": "float32"}
    assert (found["language"], found["duration_seconds"], found["warnings"]) == ("English", 4, ["It was easy."])
    assert found["elapsed_seconds"] > 0


async def test_a_recording_may_come_with_the_request():
    async with opened() as (client, _):
        answer = await client.post("/api/v1/align", **form())
    assert answer.status_code == 200, answer.text
    assert len(answer.json()["lines"]) == 2


async def test_the_document_may_be_a_file_of_the_form():
    files = {"audio": ("a.wav", song()), "request": ("r.json", json.dumps({"lyrics_text": LYRICS}), "application/json")}
    async with opened() as (client, _):
        assert (await client.post("/api/v1/align", files=files)).status_code == 200


async def test_lines_of_windows_say_which_window_they_are_from():
    windows = [{"start": 0, "end": 1, "lines": ["one"]}, {"start": 2, "end": 4, "lines": ["two", "three"]}]
    async with opened() as (client, _):
        answer = await client.post("/api/v1/align", **form({"windows": windows}))
    assert [(line["text"], line["window"], line["time_seconds"]) for line in answer.json()["lines"]] == [
        ("one", 0, 0), ("two", 1, 2), ("three", 1, 3)
    ]  # fmt: skip


async def test_wishes_that_are_not_fulfilled_are_told_of():
    document = {"lyrics_text": LYRICS, "device": "cuda", "dtype": "auto"}
    async with opened() as (client, _):
        warnings = (await client.post("/api/v1/align", **form(document))).json()["warnings"]
    assert "device cpu, not cuda" in warnings[0]


@pytest.mark.parametrize(
    ("document", "where"),
    [
        ({}, "give either lyrics_text or windows"),
        ({"lyrics_text": "x", "windows": [{"start": 0, "end": 1, "lines": ["x"]}]}, "give either"),
        ({"windows": [{"start": 2, "end": 1, "lines": ["x"]}]}, "must end after it starts"),
        ({"windows": [{"start": 0, "end": 1, "lines": [" "]}]}, "at least 1 character"),
        ({"windows": [{"start": 0, "end": 1, "lines": ["\u200b"]}]}, "something to see"),
        ({"windows": []}, "at least 1 item"),
    ],
)
async def test_a_document_that_is_not_as_it_should_be_is_refused_with_the_place(document: dict[str, Any], where: str):
    async with opened() as (client, _):
        answer = await client.post("/api/v1/align", **form(document))
    assert (answer.status_code, answer.json()["code"]) == (422, "request_invalid")
    assert where in json.dumps(answer.json()["errors"])
    assert answer.json()["errors"][0]["loc"][:2] == ["body", "request"]


@pytest.mark.parametrize(
    ("arguments", "place"),
    [
        ({"content": b"{", "headers": {"content-type": "application/json"}}, ["body"]),
        ({"json": {"lyrics_text": "x"}}, ["body", "audio_url"]),
        ({"data": {"request": "{}"}, "files": {"other": b"x"}}, ["body", "audio"]),
        ({"files": {"audio": ("a.wav", b"x")}}, ["body", "request"]),
    ],
)
async def test_a_missing_part_is_named(arguments: dict[str, Any], place: list[str]):
    async with opened() as (client, _):
        answer = await client.post("/api/v1/align", **arguments)
    assert (answer.status_code, answer.json()["code"]) == (422, "request_invalid")
    assert answer.json()["errors"][0]["loc"] == place


@pytest.mark.parametrize(
    ("code", "status", "arguments"),
    [
        ("audio_unreadable", 422, form(audio=b"#EXTM3U\nhttp://127.0.0.1/secret")),
        ("audio_silent", 422, form(audio=song(level=0))),
        ("audio_too_long", 413, form(audio=song(seconds=21))),
        ("language_unsupported", 422, form({"lyrics_text": "x", "language": "tlh"})),
        ("text_unusable", 422, form({"lyrics_text": "[Chorus]\n"})),
        ("too_large", 413, form({"lyrics_text": "la " * 100})),
        ("too_large", 413, form(audio=bytes(1_000_001))),
        ("too_large", 413, form(audio=bytes(3_000_000))),
    ],
)
async def test_what_cannot_be_used_is_refused_with_a_code_and_a_reason(
    code: str, status: int, arguments: dict[str, Any]
):
    async with opened(max_audio_seconds=20, max_lyrics_bytes=200, max_upload_bytes=1_000_000) as (client, _):
        answer = await client.post("/api/v1/align", **arguments)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["detail"]


@pytest.mark.parametrize(
    "url",
    ["file:///etc/passwd", "http://127.0.0.1/a", "http://2130706433/", "http://[::ffff:10.0.0.1]/", "sow://audio/1"],
)
async def test_urls_that_lead_inside_are_refused(url: str):
    async with opened() as (client, _):
        answer = await client.post("/api/v1/align", json={"audio_url": url, "lyrics_text": LYRICS})
    assert answer.status_code == 422
    assert answer.json()["code"] in ("url_refused", "address_refused")


async def test_a_key_is_needed_where_one_is_set_but_not_to_see_how_the_service_is():
    async with opened(api_key="secret", host="0.0.0.0") as (client, _):
        for headers in ({}, {"Authorization": "Bearer wrong"}):
            answer = await client.post("/api/v1/align", **form(), headers=headers)
            assert (answer.status_code, answer.json()["code"]) == (401, "key_missing")
        assert (await client.post("/api/v1/align", **form(), headers={"Authorization": "Bearer secret"})).is_success
        assert (await client.get("/metrics")).status_code == 401
        assert (await client.get("/health")).status_code == 200
        assert (await client.get("/health/ready")).status_code == 200


async def test_without_a_key_other_sites_pages_are_refused_and_the_network_is_not_served():
    async with opened() as (client, _):
        answer = await client.get("/health", headers={"Origin": "https://example.org"})
    assert answer.json()["code"] == "host_refused"
    with pytest.raises(ServiceExposedError, match="SOW_QWEN3_API_KEY"):
        create_app(Settings(host="0.0.0.0"), FakeModel(), align_evenly)


async def test_while_the_model_loads_health_tells_of_it_and_requests_come_back_later():
    model = FakeModel(on_load=(gate := Gate()))
    async with opened(model, is_ready=False) as (client, runtime):
        assert await asyncio.to_thread(gate.reached.wait, 10)
        while runtime.keeper.status.progress is None:
            await asyncio.sleep(0)
        health = await client.get("/health")
        assert health.status_code == 200
        assert health.json() | {"version": ""} == {
            "status": "loading",
            "stage": "download",
            "progress": 0.5,
            "loaded": False,
            "reason": None,
            "model": {"id": "fake/model", "revision": "main", "device": None, "dtype": None},
            "queue": {"requests": 0, "clips": 0, "seconds": 0},
            "version": "",
        }
        assert (await client.get("/health/ready")).status_code == 503
        answer = await client.post("/api/v1/align", **form())
        assert (answer.status_code, answer.json()["code"]) == (503, "model_loading")
        assert int(answer.headers["Retry-After"]) > 0
        gate.open()


async def test_a_model_that_cannot_be_loaded_is_told_of_with_the_reason():
    def fail(_progress: object) -> None:
        raise OSError("no space left on the device")

    async with opened(FakeModel(on_load=fail), is_ready=False) as (client, runtime):
        await runtime.keeper.changes(lambda status: status.state is State.FAILED)
        health = (await client.get("/health")).json()
        assert (health["status"], health["reason"]) == ("failed", "no space left on the device")
        answer = await client.post("/api/v1/align", **form())
    assert (answer.status_code, answer.json()["code"]) == (503, "model_failed")
    assert "no space left" in answer.json()["detail"]
    assert "Retry-After" in answer.headers


async def test_a_model_that_fails_at_its_work_is_told_of():
    async with opened() as (client, _):
        answer = await client.post("/api/v1/align", **form({"lyrics_text": "poison\nla la"}))
    assert (answer.status_code, answer.json()["code"]) == (503, "model_failed")
    assert "a kernel failed" in answer.json()["detail"]


async def test_a_sleeping_model_is_ready_and_wakes_for_a_request():
    async with opened(idle_unload_seconds=0.001) as (client, runtime):
        await runtime.keeper.changes(lambda status: not status.loaded and status.stage is None)
        health = (await client.get("/health/ready")).json()
        assert (health["status"], health["loaded"]) == ("ready", False)
        assert (await client.post("/api/v1/align", **form())).status_code == 200


@pytest.mark.parametrize("limits", [{"max_open_requests": 1}, {"max_open_seconds": 5}])
async def test_more_than_is_allowed_at_once_is_sent_away(limits: dict[str, int]):
    model = FakeModel(on_forward=(gate := Gate()))
    async with opened(model, **limits) as (client, _), asyncio.TaskGroup() as tasks:
        first = tasks.create_task(client.post("/api/v1/align", **form()))
        assert await asyncio.to_thread(gate.reached.wait, 10)
        second = await client.post("/api/v1/align", **form())
        assert (second.status_code, second.json()["code"]) == (503, "saturated")
        assert int(second.headers["Retry-After"]) >= 1
        gate.open()
        assert (await first).status_code == 200
        assert (await client.post("/api/v1/align", **form())).status_code == 200


async def test_a_caller_that_breaks_off_ends_its_work():
    model = FakeModel(on_forward=(gate := Gate()))
    document = {"lyrics_text": "one\ntwo\nthree\nfour"}
    async with opened(model, max_batch_clips=1) as (client, runtime):
        request = client.build_request("POST", "/api/v1/align", **form(document))
        body = b"".join([piece async for piece in request.stream])  # pyright: ignore[reportGeneralTypeIssues]
        messages = [{"type": "http.request", "body": body, "more_body": False}]
        sent: list[dict[str, Any]] = []

        async def receive() -> dict[str, Any]:
            if messages:
                return messages.pop()
            assert await asyncio.to_thread(gate.reached.wait, 10)
            return {"type": "http.disconnect"}

        async def send(message: dict[str, Any]) -> None:
            sent.append(message)

        scope = {
            "type": "http",
            "method": "POST",
            "path": "/api/v1/align",
            "raw_path": b"/api/v1/align",
            "query_string": b"",
            "headers": [(name.lower(), value) for name, value in request.headers.raw],
        }
        await client._transport.app(scope, receive, send)  # pyright: ignore
        assert sent[0]["status"] == 499
        assert (runtime.batcher.waiting_clips, runtime.admission.open) == (0, 0)
        gate.open()
        assert 'sow_qwen3_requests_total{outcome="cancelled"} 1.0' in (await client.get("/metrics")).text
    assert len(model.batches) == 1


async def test_no_file_is_left_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    async with opened() as (client, _):
        await client.post("/api/v1/align", **form())
        await client.post("/api/v1/align", **form(audio=bytes(2_000_000)))
        assert list(tmp_path.iterdir()) == []


async def test_the_numbers_are_told():
    async with opened() as (client, _):
        await client.post("/api/v1/align", **form())
        await client.post("/api/v1/align", **form(audio=b"x"))
        numbers = (await client.get("/metrics")).text
    for line in (
        'sow_qwen3_requests_total{outcome="answered"} 1.0',
        'sow_qwen3_requests_total{outcome="audio_unreadable"} 1.0',
        "sow_qwen3_audio_seconds_total 4.0",
        "sow_qwen3_batch_clips_sum 2.0",
        "sow_qwen3_batch_padded_share_sum 0.0",
        "sow_qwen3_model_loaded 1.0",
        "sow_qwen3_clips_waiting 0.0",
    ):
        assert line in numbers.splitlines()


async def test_other_addresses_and_methods_are_problems_too():
    async with opened() as (client, _):
        assert (await client.get("/nowhere")).json()["code"] == "not_found"
        assert (await client.get("/api/v1/align")).json()["code"] == "method_not_allowed"


async def test_the_description_has_both_bodies_with_examples_and_every_reference_leads_somewhere():
    async with opened() as (client, _):
        described = (await client.get("/openapi.json")).json()
    operation = described["paths"]["/api/v1/align"]["post"]
    assert set(operation["requestBody"]["content"]) == {"application/json", "multipart/form-data"}
    schemas = described["components"]["schemas"]
    assert schemas["AlignRequest"]["examples"]
    assert schemas["AlignResponse"]["examples"]
    text = json.dumps(described)
    names = {part.split('"')[0] for part in text.split("#/components/schemas/")[1:]}
    assert names <= set(schemas)
    told = " ".join(answer["description"] for answer in operation["responses"].values())
    assert {code for code in PROBLEMS.kinds if f"`{code}`" not in told} == {"not_found", "method_not_allowed"}
