"""Sets up one engine with one fault: a real server on loopback, or a real folder of models, that misbehaves."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import count
from pathlib import Path
from typing import Any

import fake_youtube
import faults
from fake_qwen3 import spread
from fake_youtube import VIDEO, VIDEO_URL, FakeTrack, FakeVideo, FakeYouTube, Place, json3
from faults import Fault, Reply
from http_fake import HttpFake, Request, closing_fake
from openai_fake import OpenAIFake
from rough_server import Received

from lyric_timing.heard import Heard, Token
from song_audio.recording import load_recording
from sow_analysis.caches import TranscriptionKey
from sow_analysis.captions import CaptionsOptions, WebOptions, YouTubeCaptions
from sow_analysis.engines import qwen3
from sow_analysis.engines.flac import flac_of
from sow_analysis.engines.qwen3_server import Qwen3Server
from sow_analysis.lrc import LrcOptions
from sow_analysis.memory import Memory
from sow_analysis.models import CATALOGUE, Model
from sow_analysis.models.record import Record
from sow_analysis.openai_api import Allowance, ApiSetup
from sow_analysis.reach import NO_REACH, Reach

KEY = "sk-0123456789-never-told"
_SONG = Path(__file__).parents[4] / "examples" / "morning_light" / "audio.ogg"
_FIRST, SECONDS = 4.8, 7.4
"""Where the excerpt begins, and how long it is."""
LINES = ("The window turns from grey to gold,", "The street begins to wake below,")
"""What is sung in it."""
NOWHERE = "nowhere.invalid"
"""The name of a host that there is not."""
SHORT, LONG = 0.4, 20.0
"""Time limits in seconds: for faults that last until the caller gives up, and for all others."""
MOST_REQUESTS = 6
"""That one song may send to a server that fails."""

EXPIRED = faults.status(401, body=json.dumps({"error": {"message": f"The key {KEY} has expired."}}).encode())
_BY_HTTP: Mapping[str, Fault] = {
    "hang": faults.HANG,
    "busy": faults.TOO_MANY,
    "busy-later": faults.TOO_MANY_LATER,
    "broken": faults.BROKEN,
    "cut-off": faults.CUT_OFF,
    "malformed": faults.MALFORMED,
    "wrong-schema": faults.WRONG_SCHEMA,
    "empty": faults.EMPTY,
    "huge": faults.ENDLESS,
    "drip": faults.DRIP,
    "expired-key": EXPIRED,
}
_ON_YOUTUBE: Mapping[str, tuple[Place, fake_youtube.Fault]] = {
    "hang": (Place.WATCH, fake_youtube.Fault.HANG),
    "busy": (Place.TRACK, fake_youtube.Fault.RATE_LIMITED),
    "busy-later": (Place.PLAYER, fake_youtube.Fault.RATE_LIMITED_FOR),
    "broken": (Place.PLAYER, fake_youtube.Fault.BROKEN),
    "cut-off": (Place.TRACK, fake_youtube.Fault.CUT_OFF),
    "malformed": (Place.TRACK, fake_youtube.Fault.MALFORMED),
    "empty": (Place.TRACK, fake_youtube.Fault.EMPTY),
    "huge": (Place.TRACK, fake_youtube.Fault.HUGE),
    "drip": (Place.TRACK, fake_youtube.Fault.DRIP),
    "expired-key": (Place.WATCH, fake_youtube.Fault.FORBIDDEN),
}
_WEAK = ("hang", "drip")


@dataclass(frozen=True)
class Cell:
    """How the song is timed in one cell of the matrix."""

    options: LrcOptions
    reach: Reach = NO_REACH
    memory: Memory | None = None
    asked: Callable[[], int] = lambda: 0
    """How many requests came."""
    env: Mapping[str, str] = field(default_factory=dict[str, str])

    def without(self, engine: str) -> Cell:
        """The same without that engine."""
        engines = tuple(name for name in self.options.engines or () if name != engine)
        return replace(self, options=replace(self.options, engines=engines), reach=NO_REACH)


class Remembering:
    """A memory of a song that Whisper has heard: both lines, and something that it misheard after them."""

    def recall(self, key: TranscriptionKey) -> Heard | None:
        return Heard(tuple(Token(*word) for word in _misheard()), "whisper", "en")

    def keep(self, key: TranscriptionKey, heard: Heard) -> None:
        raise AssertionError("nothing was listened to")


def excerpt() -> bytes:
    """Where both lines are sung, in a FLAC file."""
    samples = load_recording(_SONG).samples
    return flac_of(samples[round(_FIRST * 16_000) : round((_FIRST + SECONDS) * 16_000)])


def options_for(*engines: str, **others: Any) -> LrcOptions:
    return LrcOptions("en", "tiny", (*engines, "pocketsphinx"), **others)


@contextmanager
def youtube(fault: str, closed_port: int) -> Generator[Cell]:
    """Captions, fetched in this process."""
    limit = SHORT if fault in _WEAK else LONG
    with FakeYouTube() as server:
        first = 600.0 if fault == "nonsense" else 0.0
        body = json3(*((first + 3.8 * i, 3.0, line) for i, line in enumerate(LINES)))
        track = FakeTrack("en", b'{"events": "yes"}' if fault == "wrong-schema" else body)
        server.videos[VIDEO] = FakeVideo([track])
        server.retry_after = "3600"
        if fault == "busy-soon":
            server.retry_after = "0"
            server.fail(Place.WATCH, fake_youtube.Fault.RATE_LIMITED_FOR, times=1)
        elif fault in _ON_YOUTUBE:
            server.fail(*_ON_YOUTUBE[fault])
        web = WebOptions(
            base_url=_address(fault, server.url, closed_port), idle_seconds=limit, request_seconds=limit,
            max_bytes=1_000_000, attempts=2, backoff=0.01, patience=LONG,
        )  # fmt: skip
        captions = YouTubeCaptions(CaptionsOptions(web, spacing=0.0))
        options = options_for("youtube-captions", youtube_url=VIDEO_URL)
        yield Cell(options, Reach(captions=captions), asked=lambda: len(server.asked))


@contextmanager
def transcription(fault: str, closed_port: int) -> Generator[Cell]:
    loop = {"text": "la " * 500}
    with _spoilt(OpenAIFake(transcribe=lambda _: loop if fault == "nonsense" else _transcript()), fault) as server:
        setup = _setup(_address(fault, f"{server.url}/v1", closed_port), fault)
        yield Cell(options_for("transcription-api"), Reach(transcription=setup), asked=lambda: len(server.requests))


@contextmanager
def llm(fault: str, closed_port: int) -> Generator[Cell]:
    answer = '{"p0": 1, "p1": 99}' if fault == "nonsense" else '{"p0": 1, "p1": 2}'
    with _spoilt(OpenAIFake(chat=lambda _: answer), fault) as server:
        setup = _setup(_address(fault, f"{server.url}/v1", closed_port), fault)
        options = options_for("whisper", "llm")
        yield Cell(options, Reach(llm=setup), Remembering(), asked=lambda: len(server.requests))


@contextmanager
def qwen3_server(fault: str, closed_port: int) -> Generator[Cell]:
    answer = _of_another_song if fault == "nonsense" else _aligned
    with _spoilt(HttpFake({"/api/v1/align": answer}), fault) as server:
        setup = Qwen3Server(
            _address(fault, server.url, closed_port), KEY, base_seconds=SHORT if fault in _WEAK else LONG,
            seconds_per_second=0.0, pause_seconds=0.01, max_answer_bytes=1_000_000,
        )  # fmt: skip
        try:
            yield Cell(options_for("qwen3"), Reach(setup), asked=lambda: len(server.requests))
        finally:
            qwen3.close_clients()


def model(name: str, engine: str, fault: str, folder: Path) -> Cell:
    """A folder of models without what `engine` needs, or with something else in its place."""
    (found,) = (model for model in CATALOGUE if model.name == name)
    if fault != "missing":
        _write(found, folder / name, fault)
    return Cell(options_for(engine), env=offline(folder))


def offline(models: Path) -> dict[str, str]:
    """The environment of a process that has the models in that folder, and can fetch none."""
    return {
        "SOW_MODELS_DIR": str(models),
        "SOW_MODELS_SOURCES": "",
        "HF_ENDPOINT": "http://127.0.0.1:9",
        "NO_PROXY": "127.0.0.1",
        "PIP_NO_INDEX": "1",
    }


def _write(model: Model, folder: Path, fault: str) -> None:
    """All its files, much too short or of random bytes; where they are `rotten`, the record says that they are good."""
    digests = {file.path: file.sha256 for file in model.files}
    if model.conversion is not None:
        digests = dict.fromkeys(model.conversion.outputs, "0" * 64)
    folder.mkdir(parents=True)
    for path in digests:
        (folder / path).write_bytes(b"\x06\x00" if fault == "truncated" else os.urandom(4096))
    conversion = model.conversion.version if model.conversion is not None else None
    record = Record(conversion=conversion, outputs=digests if conversion else {})
    if fault == "rotten":
        for path, digest in digests.items():
            record.digest(folder, path)
            record.files[path] = record.files[path].model_copy(update={"sha256": digest})
    record.write(folder)


def _address(fault: str, url: str, closed_port: int) -> str:
    where = {"refused": f"127.0.0.1:{closed_port}", "dns": f"{NOWHERE}:80"}.get(fault)
    return url if where is None else f"http://{where}"


def _setup(url: str, fault: str) -> ApiSetup:
    seconds = SHORT if fault in _WEAK else LONG
    allowance = Allowance(calls=MOST_REQUESTS, seconds=seconds)
    return ApiSetup(url, "model-1", KEY, next(_numbers), allowance=allowance, pause=0.01)


_numbers = count(2)
"""Calls at once, another number for each cell: so none finds the gate of another that had the same address."""


@contextmanager
def _spoilt(server: HttpFake, fault: str) -> Generator[HttpFake]:
    if fault == "busy-soon":
        server.faults.append(faults.TOO_MANY_SOON)
    server.always = _BY_HTTP.get(fault)
    with closing_fake(server):
        yield server


def misheard_transcript() -> dict[str, Any]:
    """What a transcription server makes of the song, so that a language model is asked about the end of it."""
    words = [{"word": word, "start": start, "end": end} for word, start, end in _misheard()]
    return {"text": " ".join(word["word"] for word in words), "language": "en", "words": words, "segments": []}


def _misheard() -> list[tuple[str, float, float]]:
    words: list[tuple[str, float, float]] = []
    now = 0.3
    for text in (*LINES, "carry see for over", "burn in for me"):
        for word in text.split():
            words.append((word, now, now + 0.18))
            now += 0.2
        now += 0.6
    return words


def _transcript() -> dict[str, Any]:
    words = [word for line in LINES for word in line.split()]
    timed = [{"word": word, "start": 0.3 + 0.5 * i, "end": 0.7 + 0.5 * i} for i, word in enumerate(words)]
    return {"text": " ".join(words), "language": "en", "words": timed, "segments": []}


def _aligned(request: Request) -> Reply:
    return Reply(200, json.dumps(spread(_asked(request))).encode())


def _of_another_song(request: Request) -> Reply:
    answer = spread(_asked(request))
    answer["lines"][0]["text"] = "Another line"
    return Reply(200, json.dumps(answer).encode())


def _asked(request: Request) -> dict[str, Any]:
    headers = {name.lower(): value for name, value in request.headers.items()}
    return Received("POST", request.path, headers, request.body).asked()
