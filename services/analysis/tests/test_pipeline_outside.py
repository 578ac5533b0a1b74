"""Who is asked beyond this process: captions, a transcription server, a language model; and what becomes of that."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from misheard import CHORUS, lines_of, misheard_song
from openai_fake import OpenAIFake, Upload, document_in
from sounds import samples_of

from lyric_timing.heard import Heard, Token
from sow_analysis.captions import Lack
from sow_analysis.engines.flac import flac_of
from sow_analysis.errors import ModelUnavailableError
from sow_analysis.lrc import Attempt, LrcOptions, LrcResult, Outcome, Stage
from sow_analysis.models import ModelStore
from sow_analysis.openai_api import ApiSetup
from sow_analysis.pipeline import generate_lrc
from sow_analysis.reach import FetchedCaptions, Reach

SONG = misheard_song()
WHOLE = [0, 1, 2, 3, 4, 5, 2, 3]
"""The order in which the lines are sung. The last two were misheard."""
OTHER_SONG = """Gather rivers under olive branches waiting
Children dancing barefoot down the dusty alley
Painted windows open into winter gardens
Nobody remembers when the orchard flowered
Silver trumpets answer from the distant tower
Bakers carry loaves along the crooked market""".splitlines()
URL = "https://www.youtube.com/watch?v=Mrn1ngL1ght"


@pytest.fixture(autouse=True)
def no_models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No model is here, and none is to be had."""

    def absent(_store: ModelStore, name: str, *_: object) -> Path:
        raise ModelUnavailableError(f"The model {name} is not on disk.")

    monkeypatch.setattr(ModelStore, "get", absent)
    monkeypatch.setenv("SOW_MODELS_DIR", str(tmp_path))


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Noise, as long as the song."""
    path = tmp_path_factory.mktemp("noise") / "noise.flac"
    samples = round((SONG.duration + 1) * 16_000)
    path.write_bytes(flac_of(np.random.default_rng(0).normal(0, 0.1, samples).astype(np.float32)))
    return path


class Ear:
    """Hears the made song in the pieces that it is sent, one after the other, again and again."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self, upload: Upload) -> Mapping[str, Any]:
        start = self.now if self.now < SONG.duration else 0.0
        self.now = start + samples_of(upload.audio).size / 16_000
        words = [
            {"word": token.text, "start": token.start - start, "end": token.end - start}
            for token in SONG.heard[0].tokens
            if start <= token.start < self.now
        ]
        return {"text": " ".join(word["word"] for word in words), "language": "english", "words": words}


