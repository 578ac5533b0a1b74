"""Processes of the service are killed in the middle of their work. Nothing is lost, and nothing shows twice."""

from __future__ import annotations

import time
import wave
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx2
import psutil
import pytest
from backends import Backend
from live import live, until_ended

from sow_analysis.settings import Settings

pytestmark = pytest.mark.slow


@pytest.fixture
def settings(settings_of: Callable[..., Settings], backend: Backend) -> Settings:
    return settings_of(backend, port=0)


def submit(client: httpx2.Client, audio_url: str, title: str) -> str:
    request = {
        "audio_url": audio_url,
        "lyrics_text": "One\nTwo\n",
        "song_title": title,
        "options": {"use_cache": False},
    }
    return client.post("/jobs/lrc", json=request).raise_for_status().json()["id"]


def upload(client: httpx2.Client, folder: Path) -> dict[str, Any]:
    path = folder / "tone.wav"
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, 8000, 0, "NONE", "NONE"))
        file.writeframes(b"\x10\x20" * 8000)
    return client.post("/audio", content=path.read_bytes()).raise_for_status().json()


def at_work(client: httpx2.Client, job_id: str) -> None:
    deadline = time.monotonic() + 60
    while client.get(f"/jobs/{job_id}").json()["stage"] != "align":
        assert time.monotonic() < deadline
        time.sleep(0.02)


def one_version_of_each(client: httpx2.Client, song: str, ids: list[str]) -> None:
    versions = client.get(f"/songs/{song}/lyrics/versions").json()["versions"]
    assert sorted(version["job_id"] for version in versions) == sorted(ids)


def test_jobs_of_a_service_that_was_killed_are_done_by_the_next_each_once(settings: Settings, tmp_path: Path):
    with live(settings, tmp_path) as first, first.client() as client:
        uploaded = upload(client, tmp_path)
        running = submit(client, uploaded["audio_url"], "fake:seconds=1")
        queued = [submit(client, uploaded["audio_url"], f"song {n}") for n in range(4)]
        at_work(client, running)
        children = psutil.Process(first.process.pid).children()
        first.kill()

    with live(settings, tmp_path) as second, second.client() as client:
        jobs = [until_ended(client, job_id) for job_id in (running, *queued)]
        assert {job["status"] for job in jobs} == {"completed"}
        assert jobs[0]["run"] == 2
        one_version_of_each(client, uploaded["content_hash"], [running, *queued])
        gone, _ = psutil.wait_procs(children, timeout=20)
        assert set(gone) == set(children)
        assert second.stop() == 0


def test_a_killed_workers_job_goes_to_the_service(settings: Settings, tmp_path: Path):
    with live(settings, tmp_path) as service, live(settings, tmp_path, "work") as worker, service.client() as client:
        uploaded = upload(client, tmp_path)
        long = submit(client, uploaded["audio_url"], "fake:seconds=4")
        at_work(client, long)
        ids = [long, *(submit(client, uploaded["audio_url"], f"fake:seconds=0.{n}") for n in range(4, 9))]
        worker.kill()
        jobs = [until_ended(client, job_id) for job_id in ids]

        assert {job["status"] for job in jobs} == {"completed"}
        one_version_of_each(client, uploaded["content_hash"], ids)


def test_a_cancelled_job_is_not_taken_up_after_a_restart(settings: Settings, tmp_path: Path):
    with live(settings, tmp_path) as first, first.client() as client:
        uploaded = upload(client, tmp_path)
        job_id = submit(client, uploaded["audio_url"], "fake:seconds=60")
        at_work(client, job_id)
        assert client.post(f"/jobs/{job_id}/cancel").json()["status"] == "cancelled"
        first.kill()

    with live(settings, tmp_path) as second, second.client() as client:
        other = submit(client, uploaded["audio_url"], "another")
        assert until_ended(client, other)["status"] == "completed"
        assert client.get(f"/jobs/{job_id}").json()["status"] == "cancelled"
        one_version_of_each(client, uploaded["content_hash"], [other])


def test_a_service_that_is_told_to_stop_ends_though_somebody_listens(settings: Settings, tmp_path: Path):
    with live(settings, tmp_path) as service, service.client() as client:
        uploaded = upload(client, tmp_path)
        job_id = submit(client, uploaded["audio_url"], "fake:seconds=60")
        at_work(client, job_id)
        with client.stream("GET", f"/jobs/{job_id}/events") as events:
            pieces = events.iter_raw()
            next(pieces)
            assert service.stop() == 0
            for _ in pieces:  # the stream was brought to its end, not cut
                pass
    assert "Traceback" not in service.log
    assert "stopped" in service.log.splitlines()[-1]
