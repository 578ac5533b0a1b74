"""Engine processes: kept warm, killed to stop their work, and never outliving their parent."""

from __future__ import annotations

import asyncio
import sys
import wave
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import psutil
import pytest

from sow_analysis.jobs.errors import EngineCrashedError
from sow_analysis.worker import Engine, EngineFailedError, EnginePool

pytestmark = pytest.mark.anyio

PARENT = """
import asyncio, os, signal
from sow_analysis.worker import Engine
async def main():
    engine = await Engine.start()
    print(engine.pid, flush=True)
    arguments = dict(pipeline="sow_analysis.testing:fake_generate_lrc", audio="a", lyrics_text="word",
                     title="fake:seconds=60", options={}, max_seconds=1e9)
    await engine.run("time_lyrics", arguments, lambda stage, share: print(stage, flush=True))
asyncio.run(main())
"""


def song(title: str = "", **others: Any) -> dict[str, Any]:
    return {
        "pipeline": "sow_analysis.testing:fake_generate_lrc", "audio": "a.wav", "lyrics_text": "One word\nAnd another",
        "title": title, "options": {}, "max_seconds": 1e9,
    } | others  # fmt: skip


def nothing(_stage: str, _share: float) -> None:
    pass


@pytest.fixture
async def pool() -> AsyncIterator[EnginePool]:
    pool = EnginePool(max_jobs=3)
    yield pool
    await pool.close()


async def gone(pid: int) -> None:
    async with asyncio.timeout(20):
        while psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE:
            await asyncio.sleep(0.02)


async def pid_of(pool: EnginePool) -> int:
    async with pool.engine() as engine:
        return engine.pid


async def test_a_process_is_kept_for_the_next_song_and_replaced_after_so_many(pool: EnginePool):
    pids: list[int] = []
    for _ in range(4):
        async with pool.engine() as engine:
            pids.append(engine.pid)
            result = await engine.run("time_lyrics", song(), nothing)
            assert [line["text"] for line in result["lyrics"]["lines"]] == ["One word", "And another"]

    assert pids[0] == pids[1] == pids[2] != pids[3]


async def test_progress_comes_while_the_work_goes_on(pool: EnginePool):
    told: list[tuple[str, float]] = []
    await pool.run("time_lyrics", song("fake:seconds=0.4"), lambda stage, share: told.append((stage, share)))

    assert [stage for stage, _ in told][:2] == ["decode", "align"]
    assert len(told) > 3


async def test_options_reach_the_pipeline_and_those_that_it_does_not_know_are_left_out(pool: EnginePool):
    options = {"language": "fr", "engines": ["fake"], "youtube_url": None, "force": True}
    result = await pool.run("time_lyrics", song(options=options), nothing)

    assert result["lyrics"]["language"] == "fr"


@pytest.mark.parametrize(
    ("title", "code", "can_pass"),
    [
        ("fake:silent", "audio_silent", False),
        ("fake:unavailable", "model_unavailable", True),
        ("fake:bug", "internal_error", False),
    ],
)
async def test_an_error_of_the_work_is_told_and_the_process_lives_on(
    pool: EnginePool, title: str, code: str, can_pass: bool
):
    before = await pid_of(pool)
    with pytest.raises(EngineFailedError) as raised:
        await pool.run("time_lyrics", song(title), nothing)

    assert (raised.value.failure.code, raised.value.failure.can_pass) == (code, can_pass)
    assert "secret" not in raised.value.failure.message
    assert await pid_of(pool) == before


async def test_lyrics_without_words_are_the_callers_fault(pool: EnginePool):
    with pytest.raises(EngineFailedError) as raised:
        await pool.run("time_lyrics", song(lyrics_text="[Chorus]"), nothing)

    assert raised.value.failure.code == "lyrics_unusable"


async def test_a_process_that_dies_is_told_of_and_the_next_song_gets_another(pool: EnginePool):
    with pytest.raises(EngineCrashedError, match="SIGKILL"):
        await pool.run("time_lyrics", song("fake:crash"), nothing)

    assert await pool.run("time_lyrics", song(), nothing)


async def test_to_stop_the_work_its_process_is_killed(pool: EnginePool):
    begun = asyncio.Event()
    pid = await pid_of(pool)
    work = asyncio.create_task(pool.run("time_lyrics", song("fake:seconds=60"), lambda _stage, _share: begun.set()))
    await begun.wait()
    work.cancel()
    with pytest.raises(asyncio.CancelledError):
        await work

    assert not psutil.pid_exists(pid)
    assert await pid_of(pool) != pid


async def test_a_process_does_not_outlive_its_parent():
    parent = await asyncio.create_subprocess_exec(sys.executable, "-c", PARENT, stdout=asyncio.subprocess.PIPE)
    assert parent.stdout is not None
    pid = int(await parent.stdout.readline())
    assert await parent.stdout.readline() == b"decode\n"
    parent.kill()
    await parent.wait()

    await gone(pid)


async def test_a_process_takes_no_more_memory_than_allowed():
    engine = await Engine.start(max_bytes=50_000_000)
    with pytest.raises((EngineFailedError, EngineCrashedError)):
        await engine.run("time_lyrics", song(), nothing)
    await engine.kill()


async def test_a_recording_is_looked_into(pool: EnginePool, tone: Callable[[float], Path]):
    found = await pool.run("probe", {"audio": str(tone(2.0)), "max_seconds": 60}, nothing)
    assert found == {"duration": pytest.approx(2.0)}

    with pytest.raises(EngineFailedError) as raised:
        await pool.run("probe", {"audio": str(tone(2.0)), "max_seconds": 1}, nothing)
    assert raised.value.failure.code == "audio_too_long"


async def test_a_playlist_is_no_recording(pool: EnginePool, tmp_path: Path):
    (tmp_path / "a.mp3").write_text("ffconcat version 1.0\nfile /etc/passwd\n")
    with pytest.raises(EngineFailedError) as raised:
        await pool.run("probe", {"audio": str(tmp_path / "a.mp3"), "max_seconds": 60}, nothing)

    assert raised.value.failure.code == "audio_unreadable"


@pytest.fixture
def tone(tmp_path: Path) -> Callable[[float], Path]:
    def make(seconds: float) -> Path:
        path = tmp_path / f"{seconds}.wav"
        with wave.open(str(path), "wb") as file:
            file.setparams((1, 2, 8000, 0, "NONE", "NONE"))
            file.writeframes(b"\x10\x20" * round(8000 * seconds))
        return path

    return make
