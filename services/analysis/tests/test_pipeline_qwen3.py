"""A Qwen3 server beside the pipeline: whatever it does, the song gets its times, and the account says what happened."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from fake_qwen3 import knowing, late, spread
from rough_server import Behaviour, RoughServer, answers, problem, rough_server, says

from lyric_timing import formats, parse_sheet, read_sheet
from lyric_timing.metrics import score_folder
from sow_analysis.engines import qwen3
from sow_analysis.engines.flac import flac_of
from sow_analysis.engines.qwen3_server import Qwen3Server
from sow_analysis.errors import EngineUnavailableError
from sow_analysis.lrc import LrcOptions, LrcResult, Outcome, Stage
from sow_analysis.pipeline import generate_lrc
from sow_analysis.reach import Reach

EXAMPLES = Path(__file__).parents[3] / "examples"
SONG = EXAMPLES / "morning_light"
WITHOUT_MODELS = ("qwen3", "pocketsphinx")
WORDS = "One line of words\nAnd then another\n"


@pytest.fixture
def server() -> Iterator[RoughServer]:
    with rough_server() as server:
        server.does(answers(spread))
        yield server
        qwen3.close_clients()


@pytest.fixture(scope="module")
def noise(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Five seconds of noise, which is no song."""
    path = tmp_path_factory.mktemp("noise") / "noise.flac"
    path.write_bytes(flac_of(np.random.default_rng(0).normal(0, 0.1, 5 * 16_000).astype(np.float32)))
    return path


def quiet(_stage: Stage, _share: float) -> None:
    pass


def sing(server: RoughServer, engines: tuple[str, ...] = WITHOUT_MODELS) -> LrcResult:
    sheet = read_sheet(SONG / "lyrics.txt")
    return generate_lrc(
        SONG / "audio.ogg", sheet, LrcOptions("en", engines=engines), quiet, reach=Reach(Qwen3Server(server.url))
    )


def mumble(noise: Path, server: Qwen3Server | None, **options: object) -> LrcResult:
    chosen = LrcOptions(**{"language": "en", "engines": WITHOUT_MODELS, **options})  # pyright: ignore
    return generate_lrc(noise, parse_sheet(WORDS), chosen, quiet, reach=Reach(server))


def turns(result: LrcResult) -> list[tuple[str, Outcome]]:
    return [(attempt.engine, attempt.outcome) for attempt in result.attempts]


def pco(result: LrcResult, folder: Path) -> float:
    (folder / f"{SONG.name}.json").write_text(formats.write(result.lyrics, "json"), encoding="utf-8")
    (scored,) = score_folder(folder, EXAMPLES, None, [SONG.name]).songs
    assert scored.word is not None
    return scored.word.pco


def truth() -> list[tuple[float, float]]:
    with (SONG / "words.csv").open(encoding="utf-8", newline="") as file:
        return [(float(row["start"]), float(row["end"])) for row in csv.DictReader(file)]


def test_its_times_lead_the_search_and_it_is_asked_once_with_every_line(server: RoughServer, tmp_path: Path):
    server.does(answers(partial(knowing, truth())))
    result = sing(server)
    assert turns(result) == [
        ("pocketsphinx", Outcome.SERVED),
        ("qwen3", Outcome.SERVED),
        ("pocketsphinx", Outcome.SERVED),
    ]
    assert pco(result, tmp_path) > 0.9
    (request,) = server.received
    sent = [line for window in request.asked()["windows"] for line in window["lines"]]
    assert sent == [line.text for line in result.lyrics.lines]


def test_times_that_cannot_be_right_change_nothing(server: RoughServer):
    server.does(answers(partial(late, seconds=0.5)), problem(500, "internal_error"))
    rejected, without = sing(server), sing(server)
    assert turns(rejected) == [("pocketsphinx", Outcome.SERVED), ("qwen3", Outcome.REJECTED)]
    assert "so it was not heeded" in (rejected.attempts[1].reason or "")
    assert turns(without)[1] == ("qwen3", Outcome.UNAVAILABLE)
    assert rejected.lyrics == without.lyrics


def test_where_the_search_may_not_serve_its_times_are_the_answer(server: RoughServer, noise: Path):
    result = mumble(noise, Qwen3Server(server.url), engines=("qwen3",))
    assert turns(result)[0] == ("qwen3", Outcome.SERVED)
    assert {word.source for line in result.lyrics.lines for word in line.words} == {"qwen3"}
    assert [line.text for line in result.lyrics.lines] == WORDS.splitlines()


@pytest.mark.parametrize(
    ("behaviour", "outcome", "reason"),
    [
        (says(b"{}"), Outcome.FAILED, "^The Qwen3 server's answer .*lines: Field required"),
        (problem(503, "model_loading", Retry_After="600"), Outcome.UNAVAILABLE, "loads its model"),
        (problem(401, "key_missing"), Outcome.UNAVAILABLE, "does not accept the key"),
    ],
)
def test_whatever_it_does_the_song_gets_its_times_and_the_account_says_why(
    server: RoughServer, noise: Path, behaviour: Behaviour, outcome: Outcome, reason: str
):
    server.does(behaviour)
    result = mumble(noise, Qwen3Server(server.url))
    assert turns(result) == [("pocketsphinx", Outcome.SERVED), ("qwen3", outcome)]
    assert len(result.lyrics.lines) == 2
    assert re.search(reason, result.attempts[1].reason or "")


def test_a_server_that_is_off_costs_the_song_nothing_else(noise: Path, unserved_port: int):
    result = mumble(noise, Qwen3Server(f"http://127.0.0.1:{unserved_port}", pause_seconds=0.0))
    qwen3.close_clients()
    assert turns(result) == [("pocketsphinx", Outcome.SERVED), ("qwen3", Outcome.UNAVAILABLE)]


def test_a_language_that_it_does_not_know_is_not_sent(server: RoughServer, noise: Path):
    result = mumble(noise, Qwen3Server(server.url), language="sw")
    assert turns(result)[1] == ("qwen3", Outcome.UNAVAILABLE)
    assert not server.received


def test_without_leave_it_has_no_turn(server: RoughServer, noise: Path):
    alone = mumble(noise, Qwen3Server(server.url), engines=("pocketsphinx",))
    unwanted = mumble(noise, Qwen3Server(server.url), engines=("pocketsphinx", "qwen3"), use_qwen3=False)
    assert turns(alone) == [("pocketsphinx", Outcome.SERVED)]
    assert turns(unwanted) == [("pocketsphinx", Outcome.SERVED)]
    assert not server.received


def test_who_asks_for_it_by_name_is_told_that_there_is_none(noise: Path):
    result = mumble(noise, None)
    assert turns(result) == [("qwen3", Outcome.UNAVAILABLE), ("pocketsphinx", Outcome.SERVED)]
    assert "No Qwen3 server is set up" in (result.attempts[0].reason or "")
    with pytest.raises(EngineUnavailableError, match="Add one of: whisper-align, pocketsphinx"):
        mumble(noise, None, engines=("qwen3",))
