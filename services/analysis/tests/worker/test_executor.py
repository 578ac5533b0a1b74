"""Jobs from their submission to the song's lyrics, without HTTP."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, suppress
from pathlib import Path
from typing import Any

import psutil
import pytest
from backends import Backend
from fake_youtube import VIDEO, VIDEO_URL, FakeTrack, FakeVideo, FakeYouTube, Fault, Place, json3

from sow_analysis.fetching import upload_url
from sow_analysis.jobs import Job, JobKind, JobStatus
from sow_analysis.runtime import Runtime, open_runtime
from sow_analysis.settings import Settings
from sow_analysis.songs import LyricsNotFoundError, Origin, Recording
from sow_analysis.songs.lyrics import Condition
from sow_analysis.storage import keys

pytestmark = pytest.mark.anyio

AUDIO = b"not really a recording, which the fake does not mind"
SONG = hashlib.sha256(AUDIO).hexdigest()
LYRICS = "Morning light is breaking\nOver sea and stone\n"
EDIT = json.dumps({"version": 1, "lines": [{"text": "by hand", "start": 1.0, "end": 2.0}]})

Open = Callable[..., Any]


@pytest.fixture
async def open_one(backend: Backend, settings_of: Callable[..., Settings]) -> AsyncIterator[Open]:
    """Opens one process of the service after another; all share what they keep."""
    async with AsyncExitStack() as stack:

        async def open_it(**others: Any) -> Runtime:
            runtime = await stack.enter_async_context(open_runtime(settings_of(backend, **others)))
            await runtime.storage.put(keys.audio(SONG, "wav"), AUDIO)
            await runtime.recordings.add(Recording(SONG, keys.audio(SONG, "wav"), len(AUDIO), 1.0))
            return runtime

        yield open_it


async def submit(runtime: Runtime, title: str = "a song", **others: Any) -> str:
    request = {"audio_url": upload_url(SONG), "lyrics_text": LYRICS, "song_title": title, "options": {}} | others
    return (await runtime.jobs.submit(JobKind.LRC, request, SONG)).job.id


async def until(runtime: Runtime, job_id: str, *statuses: JobStatus) -> Job:
    async with asyncio.timeout(30):
        while (job := await runtime.jobs.get(job_id)).status not in statuses:
            await asyncio.sleep(0.02)
    return job


async def until_ended(runtime: Runtime, job_id: str) -> Job:
    return await until(runtime, job_id, JobStatus.COMPLETED, JobStatus.FAILED, JobStatus.CANCELLED)


async def copies(runtime: Runtime, *names: str) -> list[str]:
    async with asyncio.timeout(30):
        while not all([await runtime.storage.exists(f"{SONG}/{name}") for name in names]):
            await asyncio.sleep(0.02)
    return await runtime.storage.list(SONG)


async def test_a_job_becomes_the_songs_lyrics_with_copies_in_the_storage(open_one: Open):
    runtime = await open_one()
    job_id = await submit(runtime)
    async with runtime.working():
        job = await until_ended(runtime, job_id)
        await copies(runtime, "lyrics.json", "lyrics.lrc", "versions/1.json")

    assert job.status is JobStatus.COMPLETED, job.error
    assert job.result
    assert job.result["version"] == 1
    assert job.engines[0]["engine"] == "fake"
    assert job.content_hash == SONG
    version = await runtime.lyrics.get(SONG)
    assert (version.info.origin, version.info.job_id, version.info.etag) == (Origin.JOB, job_id, job.result["etag"])
    assert "Morning light is breaking" in (await runtime.storage.get(f"{SONG}/lyrics.lrc")).decode()
    assert (await runtime.storage.get(f"{SONG}/versions/1.json")).decode() == version.document


async def test_a_failure_that_stays_is_told_at_once(open_one: Open):
    runtime = await open_one()
    async with runtime.working():
        job = await until_ended(runtime, await submit(runtime, "fake:silent"))

    assert (job.status, job.attempt) == (JobStatus.FAILED, 1)
    assert job.error
    assert job.error.code == "audio_silent"


@pytest.mark.parametrize(
    ("title", "code"), [("fake:crash", "engine_crashed"), ("fake:unavailable", "model_unavailable")]
)
async def test_a_failure_that_can_pass_is_tried_three_times(open_one: Open, title: str, code: str):
    runtime = await open_one()
    async with runtime.working():
        job = await until_ended(runtime, await submit(runtime, title))

    assert (job.status, job.attempt, job.failures) == (JobStatus.FAILED, 3, 3)
    assert job.error
    assert job.error.code == code


async def test_a_recording_that_is_not_there_or_another_one_fails_the_job(open_one: Open):
    runtime = await open_one()
    async with runtime.working():
        absent = await until_ended(runtime, await submit(runtime, audio_url=upload_url("b" * 64)))
        other = await until_ended(runtime, await submit(runtime, content_hash="c" * 64))
        private = await until_ended(runtime, await submit(runtime, audio_url="http://127.0.0.1:1/a.mp3"))

    codes = [job.error and job.error.code for job in (absent, other, private)]
    assert codes == ["object_not_found", "content_hash_mismatch", "address_refused"]


async def test_an_analysis_of_what_is_no_recording_fails_at_once_beside_a_job_for_lyrics(open_one: Open):
    runtime = await open_one(lrc_concurrency=1)
    lyrics = await submit(runtime, "fake:seconds=60")
    analysis = (await runtime.jobs.submit(JobKind.ANALYZE, {"audio_url": upload_url(SONG), "options": {}}, SONG)).job
    async with runtime.working():
        await at_work(runtime, lyrics)
        failed = await until_ended(runtime, analysis.id)
        await runtime.jobs.cancel(lyrics)

    assert (failed.status, failed.attempt) == (JobStatus.FAILED, 1)
    assert failed.error
    assert failed.error.code == "audio_unreadable"


async def test_a_job_that_takes_too_long_is_stopped(open_one: Open):
    runtime = await open_one(job_seconds=0.5)
    async with runtime.working():
        job = await until_ended(runtime, await submit(runtime, "fake:seconds=60"))

    assert job.error
    assert job.error.code == "took_too_long"
    assert not engines()


async def test_to_cancel_a_job_kills_its_engine_and_leaves_no_lyrics(open_one: Open):
    runtime = await open_one()
    job_id = await submit(runtime, "fake:seconds=60")
    async with runtime.working():
        await at_work(runtime, job_id)
        await runtime.jobs.cancel(job_id)
        await no_engines()
        assert (await runtime.jobs.get(job_id)).status is JobStatus.CANCELLED
    with pytest.raises(LyricsNotFoundError):
        await runtime.lyrics.get(SONG)


async def test_a_job_that_another_process_cancels_is_stopped_as_well(open_one: Open):
    runtime, other = await open_one(), await open_one()
    job_id = await submit(runtime, "fake:seconds=60")
    async with runtime.working():
        await at_work(runtime, job_id)
        await other.jobs.cancel(job_id)
        await no_engines()
        assert (await runtime.jobs.get(job_id)).status is JobStatus.CANCELLED


async def test_when_the_service_stops_a_running_job_is_given_back_and_done_by_the_next(open_one: Open):
    first = await open_one()
    job_id = await submit(first, "fake:seconds=1.5")
    async with first.working():
        await at_work(first, job_id)
    back = await first.jobs.get(job_id)
    assert (back.status, back.lost_leases, back.failures) == (JobStatus.QUEUED, 0, 0)

    second = await open_one()
    async with second.working():
        job = await until_ended(second, job_id)
    assert (job.status, job.attempt) == (JobStatus.COMPLETED, 2)


async def test_two_workers_do_each_job_once(open_one: Open):
    runtimes = [await open_one(), await open_one()]
    ids = [await submit(runtimes[0], f"song {n}") for n in range(12)]
    async with runtimes[0].working(), runtimes[1].working():
        jobs = [await until_ended(runtimes[0], job_id) for job_id in ids]

    assert {job.status for job in jobs} == {JobStatus.COMPLETED}
    versions = await runtimes[0].lyrics.list(SONG)
    assert sorted(info.number for info in versions) == list(range(1, 13))
    assert {info.job_id for info in versions} == set(ids)


async def test_a_job_does_not_overwrite_a_hand_edit_unless_told_to(open_one: Open):
    runtime = await open_one()
    edit = await runtime.lyrics.put_edit(SONG, EDIT, Condition())
    async with runtime.working():
        polite = await until_ended(runtime, await submit(runtime))
        assert (await runtime.lyrics.get(SONG)).info.number == edit.number
        forced = await until_ended(runtime, await submit(runtime, options={"force": True}))

    assert polite.result
    assert (polite.result["version"], polite.result["is_current"]) == (2, False)
    assert "edited by hand" in polite.warnings[0]
    assert forced.result
    assert forced.result["is_current"]
    assert (await runtime.lyrics.get(SONG)).info.number == 3
    assert (await runtime.lyrics.get(SONG, 1)).document == EDIT


async def test_what_was_worked_out_before_is_not_worked_out_again_unless_asked(open_one: Open):
    runtime = await open_one()
    async with runtime.working():
        for options in ({}, {}, {"use_cache": False}, {"language": "fr"}):
            await until_ended(runtime, await submit(runtime, options=options))

    counted = runtime.metrics.exposition({}).decode()
    assert 'sow_cache_lookups_total{cache="result",result="hit"} 1.0' in counted
    assert 'sow_cache_lookups_total{cache="result",result="miss"} 2.0' in counted
    assert 'sow_engine_turns_total{engine="fake",outcome="served",step="align"} 3.0' in counted


async def test_a_result_without_a_qwen3_server_is_not_found_once_one_is_configured(open_one: Open):
    plain, better = await open_one(), await open_one(qwen3_url="http://gpu.example:8001", qwen3_api_key="s3cret-key")
    async with plain.working():
        await until_ended(plain, await submit(plain))
    async with better.working():
        first = await until_ended(better, await submit(better))
        again = await until_ended(better, await submit(better))
        unwanted = await until_ended(better, await submit(better, options={"use_qwen3": False}))
        other = await until_ended(better, await submit(better, options={"engines": ["fake"]}))

    assert [[turn["engine"] for turn in job.engines] for job in (first, again, unwanted)] == [
        ["qwen3", "fake"],
        ["qwen3", "fake"],
        ["fake"],
    ]
    assert other.status is JobStatus.COMPLETED
    counted = better.metrics.exposition({}).decode()
    assert 'sow_cache_lookups_total{cache="result",result="hit"} 2.0' in counted  # again, and what was made without


async def test_the_key_of_the_qwen3_server_reaches_the_engine_and_no_row_or_command_line(open_one: Open):
    runtime = await open_one(qwen3_url="http://gpu.example:8001", qwen3_api_key="s3cret-key")
    job_id = await submit(runtime, "fake:seconds=1")
    async with runtime.working():
        await at_work(runtime, job_id)
        assert "s3cret-key" not in " ".join(part for engine in engines() for part in engine.cmdline())
        job = await until_ended(runtime, job_id)

    assert job.engines[0]["engine"] == "qwen3"
    assert "s3cret-key" not in repr(job)


LOCAL = pytest.mark.parametrize("backend", ["local"], indirect=True)
"""For what has nothing to do with databases and stores."""


@pytest.fixture
def youtube() -> Iterator[FakeYouTube]:
    with FakeYouTube() as youtube:
        youtube.videos[VIDEO] = FakeVideo([FakeTrack("en", json3((1.0, 2.0, "Morning light is breaking")))])
        yield youtube


@LOCAL
async def test_captions_are_fetched_by_the_service_and_only_for_results_that_are_not_kept(
    open_one: Open, youtube: FakeYouTube
):
    runtime = await open_one(youtube_base_url=youtube.url, youtube_spacing_seconds=0)
    async with runtime.working():
        jobs = [await until_ended(runtime, await submit(runtime, youtube_url=VIDEO_URL)) for _ in range(2)]
        without = await until_ended(runtime, await submit(runtime))
        forced = await until_ended(
            runtime, await submit(runtime, youtube_url=VIDEO_URL, options={"force_whisper": True})
        )

    turns = [[(turn["engine"], turn["outcome"]) for turn in job.engines] for job in (*jobs, without, forced)]
    assert turns == [[("youtube-captions", "served"), ("fake", "served")]] * 2 + [[("fake", "served")]] * 2
    assert youtube.places() == [Place.WATCH, Place.PLAYER, Place.TRACK]
    counted = runtime.metrics.exposition({}).decode()
    assert 'sow_cache_lookups_total{cache="result",result="hit"} 2.0' in counted  # the second, and the last


@LOCAL
async def test_a_result_without_captions_that_may_come_back_is_not_kept(open_one: Open, youtube: FakeYouTube):
    runtime = await open_one(youtube_base_url=youtube.url, youtube_spacing_seconds=0)
    youtube.fail(Place.WATCH, Fault.FORBIDDEN)
    async with runtime.working():
        first = await until_ended(runtime, await submit(runtime, youtube_url=VIDEO_URL))
        youtube.recover()
        second = await until_ended(runtime, await submit(runtime, youtube_url=VIDEO_URL))

    assert [job.engines[0]["outcome"] for job in (first, second)] == ["unavailable", "served"]
    assert "refuses to answer this machine" in first.engines[0]["reason"]


@LOCAL
async def test_captions_that_are_switched_off_are_not_fetched(open_one: Open, youtube: FakeYouTube):
    runtime = await open_one(youtube_base_url=youtube.url, youtube_captions=False)
    async with runtime.working():
        job = await until_ended(runtime, await submit(runtime, youtube_url=VIDEO_URL))

    assert [turn["engine"] for turn in job.engines] == ["fake"]
    assert not youtube.asked


@LOCAL
async def test_a_job_that_waits_for_youtube_can_be_cancelled(open_one: Open, youtube: FakeYouTube):
    runtime = await open_one(youtube_base_url=youtube.url, youtube_spacing_seconds=0)
    youtube.fail(Place.WATCH, Fault.HANG)
    job_id = await submit(runtime, youtube_url=VIDEO_URL)
    async with runtime.working():
        async with asyncio.timeout(30):
            while not youtube.asked:
                await asyncio.sleep(0.02)
        await runtime.jobs.cancel(job_id)
        job = await until_ended(runtime, job_id)
        assert (await until_ended(runtime, await submit(runtime, "another"))).status is JobStatus.COMPLETED

    assert job.status is JobStatus.CANCELLED


@LOCAL
async def test_results_are_kept_apart_by_the_language_model_that_may_be_asked(open_one: Open):
    llm = {"llm_url": "http://gpu.example/v1", "llm_key": "s3cret-key"}
    plain, one, two = await open_one(), await open_one(**llm, llm_model="one"), await open_one(**llm, llm_model="two")
    turns: list[list[str]] = []
    for runtime, options in ((plain, [{}]), (two, [{}]), (one, [{}, {"llm_model": "two"}])):
        async with runtime.working():
            for chosen in options:
                job = await until_ended(runtime, await submit(runtime, options=chosen))
                turns.append([turn["engine"] for turn in job.engines])
                assert "s3cret-key" not in repr(job)

    assert turns == [["fake"], ["llm", "fake"], ["llm", "fake"], ["llm", "fake"]]
    assert 'cache="result",result="hit"' not in two.metrics.exposition({}).decode()
    assert 'cache="result",result="hit"} 1.0' in one.metrics.exposition({}).decode()


async def test_a_recording_that_was_heard_before_is_not_heard_again_with_other_lyrics(open_one: Open):
    runtime = await open_one()
    async with runtime.working():
        for title, options in (("one", {}), ("two", {}), ("three", {"use_cache": False})):
            await until_ended(runtime, await submit(runtime, title, options=options))

    counted = runtime.metrics.exposition({}).decode()
    assert 'sow_cache_lookups_total{cache="transcription",result="hit"} 1.0' in counted
    assert 'sow_cache_lookups_total{cache="transcription",result="miss"} 1.0' in counted


async def test_a_recording_from_elsewhere_is_kept_as_if_it_had_been_uploaded(
    open_one: Open, monkeypatch: pytest.MonkeyPatch
):
    other = b"another recording"
    content_hash = hashlib.sha256(other).hexdigest()

    async def fetch(_runtime: Runtime, _url: str, destination: Path) -> str:
        destination.write_bytes(other)
        return content_hash

    monkeypatch.setattr(Runtime, "fetch", fetch)
    runtime = await open_one()
    async with runtime.working():
        failed = await until_ended(runtime, await submit(runtime, "fake:silent", audio_url="https://a.example/a.mp3"))
        assert await runtime.recordings.find(content_hash) is None
        job = await until_ended(runtime, await submit(runtime, audio_url="https://a.example/x/b.MP3?key=secret"))

    assert failed.error
    assert failed.error.message.startswith("The file is silent")
    assert job.status is JobStatus.COMPLETED
    assert await runtime.storage.get(f"{content_hash}/audio.mp3") == other
    kept = await runtime.recordings.get(content_hash)
    assert (kept.storage_key, kept.size, kept.duration) == (f"{content_hash}/audio.mp3", len(other), 4.0)


async def test_copies_that_a_crash_left_unwritten_are_written_by_a_sweep(open_one: Open):
    runtime = await open_one()
    await runtime.lyrics.put_edit(SONG, EDIT, Condition())
    assert f"{SONG}/lyrics.lrc" not in await runtime.storage.list(SONG)
    async with runtime.working():
        written = await copies(runtime, "lyrics.lrc", "versions/1.json")
        async with asyncio.timeout(30):
            while await runtime.lyrics.unpublished():
                await asyncio.sleep(0.02)

    assert f"{SONG}/lyrics.json" in written


async def at_work(runtime: Runtime, job_id: str) -> None:
    """Wait until the job's engine has something to tell."""
    async with asyncio.timeout(30):
        while (await runtime.jobs.get(job_id)).stage != "align":
            await asyncio.sleep(0.02)
    assert engines()


def engines() -> list[psutil.Process]:
    found: list[psutil.Process] = []
    for child in psutil.Process().children():
        with suppress(psutil.NoSuchProcess):  # it has just ended
            found += [child] if "sow_analysis.child" in child.cmdline() else []
    return found


async def no_engines() -> None:
    async with asyncio.timeout(20):
        while engines():
            await asyncio.sleep(0.02)
