"""Health, numbers, problems and the API's description of itself."""

from __future__ import annotations

import asyncio
import re
import shutil
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages

import httpx2
import pytest
from backends import Backend
from callers import Opener
from rough_server import Behaviour, rough_server, says

import sow_analysis
from song_audio.errors import CodedError
from sow_analysis.api.codes import PROBLEMS
from sow_web.problems import ProblemError

pytestmark = pytest.mark.anyio

_OF_JOBS = {
    "analysis_failed", "model_unavailable", "engine_unavailable", "worker_lost", "took_too_long", "lease_lost",
    "content_hash_mismatch", "storage_misconfigured", "object_key_invalid", "object_not_found", "service_exposed",
    "fetch_failed", "url_refused", "address_refused", "fetch_rejected", "fetch_too_large", "fetch_unavailable",
    "fetch_too_slow", "qwen3_unavailable", "qwen3_refused", "qwen3_answer_invalid", "answer_rejected",
    "captions_failed", "captions_missing", "youtube_failed", "youtube_rate_limit", "youtube_blocked",
    "youtube_unreachable", "youtube_too_slow", "youtube_unreadable", "youtube_paused",
    "api_failed", "api_misconfigured", "api_unavailable", "api_refused", "api_answer_unusable", "api_budget_spent",
    "api_paused", "music_models_unavailable", "music_models_failed", "music_models_answer_invalid",
}  # fmt: skip
"""Codes that no request is answered with: they end jobs, explain attempts, or keep the service from starting."""


async def test_it_is_there_and_ready(opened: Opener, backend: Backend):
    async with opened(backend) as client:
        health = await client.get("http://127.0.0.1/health")
        ready = await client.get("http://127.0.0.1/health/ready")

    assert health.json()["status"] == "ok"
    assert ready.status_code == 200, ready.text
    assert ready.json()["ready"]
    assert set(ready.json()["checks"]) == {"database", "queue", "storage"}


async def test_it_names_what_is_missing(client: httpx2.AsyncClient, tmp_path: Path):
    shutil.rmtree(tmp_path)
    ready = await client.get("http://127.0.0.1/health/ready")

    assert ready.status_code == 503
    assert not ready.json()["checks"]["storage"]["ok"]
    assert ready.json()["checks"]["storage"]["detail"]
    assert (await client.get("http://127.0.0.1/health")).status_code == 200
    tmp_path.mkdir()


@pytest.mark.parametrize(
    ("answer", "ok", "detail"),
    [
        (says({"status": "ready"}), True, None),
        (says({"status": "loading"}, 503), False, "not ready: loading"),
        (says(b"hello"), False, "no Qwen3 alignment server"),
    ],
)
async def test_it_tells_of_its_qwen3_server_and_is_ready_without_it(
    opened: Opener, answer: Behaviour, ok: bool, detail: str | None
):
    with rough_server() as server:
        server.does(answer)
        async with opened(qwen3_url=server.url, qwen3_api_key="s3cret-key") as client:
            ready = await client.get("http://127.0.0.1/health/ready")

    check = ready.json()["checks"]["qwen3"]
    assert (ready.status_code, ready.json()["ready"]) == (200, True)
    assert (check["ok"], check["optional"]) == (ok, True)
    assert (detail or "") in (check["detail"] or "")
    assert "s3cret-key" not in ready.text


@pytest.mark.parametrize(
    ("status", "ok", "detail"),
    [(200, True, None), (404, True, None), (401, False, "does not accept the key"), (503, False, "status 503")],
)
async def test_it_tells_of_its_api_servers_asks_them_seldom_and_is_ready_without_them(
    opened: Opener, status: int, ok: bool, detail: str | None
):
    with rough_server() as server:
        server.does(says({"data": []}, status))
        api = {"llm_url": f"{server.url}/v1", "llm_key": "s3cret-key", "llm_model": "m"}
        async with opened(**api) as client:
            first, second = [await client.get("http://127.0.0.1/health/ready") for _ in range(2)]

    assert first.json()["checks"]["llm"] == second.json()["checks"]["llm"]
    check = first.json()["checks"]["llm"]
    assert (first.status_code, check["ok"], check["optional"]) == (200, ok, True)
    assert (detail or "") in (check["detail"] or "")
    assert "s3cret-key" not in first.text
    assert len(server.received) == 1


