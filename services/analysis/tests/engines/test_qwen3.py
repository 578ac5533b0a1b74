"""Qwen3 as aligner: what is sent, what is not, and what outlives a song."""

from __future__ import annotations

import io
from collections.abc import Iterator

import av
import numpy as np
import pytest
from fake_qwen3 import spread
from rough_server import RoughServer, answers, hangs, problem, rough_server

from lyric_timing.words import make_line
from sow_analysis.engines import qwen3
from sow_analysis.engines.flac import flac_of
from sow_analysis.engines.protocols import AlignedWord, Samples, TextWindow
from sow_analysis.engines.qwen3 import Qwen3Aligner
from sow_analysis.engines.qwen3_client import Qwen3UnavailableError
from sow_analysis.engines.qwen3_server import Qwen3Server

SAMPLES: Samples = (0.5 * np.sin(np.arange(10 * 16_000) / 30)).astype(np.float32)


def quiet(_share: float) -> None:
    pass


def window(start: float, end: float, *lines: str) -> TextWindow:
    return TextWindow(start, end, tuple(line for text in lines if (line := make_line(text))))


@pytest.fixture
def server() -> Iterator[RoughServer]:
    with rough_server() as server:
        server.does(answers(spread))
        yield server
        qwen3.close_clients()


@pytest.fixture
def aligner(server: RoughServer) -> Qwen3Aligner:
    return Qwen3Aligner(Qwen3Server(server.url))


def decoded(flac: bytes) -> np.ndarray:
    with av.open(io.BytesIO(flac)) as container:
        stream = container.streams.audio[0]
        assert (stream.rate, stream.channels) == (16_000, 1)
        return np.concatenate([frame.to_ndarray().ravel() for frame in container.decode(stream)])


def test_the_recording_is_sent_as_flac_of_the_same_samples_clipped_not_wrapped():
    loud = SAMPLES.copy()
    loud[:2] = 1.5, -1.5
    back = decoded(flac_of(loud))
    assert back[:2].tolist() == [32767, -32767]
    assert np.abs(back / 32767 - np.clip(loud, -1, 1)).max() < 1e-4


def test_words_come_back_for_every_window_and_none_for_those_without_sound_or_text(
    server: RoughServer, aligner: Qwen3Aligner
):
    windows = [
        window(0, 2, "one two"),
        window(3, 4),
        window(5, 5, "three"),
        window(12, 14, "four five"),
        window(6, 8, "six"),
    ]
    told: list[float] = []
    found = aligner.align(SAMPLES, windows, "en", told.append)
    assert found == (
        (AlignedWord(0, 1, 0.9), AlignedWord(1, 2, 0.9)),
        (),
        (None,),
        (None, None),
        (AlignedWord(6, 8, 0.9),),
    )
    assert [each["lines"] for each in server.received[0].asked()["windows"]] == [["one two"], ["six"]]
    assert told == sorted(told)
    assert told[-1] == 1.0


def test_with_nothing_to_align_nothing_is_asked(server: RoughServer, aligner: Qwen3Aligner):
    assert aligner.align(SAMPLES, [window(3, 4)], "en", quiet) == ((),)
    assert not server.received


@pytest.mark.parametrize(
    ("language", "samples", "reason"),
    [
        ("sw", SAMPLES, "does not know the language 'sw'; it knows zh, en, yue"),
        ("en", np.zeros(31 * 16_000, np.float32), "lasts 31 s; the Qwen3 server is sent 30 s at most"),
    ],
)
def test_what_it_cannot_do_is_said_without_a_call(server: RoughServer, language: str, samples: Samples, reason: str):
    aligner = Qwen3Aligner(Qwen3Server(server.url, max_audio_seconds=30))
    with pytest.raises(Qwen3UnavailableError, match=reason):
        aligner.align(samples, [window(0, 2, "one two")], language, quiet)
    assert not server.received
    assert aligner.available() is None


@pytest.mark.parametrize("language", ["zh-TW", "Cantonese", "en"])
def test_a_language_may_be_a_tag_or_a_name(server: RoughServer, aligner: Qwen3Aligner, language: str):
    aligner.align(SAMPLES, [window(0, 2, "one two")], language, quiet)
    assert server.received[0].asked()["language"] in ("zh", "en")


def test_a_recording_that_is_asked_about_twice_is_encoded_once(
    server: RoughServer, aligner: Qwen3Aligner, monkeypatch: pytest.MonkeyPatch
):
    encoded: list[Samples] = []

    def noting(samples: Samples) -> bytes:
        encoded.append(samples)
        return flac_of(samples)

    monkeypatch.setattr(qwen3, "flac_of", noting)
    for _ in range(2):
        aligner.align(SAMPLES, [window(0, 2, "one two")], "en", quiet)
    assert len(encoded) == 1
    assert len(server.received) == 2


class StoppedError(BaseException):
    pass


def test_work_that_is_stopped_hangs_up_on_the_server(server: RoughServer, aligner: Qwen3Aligner):
    server.does(hangs)

    def check(_share: float) -> None:
        if server.received:
            raise StoppedError

    with pytest.raises(StoppedError):
        aligner.align(SAMPLES, [window(0, 2, "one two")], "en", check)
    assert server.hung_up.wait(5)


def test_the_next_song_knows_that_the_server_failed(server: RoughServer):
    server.does(problem(500, "internal_error"))

    def align() -> None:
        Qwen3Aligner(Qwen3Server(server.url)).align(SAMPLES, [window(0, 2, "one two")], "en", quiet)

    for _ in range(3):
        with pytest.raises(Qwen3UnavailableError, match="status 500"):
            align()
    with pytest.raises(Qwen3UnavailableError, match="3 times in a row"):
        align()
    assert len(server.received) == 3
    assert "3 times in a row" in (Qwen3Aligner(Qwen3Server(server.url)).available() or "")
    assert Qwen3Aligner(Qwen3Server(server.url, "another key")).available() is None
