"""Songs, services and terminals for the tests of the command."""

from __future__ import annotations

import math
import os
import struct
import wave
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from fake_service import FakeService
from typer.testing import CliRunner, Result

from lyric_timing.sheet import LyricSheet
from lyric_timing.timed import TimedLine, TimedLyrics, TimedWord
from sow_analysis.lrc import Attempt, LrcOptions, LrcResult, Outcome, Progress, Stage
from sow_analysis.reach import Reach
from stream_of_worship.admin.cli import create_app
from stream_of_worship.admin.client import AnalysisClient
from stream_of_worship.admin.client import connect as make_client
from stream_of_worship.admin.services import Services

RATE = 8000


def write_tone(path: Path, seconds: float = 1.0) -> Path:
    """A 440 Hz tone as a mono WAV file."""
    samples = (int(8000 * math.sin(2 * math.pi * 440 * i / RATE)) for i in range(int(seconds * RATE)))
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(b"".join(struct.pack("<h", sample) for sample in samples))
    return path


@pytest.fixture
def tone(tmp_path: Path) -> Path:
    return write_tone(tmp_path / "song.wav")


@pytest.fixture
def make_tone() -> Callable[[Path, float], Path]:
    return write_tone


@pytest.fixture
def sheet_file(tmp_path: Path) -> Path:
    path = tmp_path / "lyrics.txt"
    path.write_text("Morning light\nOver the hills\n[Chorus]\nSing it again\n", encoding="utf-8")
    return path


@pytest.fixture
def lyrics() -> TimedLyrics:
    """Three lines; the last is the first again, and only its line is timed."""
    return TimedLyrics(
        lines=(
            TimedLine(
                "Morning light", 1.0, 2.0,
                (TimedWord("Morning", 1.0, 1.5, 0.9, "ear"), TimedWord("light", 1.6, 2.0, 0.8, "ear")),
                0.85, "ear", 0, "Verse",
            ),
            TimedLine(
                "Over the hills", 3.0, 4.5,
                (
                    TimedWord("Over", 3.0, 3.4, 0.3, "ear"),
                    TimedWord("the", 3.4, 3.6, 0.2, "ear"),
                    TimedWord("hills", 3.7, 4.5, 0.1, "ear"),
                ),
                0.2, "ear", 1, "Verse",
            ),
            TimedLine("Morning light", 75.5, 77.0, (), 0.6, "ear", 0, None),
        ),
        duration=80.0, title="A Song", artist="Someone", language="en",
    )  # fmt: skip


@pytest.fixture
def make_program(tmp_path: Path) -> Callable[[str, str], Path]:
    """Makes an executable shell script of a given name, in a folder of its own."""

    def make(name: str, body: str) -> Path:
        folder = tmp_path / "bin"
        folder.mkdir(exist_ok=True)
        path = folder / name
        path.write_text(f"#!/bin/sh\n{body}\n", encoding="utf-8")
        path.chmod(0o755)
        return path

    if os.name == "nt":
        pytest.skip("needs a shell")
    return make


class Sow:
    """The command with services of the test's choice. Run it as a user would: `sow("align", audio, lyrics)`."""

    def __init__(self, services: Services) -> None:
        self.services = services
        self.env: dict[str, str] = {}

    def __call__(self, *arguments: object, env: Mapping[str, str] | None = None) -> Result:
        app = create_app(self.services)
        return CliRunner(env={**self.env, **(env or {})}).invoke(
            app, [str(argument) for argument in arguments], prog_name="sow"
        )


@dataclass
class FakePipeline:
    """Reports every stage, remembers what it was asked, and returns or raises what it is told."""

    lyrics: TimedLyrics
    error: BaseException | None = None
    asked: list[tuple[Path, LyricSheet, LrcOptions]] = field(default_factory=list)
    reaches: list[Reach] = field(default_factory=list)

    def __call__(
        self,
        audio: Path,
        sheet: LyricSheet,
        options: LrcOptions,
        progress: Progress,
        *,
        reach: Reach,
    ) -> LrcResult:
        self.asked.append((audio, sheet, options))
        self.reaches.append(reach)
        for stage in Stage:
            progress(stage, 0.0)
            progress(stage, 1.0)
        if self.error is not None:
            raise self.error
        return LrcResult(
            self.lyrics,
            0.6,
            (1,),
            (Attempt("align", "ear", Outcome.SERVED, 1.5),),
            ("the second line is hard to hear",),
        )


@pytest.fixture
def pipeline(lyrics: TimedLyrics) -> FakePipeline:
    return FakePipeline(lyrics)


@pytest.fixture
def sow(pipeline: FakePipeline) -> Sow:
    return Sow(Services(generate=pipeline))


@pytest.fixture
def service() -> Iterator[FakeService]:
    with FakeService() as fake:
        yield fake


@pytest.fixture
def remote(service: FakeService, tmp_path_factory: pytest.TempPathFactory) -> Sow:
    """The command as a client of the fake service; it remembers nothing between two tests."""
    state = tmp_path_factory.mktemp("state")

    def connect(server: str, notify: Callable[[str], None]) -> AnalysisClient:
        return make_client(server, os.environ.get("SOW_ANALYSIS_API_KEY"), patience=0.8, notify=notify, pause=0.02)

    client = Sow(Services(connect=connect, state_folder=lambda: state, sleep=lambda _: None))
    client.env = {"SOW_SERVER": service.url, "COLUMNS": "200"}
    return client