async def test_its_numbers_tell_of_open_jobs_and_of_the_event_loop(client: httpx2.AsyncClient):
    await client.post("/jobs/lrc", json={"audio_url": "https://example.org/a.mp3", "lyrics_text": "word"})
    await asyncio.sleep(0.15)
    numbers = (await client.get("http://127.0.0.1/metrics")).text

    assert 'sow_jobs_open{kind="lrc",status="queued"} 1.0' in numbers
    assert 'sow_jobs_submitted_total{created="true",kind="lrc"} 1.0' in numbers
    assert not re.search(r"sow_event_loop_lag_seconds_count 0\.0", numbers)


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/nowhere", 404, "not_found"),
        ("DELETE", "/jobs", 405, "method_not_allowed"),
        ("GET", "/jobs/not-an-id", 422, "request_invalid"),
        ("GET", "/jobs?limit=0", 422, "request_invalid"),
    ],
)
async def test_every_problem_has_a_code(client: httpx2.AsyncClient, method: str, path: str, status: int, code: str):
    answer = await client.request(method, path)

    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.status_code == answer.json()["status"] == status
    assert answer.json()["code"] == code
    assert answer.json()["title"] == PROBLEMS.kinds[code].title


async def test_json_that_cannot_be_read_is_a_problem_and_does_not_come_back(client: httpx2.AsyncClient):
    headers = {"Content-Type": "application/json"}
    answer = await client.post("/jobs/lrc", content=b'{"lyrics_text": "my secret song', headers=headers)

    assert answer.json()["code"] == "request_invalid"
    assert "my secret song" not in answer.text


async def test_an_error_that_nobody_foresaw_keeps_its_text_to_itself(opened: Opener, monkeypatch: pytest.MonkeyPatch):
    async def broken(*_: object, **__: object) -> None:
        raise RuntimeError("postgresql://user:password@host")

    monkeypatch.setattr("sow_analysis.jobs.store.JobStore.list", broken)
    async with opened() as client:
        answer = await client.get("/jobs")

    assert (answer.status_code, answer.json()["code"]) == (500, "internal_error")
    assert "password" not in answer.text


def test_every_error_of_the_service_has_a_kind_of_problem_or_ends_jobs():
    for module in walk_packages(sow_analysis.__path__, "sow_analysis."):
        if not module.name.endswith("__main__") and ".migrations" not in module.name:
            import_module(module.name)

    def codes(kind: type[CodedError]) -> set[str]:
        return {kind.code}.union(*(codes(each) for each in kind.__subclasses__()))

    assert codes(CodedError) - {CodedError.code} - set(PROBLEMS.kinds) == _OF_JOBS
    assert ProblemError("not_found").code in PROBLEMS.kinds


async def test_the_description_is_complete(client: httpx2.AsyncClient):
    document = (await client.get("http://127.0.0.1/openapi.json")).json()
    operations = {
        (method.upper(), path): operation
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    }

    assert set(operations) == {
        ("POST", "/api/v1/audio"),
        ("POST", "/api/v1/jobs/lrc"),
        ("POST", "/api/v1/jobs/analyze"),
        ("GET", "/api/v1/jobs"),
        ("GET", "/api/v1/jobs/{job_id}"),
        ("GET", "/api/v1/jobs/{job_id}/events"),
        ("POST", "/api/v1/jobs/{job_id}/cancel"),
        ("GET", "/api/v1/songs/{content_hash}/lyrics.{format_name}"),
        ("PUT", "/api/v1/songs/{content_hash}/lyrics"),
        ("GET", "/api/v1/songs/{content_hash}/lyrics/versions"),
        ("GET", "/api/v1/songs/{content_hash}/analysis"),
        ("GET", "/api/v1/songs/{content_hash}/analysis.jams"),
        ("GET", "/api/v1/songs/{content_hash}/stems"),
        ("GET", "/api/v1/songs/{content_hash}/stems/{name}"),
        ("GET", "/health"),
        ("GET", "/health/ready"),
        ("GET", "/metrics"),
    }
    for name, operation in operations.items():
        assert operation["description"], name
        for status, answer in operation["responses"].items():
            if int(status) >= 400 and name[1] != "/health/ready":
                assert list(answer["content"]) == ["application/problem+json"], (name, status)
    schemas = document["components"]["schemas"]
    for name in ("LrcJobRequest", "JobDocument", "UploadDocument", "VersionDocument", "Problem"):
        assert schemas[name]["examples"], name
