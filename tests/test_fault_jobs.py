"""A service all of whose engines fail but the last: its jobs end with times, and `sow status` says what happened."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import fake_youtube
import fault_cells
import faults
import pytest
from fake_youtube import VIDEO, VIDEO_URL, FakeVideo, FakeYouTube, Place
from fault_cells import KEY, LINES
from fault_table import TABLE
from http_fake import HttpFake, closing_fake
from openai_fake import OpenAIFake
from serving import Server

from lyric_timing import formats


@dataclass(frozen=True)
class Site:
    """A service, and the server that it has others transcribe by."""

    server: Server
    transcriber: HttpFake

    def time(self, song: Path, *options: str) -> tuple[str, list[str]]:
        """What `sow status` says of the job, and the lines of its result."""
        words = song.with_suffix(".txt")
        done = self.server.sow("submit", song, words, "--wait", "--force", "--language", "en", *options)
        assert done.returncode == 0, done.stderr
        (job,) = self.server.json("jobs", "--limit", 1)
        timed = formats.read(song.with_suffix(".lrc").read_text(encoding="utf-8"), "lrc")
        return self.server.sow("status", job["id"]).stdout, [line.text for line in timed.lines]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """No model is on disk, YouTube refuses, the Qwen3 server is broken, and the language model talks nonsense."""
    folder = tmp_path_factory.mktemp("site")
    with ExitStack() as stack:
        youtube = stack.enter_context(FakeYouTube())
        youtube.videos[VIDEO] = FakeVideo()
        youtube.fail(Place.WATCH, fake_youtube.Fault.FORBIDDEN)
        qwen3 = stack.enter_context(closing_fake(HttpFake({})))
        qwen3.always = faults.BROKEN
        llm = stack.enter_context(closing_fake(OpenAIFake()))
        llm.always = faults.MALFORMED
        transcriber = OpenAIFake(transcribe=lambda _: fault_cells.misheard_transcript())
        stack.enter_context(closing_fake(transcriber))
        env = {
            "SOW_ANALYSIS_DATA_DIR": str(folder / "data"),
            "SOW_ANALYSIS_CACHE_DIR": str(folder / "cache"),
            "SOW_ANALYSIS_YOUTUBE_BASE_URL": youtube.url,
            "SOW_ANALYSIS_YOUTUBE_SPACING_SECONDS": "0",
            "SOW_ANALYSIS_QWEN3_URL": qwen3.url,
            "SOW_ANALYSIS_QWEN3_API_KEY": KEY,
            "SOW_ANALYSIS_LLM_URL": f"{llm.url}/v1",
            "SOW_ANALYSIS_LLM_MODEL": "model-1",
            "SOW_ANALYSIS_LLM_KEY": KEY,
            "SOW_ANALYSIS_TRANSCRIPTION_URL": f"{transcriber.url}/v1",
            "SOW_ANALYSIS_TRANSCRIPTION_KEY": KEY,
            **fault_cells.offline(folder / "models"),
        }
        server = Server(folder, env)
        server.start()
        assert server.process is not None
        try:
            yield Site(server, transcriber)
        finally:
            server.process.kill()
            server.process.wait()


@pytest.fixture
def song(tmp_path: Path) -> Path:
    path = tmp_path / "song.flac"
    path.write_bytes(fault_cells.excerpt())
    path.with_suffix(".txt").write_text("\n".join(LINES), encoding="utf-8")
    return path


def check(status: str, engine: str, fault: str) -> None:
    """The status tells of that turn as the table of faults has it."""
    expected = TABLE[engine][fault]
    said = expected.pattern.replace(r"whisper\-tiny", r"whisper\-base")
    assert re.search(rf"^ +{engine} {expected.outcome}: {said}", status, re.MULTILINE | re.DOTALL), status


@pytest.mark.slow
def test_a_job_that_all_engines_fail_but_one_has_its_times_and_says_who_failed(site: Site, song: Path):
    site.transcriber.always = fault_cells.EXPIRED
    status, lines = site.time(song, "--youtube-url", VIDEO_URL)
    assert lines == list(LINES)
    assert " completed" in status
    assert "pocketsphinx (" in status
    for engine in ("spleeter", "whisper", "whisper-align"):
        check(status, engine, "missing")
    check(status, "transcription-api", "expired-key")
    check(status, "youtube-captions", "expired-key")
    check(status, "qwen3", "broken")
    assert KEY not in status


@pytest.mark.slow
def test_a_language_model_that_talks_nonsense_changes_nothing(site: Site, song: Path):
    site.transcriber.always = None
    status, lines = site.time(song, "--engines", "transcription-api,llm,pocketsphinx")
    assert lines == list(LINES)
    assert "transcription-api (" in status
    check(status, "llm", "malformed")
    assert KEY not in status
