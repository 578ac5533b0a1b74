"""Every engine under every fault: the song is timed as well as without it, within the limits, and the job says why."""

from __future__ import annotations

import math
import socket
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import fault_cells
import pytest
from fake_youtube import VIDEO_URL
from fault_cells import KEY, LINES, MOST_REQUESTS, NOWHERE, SECONDS, Cell
from fault_table import CELLS, TABLE, page

from lyric_timing import parse_sheet
from sow_analysis.captions import CaptionsOptions, WebOptions, YouTubeCaptions
from sow_analysis.lrc import Attempt, LrcResult, Outcome, Stage
from sow_analysis.pipeline import generate_lrc
from sow_analysis.reach import Reach

ROOT = Path(__file__).parents[3]
GUARD = 60
"""Seconds after which a test has hung. No limit of the engines is near it."""

SERVERS: dict[str, Callable[[str, int], AbstractContextManager[Cell]]] = {
    "youtube-captions": fault_cells.youtube,
    "transcription-api": fault_cells.transcription,
    "llm": fault_cells.llm,
    "qwen3": fault_cells.qwen3_server,
}
MODELS = {"whisper": "whisper-tiny", "whisper-align": "whisper-tiny", "spleeter": "spleeter-2stems"}


@pytest.fixture(scope="module")
def excerpt(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The first two lines of a sample song."""
    import openai  # noqa: F401  (takes a second, which no time limit of a test should have to bear)

    path = tmp_path_factory.mktemp("excerpt") / "excerpt.flac"
    path.write_bytes(fault_cells.excerpt())
    return path


@pytest.fixture(autouse=True)
def no_such_name(monkeypatch: pytest.MonkeyPatch) -> None:
    """One name is not found, without anybody being asked for it."""
    real = socket.getaddrinfo

    def look_up(host: Any, *arguments: Any, **others: Any) -> Any:
        if host in (NOWHERE, NOWHERE.encode()):
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return real(host, *arguments, **others)

    monkeypatch.setattr(socket, "getaddrinfo", look_up)


def quiet(_stage: Stage, _share: float) -> None:
    pass


def timed(song: Path, cell: Cell) -> LrcResult:
    """The song's times; a call that hangs fails the test."""
    results: list[LrcResult | BaseException] = []

    def work() -> None:
        try:
            sheet = parse_sheet("\n".join(LINES))
            results.append(generate_lrc(song, sheet, cell.options, quiet, memory=cell.memory, reach=cell.reach))
        except BaseException as error:
            results.append(error)

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    thread.join(GUARD)
    assert results, "it hangs"
    if isinstance(results[0], BaseException):
        raise results[0]
    return results[0]


@cache
def alone(song: Path, engine: str) -> LrcResult:
    """The song's times without the engine."""
    return timed(song, cell_without(engine))


def cell_without(engine: str) -> Cell:
    if engine in MODELS:
        return Cell(fault_cells.options_for())
    with SERVERS[engine]("refused", 9) as cell:
        return cell.without(engine)


def turn(result: LrcResult, engine: str) -> Attempt:
    (attempt,) = (attempt for attempt in result.attempts if attempt.engine == engine)
    return attempt


def check_song(result: LrcResult) -> None:
    """Every printed line is there, in order, at times that can be."""
    assert [line.text for line in result.lyrics.lines] == list(LINES)
    starts = [line.start for line in result.lyrics.lines]
    assert all(b > a for a, b in pairwise(starts))
    times = [time for line in result.lyrics.lines for word in line.words for time in (word.start, word.end)]
    times += [time for line in result.lyrics.lines for time in (line.start, line.end)]
    assert all(math.isfinite(time) and 0 <= time <= SECONDS + 0.01 for time in times)


@pytest.mark.slow
@pytest.mark.parametrize(("engine", "fault"), CELLS, ids=lambda name: name)
def test_the_song_is_timed_and_the_job_says_what_happened(
    engine: str, fault: str, excerpt: Path, tmp_path: Path, unserved_port: int, monkeypatch: pytest.MonkeyPatch
):
    expected = TABLE[engine][fault]
    if engine in MODELS:
        opened = nullcontext(fault_cells.model(MODELS[engine], engine, fault, tmp_path))
    else:
        opened = SERVERS[engine](fault, unserved_port)
    with opened as cell:
        for name, value in cell.env.items():
            monkeypatch.setenv(name, value)
        result = timed(excerpt, cell)
        asked = cell.asked()
    check_song(result)
    attempt = turn(result, engine)
    assert attempt.outcome is expected.outcome, attempt
    assert expected.is_said_in(attempt.reason), attempt.reason
    if expected.outcome is not Outcome.SERVED:
        assert result.lyrics == alone(excerpt, engine).lyrics
        assert attempt.can_pass is (expected.outcome is not Outcome.REJECTED)
    assert asked <= MOST_REQUESTS
    told = f"{result.attempts}{result.warnings}"
    assert KEY not in told
    assert "Traceback" not in told


def test_no_reason_tells_the_password_of_a_proxy_or_of_a_mirror(
    excerpt: Path, tmp_path: Path, unserved_port: int, monkeypatch: pytest.MonkeyPatch
):
    there = f"http://somebody:{KEY}@127.0.0.1:{unserved_port}"
    cell = fault_cells.model("whisper-tiny", "whisper", "missing", tmp_path)
    for name, value in {**cell.env, "HF_ENDPOINT": there}.items():
        monkeypatch.setenv(name, value)
    captions = YouTubeCaptions(CaptionsOptions(WebOptions(proxy=there, attempts=1)))
    options = fault_cells.options_for("whisper", "youtube-captions", youtube_url=VIDEO_URL)
    result = timed(excerpt, Cell(options, Reach(captions=captions)))
    check_song(result)
    assert "The proxy for YouTube cannot be reached" in (turn(result, "youtube-captions").reason or "")
    assert f"http://127.0.0.1:{unserved_port}/Systran" in (turn(result, "whisper").reason or "")
    assert KEY not in str(result.attempts)


def test_the_page_of_faults_is_the_one_that_the_table_makes():
    assert (ROOT / "docs" / "faults.md").read_text(encoding="utf-8") == page(), "run `make docs`"
