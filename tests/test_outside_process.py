"""Captions and a language model, from the command to the lyrics: by the service, and by `sow align` alone.

The captions are right, but for one line that is garbled; so the language model is asked about that one.
"""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from fake_youtube import VIDEO, VIDEO_URL, FakeTrack, FakeVideo, FakeYouTube, Place, json3
from openai_fake import OpenAIFake, document_in
from serving import Server

EXAMPLE = Path(__file__).parents[1] / "examples" / "morning_light"
ENGINES = "youtube-captions,llm,pocketsphinx"


@pytest.fixture
def song(tmp_path: Path) -> Path:
    """A copy of the sample recording, with its lyrics beside it as song.txt."""
    shutil.copy(EXAMPLE / "lyrics.txt", tmp_path / "song.txt")
    return Path(shutil.copy(EXAMPLE / "audio.ogg", tmp_path / "song.ogg"))


@pytest.fixture
def youtube() -> Iterator[FakeYouTube]:
    with (EXAMPLE / "lines.csv").open(encoding="utf-8", newline="") as file:
        said = [(float(row["start"]), 2.5, row["text"]) for row in csv.DictReader(file)]
    said[-2] = (said[-2][0], 2.5, "mumbled gibber dawn")
    with FakeYouTube() as youtube:
        youtube.videos[VIDEO] = FakeVideo([FakeTrack("en", json3(*said))])
        yield youtube


@pytest.fixture
def model() -> Iterator[OpenAIFake]:
    def chat(asked: Mapping[str, Any]) -> str:
        return json.dumps(dict.fromkeys(document_in(asked)["heard"]))

    server = OpenAIFake(chat)
    yield server
    server.close()


@pytest.fixture
def server(tmp_path: Path, youtube: FakeYouTube, model: OpenAIFake) -> Iterator[Server]:
    env = {
        "SOW_ANALYSIS_DATA_DIR": str(tmp_path / "data"),
        "SOW_ANALYSIS_CACHE_DIR": str(tmp_path / "cache"),
        "SOW_ANALYSIS_YOUTUBE_BASE_URL": youtube.url,
        "SOW_ANALYSIS_YOUTUBE_SPACING_SECONDS": "0",
        "SOW_ANALYSIS_LLM_URL": model.api,
        "SOW_ANALYSIS_LLM_MODEL": "a-model",
        "SOW_ANALYSIS_LLM_KEY": "s3cret-key",
    }
    server = Server(tmp_path, env)
    yield server
    if server.process is not None:
        server.process.kill()
        server.process.wait()


def test_the_service_fetches_captions_and_asks_the_model(
    server: Server, song: Path, youtube: FakeYouTube, model: OpenAIFake
):
    server.start()
    arguments = ("--engines", ENGINES, "--youtube-url", VIDEO_URL, "--llm-model", "another", "--wait")
    result = server.sow("submit", song, song.with_suffix(".txt"), *arguments)
    assert result.returncode == 0, result.stderr
    (job,) = server.json("jobs")
    turns = {turn["engine"]: turn for turn in server.json("status", job["id"])["attempts"]}
    assert turns["youtube-captions"]["outcome"] == "served"
    assert "nothing was heard to check" in turns["youtube-captions"]["reason"].lower()
    assert turns["llm"]["outcome"] == "served"
    assert turns["llm"]["reason"].startswith("1 of 1 questions answered")
    assert [asked["model"] for asked in model.asked()] == ["another"]
    assert model.requests[0].headers["Authorization"] == "Bearer s3cret-key"
    assert youtube.places() == [Place.WATCH, Place.PLAYER, Place.TRACK]
    assert "s3cret-key" not in (server.folder / "log").read_text(encoding="utf-8")
    assert song.with_suffix(".lrc").exists()


def test_the_command_alone_does_the_same(server: Server, song: Path, youtube: FakeYouTube, model: OpenAIFake):
    result = server.sow(
        "align", song, song.with_suffix(".txt"), "--engines", ENGINES, "--youtube-url", VIDEO_URL, "--json",
        SOW_LLM_URL=model.api, SOW_LLM_MODEL="a-model", SOW_LLM_KEY="s3cret-key",
    )  # fmt: skip
    assert result.returncode == 0, result.stderr
    outcomes = {turn["engine"]: turn["outcome"] for turn in json.loads(result.stdout)["attempts"]}
    assert outcomes == dict.fromkeys(ENGINES.split(","), "served")
    assert len(youtube.asked) == 3
    assert len(model.requests) == 1
    assert "s3cret-key" not in result.stdout + result.stderr