Serve = Callable[..., ApiSetup]


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Starts servers that hear and chat."""
    servers: list[OpenAIFake] = []

    def start(chat: Any = None, transcribe: Any = None) -> ApiSetup:
        servers.append(OpenAIFake(chat, transcribe))
        return ApiSetup(servers[-1].api, "a-model", "s3cret-key", at_once=1)

    yield start
    for server in servers:
        server.close()


@pytest.fixture
def ear(serve: Serve) -> ApiSetup:
    return serve(transcribe=Ear())


def phrases(lines: list[str], late: float = 0.0) -> Heard:
    """Captions of these lines as people set them: each line has a time, its words have a share of that."""
    tokens: list[Token] = []
    now = 2.0
    for line in lines:
        words = line.split()
        shown = 0.4 * len(words) + 0.7
        tokens += [
            Token(word, now + late + shown * i / len(words), now + late + shown * (i + 1) / len(words), timed=False)
            for i, word in enumerate(words)
        ]
        now += 0.4 * len(words) + 1.0
    return Heard(tuple(tokens), "youtube-captions", "en")


def sung() -> list[str]:
    return [SONG.sheet.lines[line].text for line in WHOLE]


def sing(recording: Path, reach: Reach, **options: object) -> LrcResult:
    chosen: dict[str, Any] = {"language": "en", "engines": None, "youtube_url": URL} | options
    engines = chosen["engines"] or ("whisper", "transcription-api", "youtube-captions", "llm", "whisper-align")
    return generate_lrc(recording, SONG.sheet, LrcOptions(**chosen | {"engines": engines}), quiet, reach=reach)


def quiet(_stage: Stage, _share: float) -> None:
    pass


def order(result: LrcResult) -> list[int | None]:
    return [line.sheet_line for line in result.lyrics.lines]


def turn(result: LrcResult, engine: str) -> Attempt:
    (attempt,) = [attempt for attempt in result.attempts if attempt.engine == engine]
    return attempt


def test_captions_tell_the_order_and_who_listened_tells_the_times(recording: Path, ear: ApiSetup):
    without = sing(recording, Reach(transcription=ear), use_captions=False)
    assert order(without) == lines_of(SONG.roadmap)
    result = sing(recording, Reach(captions=FetchedCaptions(phrases(sung())), transcription=ear))
    assert order(result) == WHOLE
    assert turn(result, "whisper").outcome is Outcome.UNAVAILABLE
    assert turn(result, "transcription-api").outcome is Outcome.SERVED
    assert turn(result, "youtube-captions").outcome is Outcome.SERVED
    starts = [word.start for line in result.lyrics.lines[:6] for word in line.words]
    heard = [token.start for token in SONG.heard[0].tokens[: len(starts)]]
    assert starts == pytest.approx(heard, abs=0.05)


def test_late_captions_are_moved_and_the_account_says_by_how_much(recording: Path, ear: ApiSetup):
    captions = FetchedCaptions(phrases(sung(), late=12.3))
    result = sing(recording, Reach(captions=captions, transcription=ear))
    attempt = turn(result, "youtube-captions")
    assert (attempt.outcome, attempt.can_pass) == (Outcome.SERVED, False)
    assert "s late: moved" in (attempt.reason or "")
    assert order(result) == WHOLE


def test_captions_of_another_song_are_refused(recording: Path, ear: ApiSetup):
    result = sing(recording, Reach(captions=FetchedCaptions(phrases(OTHER_SONG)), transcription=ear))
    attempt = turn(result, "youtube-captions")
    assert (attempt.outcome, attempt.reason) == (Outcome.REJECTED, "The captions are of another song: refused.")
    assert order(result) == lines_of(SONG.roadmap)


def test_where_nobody_listens_captions_are_taken_as_they_are(recording: Path):
    result = sing(
        recording, Reach(captions=FetchedCaptions(phrases(sung()))), engines=("youtube-captions", "whisper-align")
    )
    assert "nothing was heard to check" in (turn(result, "youtube-captions").reason or "").lower()
    assert order(result) == WHOLE


@pytest.mark.parametrize(
    ("captions", "can_pass"),
    [
        (FetchedCaptions(reason="YouTube says that it is asked too often (429)."), True),
        (FetchedCaptions(reason="The captions of this video are switched off.", lack=Lack.DISABLED), False),
    ],
)
def test_without_captions_the_song_goes_on_and_the_account_says_why(
    recording: Path, captions: FetchedCaptions, can_pass: bool
):
    result = sing(recording, Reach(captions=captions), engines=("youtube-captions", "whisper-align"))
    attempt = turn(result, "youtube-captions")
    assert (attempt.outcome, attempt.reason, attempt.can_pass) == (Outcome.UNAVAILABLE, captions.reason, can_pass)


def answering(*lines: int | None) -> Callable[[Mapping[str, Any]], str]:
    """Chooses these lines of the sheet, phrase by phrase."""

    def chat(asked: Mapping[str, Any]) -> str:
        document = document_in(asked)
        numbers = {text: int(number) for number, text in document["lines"].items()}
        chosen = [None if line is None else numbers[SONG.sheet.lines[line].text] for line in lines]
        return json.dumps(dict(zip(document["heard"], chosen, strict=True)))

    return chat


def test_a_language_models_right_answer_is_followed(recording: Path, ear: ApiSetup, serve: Serve):
    result = sing(recording, Reach(transcription=ear, llm=serve(answering(*CHORUS))), youtube_url=None)
    assert turn(result, "llm").reason == "1 of 1 questions answered, 1 answers followed."
    assert order(result) == WHOLE


def test_a_language_models_wrong_answer_changes_nothing(recording: Path, ear: ApiSetup, serve: Serve):
    result = sing(recording, Reach(transcription=ear, llm=serve(answering(5, 0))), youtube_url=None)
    assert turn(result, "llm").reason == "1 of 1 questions answered, 0 answers followed."
    assert order(result) == lines_of(SONG.roadmap)


def test_a_language_model_that_cannot_be_reached_changes_nothing(
    recording: Path, ear: ApiSetup, unserved_port: int, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("sow_analysis.openai_api.client.ApiClient._again", lambda *_: False)
    away = ApiSetup(f"http://127.0.0.1:{unserved_port}/v1", "a-model")
    result = sing(recording, Reach(transcription=ear, llm=away), youtube_url=None)
    attempt = turn(result, "llm")
    assert (attempt.outcome, attempt.can_pass) == (Outcome.UNAVAILABLE, True)
    assert "cannot be reached" in (attempt.reason or "")
    assert order(result) == lines_of(SONG.roadmap)


def test_nobody_is_asked_against_the_callers_will(recording: Path, ear: ApiSetup, serve: Serve):
    reach = Reach(captions=FetchedCaptions(phrases(sung())), transcription=ear, llm=serve(answering(*CHORUS)))
    engines = ("transcription-api", "whisper-align")
    unnamed = sing(recording, reach, engines=engines)
    unwanted = sing(recording, reach, use_llm=False, force_whisper=True)
    host = sing(recording, Reach(reach.qwen3, reach.captions, ear, reach.llm, engines=engines))
    assert {attempt.engine for attempt in unnamed.attempts} == set(engines)
    assert {attempt.engine for attempt in unwanted.attempts} == {*engines, "whisper"}
    off = [attempt for attempt in host.attempts if "switched off" in (attempt.reason or "")]
    assert {attempt.engine for attempt in off} == {"whisper", "youtube-captions", "llm"}


def test_who_is_asked_for_by_name_and_not_set_up_is_on_the_account(recording: Path):
    result = sing(recording, Reach())
    reasons = {attempt.engine: attempt.reason or "" for attempt in result.attempts}
    assert "No transcription server" in reasons["transcription-api"]
    assert "No language model" in reasons["llm"]
    assert "Captions are switched off" in reasons["youtube-captions"]


def test_what_may_be_reached_crosses_to_another_process_and_shows_no_key():
    setup = ApiSetup("http://host/v1", "a-model", "s3cret-key")
    reach = Reach(None, FetchedCaptions(phrases(sung())), setup, setup, ("llm", "pocketsphinx"))
    assert Reach.of(json.loads(json.dumps(reach.plain()))) == reach
    assert Reach.of(json.loads(json.dumps(Reach().plain()))) == Reach()
    assert "s3cret-key" not in repr(reach)


def test_nothing_is_loaded_for_servers_and_videos_that_no_song_has():
    loaded = "import sow_analysis.pipeline, sow_analysis.server, sys; print(*sys.modules)"
    told = subprocess.run([sys.executable, "-c", loaded], check=True, capture_output=True, text=True).stdout.split()
    assert not {"openai", "youtube_transcript_api", "requests", "faster_whisper"} & set(told)
