"""Jobs through the door."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx2
import pytest
from backends import Backend
from callers import Opener

pytestmark = pytest.mark.anyio

LYRICS = "Morning light is breaking\nOver sea and stone\n"
URL = "https://example.org/song.mp3"


async def upload(client: httpx2.AsyncClient, recording: bytes) -> dict[str, Any]:
    return (await client.post("/audio", content=recording, headers={"X-Filename": "a.wav"})).json()


async def submit(client: httpx2.AsyncClient, **others: Any) -> httpx2.Response:
    return await client.post("/jobs/lrc", json={"audio_url": URL, "lyrics_text": LYRICS} | others)


async def until_ended(client: httpx2.AsyncClient, job_id: str) -> dict[str, Any]:
    async with asyncio.timeout(30):
        while (job := (await client.get(f"/jobs/{job_id}")).json())["finished_at"] is None:
            await asyncio.sleep(0.05)
    return job


async def test_a_song_goes_the_whole_way(opened: Opener, backend: Backend, recording: bytes):
    async with opened(backend, working=True) as client:
        uploaded = await upload(client, recording)
        answer = await submit(client, audio_url=uploaded["audio_url"], song_title="Morning Light")
        assert answer.status_code == 202
        assert answer.headers["location"] == f"/api/v1/jobs/{answer.json()['id']}"
        job = await until_ended(client, answer.json()["id"])

        assert job["status"] == "completed", job["error"]
        assert job["attempts"][0]["engine"] == "fake"
        assert (job["progress"], job["run"], job["error"]) == (1.0, 1, None)
        lyrics = await client.get(f"/songs/{uploaded['content_hash']}/lyrics.lrc")
        assert "[00:02.00]Over sea and stone" in lyrics.text
        assert lyrics.headers["etag"] == job["result"]["etag"]
        assert (await client.get(job["result"]["lyrics_url"].removeprefix("/api/v1"))).text == lyrics.text


async def test_the_same_request_gives_the_same_job(client: httpx2.AsyncClient):
    first, again, other = await submit(client), await submit(client), await submit(client, song_title="x")

    assert first.json()["id"] == again.json()["id"] != other.json()["id"]
    assert first.json()["status"] == "queued"


async def test_a_label_is_shown_and_makes_no_other_job(client: httpx2.AsyncClient):
    first, again = await submit(client, label="a.mp3"), await submit(client, label="b.mp3")

    assert first.json()["id"] == again.json()["id"]
    assert [job["label"] for job in (await client.get("/jobs")).json()["jobs"]] == ["a.mp3"]
    assert (await client.get(f"/jobs/{first.json()['id']}")).json()["song_title"] is None


async def test_a_cancelled_job_stays_so_and_an_ended_one_cannot_be_cancelled(opened: Opener, recording: bytes):
    async with opened(working=True) as client:
        url = (await upload(client, recording))["audio_url"]
        long = (await submit(client, audio_url=url, song_title="fake:seconds=60")).json()["id"]
        for _ in range(2):
            answer = await client.post(f"/jobs/{long}/cancel")
            assert (answer.status_code, answer.json()["status"]) == (200, "cancelled")
        short = (await submit(client, audio_url=url)).json()["id"]
        await until_ended(client, short)
        answer = await client.post(f"/jobs/{short}/cancel")
        assert (answer.status_code, answer.json()["code"]) == (409, "job_finished")
        assert (await client.get(f"/jobs/{long}")).json()["status"] == "cancelled"


async def test_jobs_are_listed_newest_first_page_by_page(client: httpx2.AsyncClient):
    ids = [(await submit(client, song_title=str(n))).json()["id"] for n in range(5)]
    first = (await client.get("/jobs", params={"limit": 3})).json()
    rest = (await client.get("/jobs", params={"limit": 3, "after": first["next"]})).json()

    assert [job["id"] for job in first["jobs"] + rest["jobs"]] == sorted(ids, reverse=True)
    assert rest["next"] is None
    assert (await client.get("/jobs", params={"status": "completed"})).json() == {"jobs": [], "next": None}


async def test_when_too_many_jobs_are_open_callers_are_asked_to_come_back(opened: Opener):
    async with opened(max_queue_depth=2) as client:
        answers = [await submit(client, song_title=str(n)) for n in range(3)]

    assert [answer.status_code for answer in answers] == [202, 202, 429]
    assert answers[2].json()["code"] == "queue_full"
    assert int(answers[2].headers["retry-after"]) > 0


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"lyrics_text": ""}, 422, "request_invalid"),
        ({"lyrics_text": " \n "}, 422, "lyrics_unusable"),
        ({"lyrics_text": "[Chorus]\n"}, 422, "lyrics_unusable"),
        ({"lyrics_text": "la " * 50_000}, 413, "too_large"),
        ({"lyrics_text": "la\n" * 2_000_000}, 413, "too_large"),
        ({"audio_url": "file:///etc/passwd"}, 422, "request_invalid"),
        ({"audio_url": "song.mp3"}, 422, "request_invalid"),
        ({"audio_url": "http://[::1"}, 422, "request_invalid"),
        ({"audio_url": f"sow://audio/{'a' * 64}"}, 422, "recording_not_found"),
        ({"content_hash": "../" * 20}, 422, "request_invalid"),
        ({"youtube_url": "https://evil.example/watch?v=dQw4w9WgXcQ"}, 422, "request_invalid"),
        ({"youtube_url": "https://youtube.com.evil.example/watch?v=dQw4w9WgXcQ"}, 422, "request_invalid"),
        ({"youtube_url": "https://www.youtube.com/watch?v=short"}, 422, "request_invalid"),
        ({"options": {"speed": 11}}, 422, "request_invalid"),
        ({"options": {"language": "klingon!"}}, 422, "request_invalid"),
        ({"options": {"whisper_model": "../../secret"}}, 422, "request_invalid"),
        ({"unknown": 1}, 422, "request_invalid"),
    ],
)
async def test_a_request_that_cannot_work_is_refused_at_the_door(
    client: httpx2.AsyncClient, change: dict[str, Any], status: int, code: str
):
    answer = await submit(client, **change)

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.headers["content-type"] == "application/problem+json"
    assert (await client.get("/jobs")).json()["jobs"] == []


@pytest.mark.parametrize(
    "url",
    [
        "https://youtu.be/dQw4w9WgXcQ?t=3",
        "https://www.youtube.com/watch?list=x&v=dQw4w9WgXcQ",
        "https://m.youtube.com/shorts/dQw4w9WgXcQ",
    ],
)
async def test_the_address_of_a_video_is_taken_in_any_form(client: httpx2.AsyncClient, url: str):
    first = await submit(client, youtube_url=url)
    again = await submit(client, youtube_url="https://www.youtube.com/watch?v=dQw4w9WgXcQ")

    assert first.json()["id"] == again.json()["id"]


async def test_secrets_in_an_address_are_not_shown(client: httpx2.AsyncClient):
    url = "https://user:password@example.org/song.mp3?X-Amz-Signature=secret#fragment"
    job = (await submit(client, audio_url=url)).json()

    assert job["audio_url"] == "https://example.org/song.mp3"
    for path in (f"/jobs/{job['id']}", "/jobs"):
        text = (await client.get(path)).text
        assert "password" not in text
        assert "secret" not in text


async def test_the_story_of_a_job_comes_as_events_and_goes_on_where_it_broke_off(opened: Opener, recording: bytes):
    async with opened(working=True) as client:
        url = (await upload(client, recording))["audio_url"]
        job_id = (await submit(client, audio_url=url, song_title="fake:seconds=1")).json()["id"]
        whole = await client.get(f"/jobs/{job_id}/events")
        events = [dict(line.split(": ", 1) for line in part.splitlines()) for part in whole.text.strip().split("\n\n")]
        rest = await client.get(f"/jobs/{job_id}/events", headers={"Last-Event-ID": events[1]["id"]})
        nothing_more = await client.get(f"/jobs/{job_id}/events", headers={"Last-Event-ID": events[-1]["id"]})

    assert whole.headers["content-type"].startswith("text/event-stream")
    assert '"completed"' in events[-1]["data"]
    assert "progress" in {event["event"] for event in events}
    assert [int(event["id"]) for event in events] == sorted(int(event["id"]) for event in events)
    assert whole.text.endswith(rest.text)
    assert rest.text.count("event: ") == len(events) - 2
    assert nothing_more.text == ""


async def test_a_failed_job_says_why(opened: Opener, recording: bytes):
    async with opened(working=True) as client:
        url = (await upload(client, recording))["audio_url"]
        job_id = (await submit(client, audio_url=url, song_title="fake:silent")).json()["id"]
        job = await until_ended(client, job_id)
        events = await client.get(f"/jobs/{job_id}/events")

    assert job["status"] == "failed"
    assert job["error"]["code"] == "audio_silent"
    assert "audio_silent" in events.text


@pytest.mark.parametrize("path", ["", "/events", "/cancel"])
async def test_a_job_that_is_not_there_is_not_found(client: httpx2.AsyncClient, path: str):
    method = "POST" if path == "/cancel" else "GET"
    answer = await client.request(method, f"/jobs/{'0' * 32}{path}")

    assert (answer.status_code, answer.json()["code"]) == (404, "job_not_found")
