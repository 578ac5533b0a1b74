"""Transcription by a server that speaks OpenAI's protocol, over a real socket."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np
import pytest
from faults import BROKEN, DEEP, EMPTY, EXPIRED_KEY, MALFORMED, NOT_JSON, TOO_MANY_SOON, WRONG_SCHEMA, Fault, Reply
from openai_fake import OpenAIFake, Upload
from sounds import samples_of

from sow_analysis.engines.api_transcription import ApiTranscription, cut_pieces
from sow_analysis.engines.flac import flac_of
from sow_analysis.engines.protocols import Samples
from sow_analysis.engines.transcript import read_transcript
from sow_analysis.openai_api import (
    Allowance,
    ApiAnswerError,
    ApiBudgetSpentError,
    ApiClient,
    ApiError,
    ApiRefusedError,
    Endpoint,
    Gate,
)

Transcribe = Callable[[Upload], Mapping[str, Any] | Reply]
NOT_UNDERSTOOD = Reply(400, b'{"error": {"message": "no such response_format"}}')
PIECES = ((1.0, 4.0), (6.0, 8.0), (10.0, 15.0))


@pytest.fixture
def serve() -> Iterator[Callable[[Transcribe], OpenAIFake]]:
    servers: list[OpenAIFake] = []

    def start(transcribe: Transcribe) -> OpenAIFake:
        servers.append(OpenAIFake(transcribe=transcribe))
        return servers[-1]

    yield start
    for server in servers:
        server.close()


def engine_at(server: OpenAIFake, gate: Gate | None = None, allowance: Allowance | None = None) -> ApiTranscription:
    client = ApiClient(Endpoint(server.api, "sk-test"), gate or Gate(at_once=4), pause=0.01)
    return ApiTranscription(client, "whisper-1", allowance=allowance)


def quiet(_share: float) -> None:
    pass


def sound(seconds: float) -> Samples:
    """Louder by the second, so that a piece tells where it was cut."""
    steps = np.floor(np.arange(round(seconds * 16_000)) / 16_000)
    return (np.sin(np.arange(steps.size) / 5) * (steps + 1) / 100).astype(np.float32)


def second_of(upload: Upload) -> int:
    """The second of `sound` at which a piece begins."""
    return round(float(np.abs(samples_of(upload.audio)[:8_000]).max()) * 100) - 1


def words(*words: tuple[str, float, float], **others: Any) -> dict[str, Any]:
    timed = [{"word": word, "start": start, "end": end} for word, start, end in words]
    return {"text": " ".join(word for word, _, _ in words), "language": "english", "words": timed, **others}


def test_words_come_with_the_times_of_the_recording(serve: Callable[[Transcribe], OpenAIFake]):
    server = serve(lambda upload: words((f"second{second_of(upload)}", 0.5, 0.9), ("more", 1.0, 1.5)))
    told: list[float] = []
    heard = engine_at(server).hear(sound(16), PIECES, "English", told.append)
    assert [(token.text, token.start) for token in heard.tokens if token.text != "more"] == [
        ("second1", 1.5),
        ("second6", 6.5),
        ("second10", 10.5),
    ]
    assert all(token.timed for token in heard.tokens)
    assert (heard.source, heard.language) == ("transcription-api", "en")
    assert told[-1] == 1.0


def test_the_server_is_asked_for_words_in_the_language_of_the_song(serve: Callable[[Transcribe], OpenAIFake]):
    uploads: list[Upload] = []

    def transcribe(upload: Upload) -> Mapping[str, Any]:
        uploads.append(upload)
        return words()

    engine_at(serve(transcribe)).hear(sound(4), [(0.0, 3.0)], "zh-TW", quiet)
    (upload,) = uploads
    assert upload.fields["timestamp_granularities[]"] == ("word", "segment")
    assert (upload.field("response_format"), upload.field("model")) == ("verbose_json", "whisper-1")
    assert (upload.field("language"), upload.file_name) == ("zh", "piece.flac")
    assert samples_of(upload.audio).size == 3 * 16_000


def test_an_unknown_language_is_that_of_most_pieces(serve: Callable[[Transcribe], OpenAIFake]):
    def transcribe(upload: Upload) -> Mapping[str, Any]:
        return words(("la", 0, 1), language="welsh" if second_of(upload) == 6 else "french")

    assert engine_at(serve(transcribe)).hear(sound(16), PIECES, None, quiet).language == "fr"


def test_a_server_that_knows_no_word_times_is_asked_for_segments(serve: Callable[[Transcribe], OpenAIFake]):
    def transcribe(upload: Upload) -> Mapping[str, Any] | Reply:
        if upload.field("timestamp_granularities[]"):
            return NOT_UNDERSTOOD
        return {"text": "amazing grace", "segments": [{"text": " amazing grace", "start": 1.0, "end": 2.2}]}

    server = serve(transcribe)
    heard = engine_at(server).hear(sound(16), PIECES, "en", quiet)
    assert [token.text for token in heard.tokens] == ["amazing", "grace"] * 3
    assert not any(token.timed for token in heard.tokens)
    assert heard.tokens[0].start == 2.0
    assert heard.tokens[1].start == pytest.approx(2.7)
    assert len(server.requests) == 4


def test_a_server_that_knows_text_alone_gets_shorter_pieces(serve: Callable[[Transcribe], OpenAIFake]):
    lengths: list[float] = []

    def transcribe(upload: Upload) -> Mapping[str, Any] | Reply:
        if upload.field("response_format") != "json":
            return NOT_UNDERSTOOD
        lengths.append(samples_of(upload.audio).size / 16_000)
        return {"text": "how sweet the sound"}

    heard = engine_at(serve(transcribe), Gate(at_once=1)).hear(sound(21), [(0.0, 20.0)], "en", quiet)
    assert max(lengths) <= 8
    assert sum(lengths) == pytest.approx(20, abs=0.01)
    assert len(heard.tokens) == 4 * len(lengths)
    assert not any(token.timed for token in heard.tokens)


def test_several_pieces_are_on_their_way_at_once(serve: Callable[[Transcribe], OpenAIFake]):
    server = serve(lambda _upload: words(("la", 0, 1)))
    engine_at(server, Gate(at_once=2)).hear(sound(21), [(float(n), n + 0.9) for n in range(20)], "en", quiet)
    assert len(server.requests) == 20
    assert server.most_at_once <= 2


@pytest.mark.parametrize("fault", [BROKEN, TOO_MANY_SOON], ids=lambda fault: fault.name)
def test_a_failure_that_passes_costs_nothing(serve: Callable[[Transcribe], OpenAIFake], fault: Fault):
    server = serve(lambda _upload: words(("la", 0, 1)))
    server.faults.append(fault)
    engine = engine_at(server)
    assert len(engine.hear(sound(16), PIECES, "en", quiet).tokens) == 3
    assert engine.missed == 0


@pytest.mark.parametrize("fault", [EMPTY, MALFORMED, WRONG_SCHEMA, NOT_JSON, DEEP], ids=lambda fault: fault.name)
def test_one_bad_answer_costs_its_piece_alone(serve: Callable[[Transcribe], OpenAIFake], fault: Fault):
    server = serve(lambda _upload: words(("la", 0, 1)))
    server.faults.append(fault)
    engine = engine_at(server)
    assert len(engine.hear(sound(16), PIECES, "en", quiet).tokens) == 2
    assert engine.missed == 1
    server.always = fault
    with pytest.raises(ApiAnswerError, match="did not answer with a transcription"):
        engine.hear(sound(16), PIECES, "en", quiet)


def test_an_expired_key_is_told_after_one_call(serve: Callable[[Transcribe], OpenAIFake]):
    server = serve(lambda _upload: words())
    server.always = EXPIRED_KEY
    with pytest.raises(ApiRefusedError, match="does not accept the key"):
        engine_at(server).hear(sound(16), PIECES, "en", quiet)
    assert len(server.requests) == 1


def test_a_server_that_understands_no_form_says_so(serve: Callable[[Transcribe], OpenAIFake]):
    with pytest.raises(ApiRefusedError, match="no such response_format"):
        engine_at(serve(lambda _upload: NOT_UNDERSTOOD)).hear(sound(16), PIECES, "en", quiet)


def test_no_song_costs_more_than_it_may(serve: Callable[[Transcribe], OpenAIFake]):
    server = serve(lambda _upload: words(("la", 0, 0.5)))
    with pytest.raises(ApiBudgetSpentError):
        engine_at(server, allowance=Allowance(calls=1)).hear(sound(16), PIECES, "en", quiet)
    assert len(server.requests) == 1


def test_nobody_there(unserved_port: int):
    engine = ApiTranscription(ApiClient(Endpoint(f"http://127.0.0.1:{unserved_port}"), Gate(), pause=0.01), "m")
    with pytest.raises(ApiError, match="cannot be reached"):
        engine.hear(sound(4), [(0, 1)], "en", quiet)


def test_nothing_is_sent_of_what_lies_beyond_the_end(serve: Callable[[Transcribe], OpenAIFake]):
    server = serve(lambda _upload: words(("la", 0, 1)))
    heard = engine_at(server).hear(sound(4), [(3.0, 9.0), (3.95, 4.0), (7.0, 9.0)], "en", quiet)
    assert len(server.requests) == 1
    assert [token.start for token in heard.tokens] == [3.0]
    assert engine_at(server).hear(sound(4), [], "en", quiet).tokens == ()


def read(duration: float = 10.0, **answer: Any) -> list[tuple[str, float, float, bool]]:
    transcript = read_transcript(json.dumps({"text": "", **answer}).encode(), duration, "en")
    return [(t.text, round(t.start, 2), round(t.end, 2), t.timed) for t in transcript.tokens]


@pytest.mark.parametrize(
    "wrong",
    [(-1.0, 2.0), (5.0, 4.0), (2.0, 30.0), (math.nan, 2.0), (0.0, math.inf), (30.0, 31.0)],
)
def test_words_are_not_believed_when_one_time_cannot_be(wrong: tuple[float, float]):
    spoilt = words(("one", 1, 2), ("two", *wrong), ("three", 9, 9.5))
    assert [(word, timed) for word, _, _, timed in read(**spoilt)] == [("one", False), ("two", False), ("three", False)]


def test_words_that_go_back_in_time_are_not_believed():
    assert not any(timed for _, _, _, timed in read(**words(("one", 5, 6), ("two", 1, 2))))


def test_times_that_are_rounded_beyond_the_piece_are_cut():
    assert read(**words(("one", 9.0, 10.4), ("two", 8.9, 10.4))) == [("one", 9.0, 10.0, True), ("two", 9.0, 10.0, True)]


def test_a_silent_segment_is_no_evidence():
    segment = {"text": "Thank you.", "start": 0, "end": 5, "no_speech_prob": 0.9, "avg_logprob": -1.5}
    assert read(text="Thank you.", segments=[segment]) == []


def test_a_loop_is_hardly_believed():
    segment = {"text": "oh", "start": 0, "end": 5, "compression_ratio": 9.0, "avg_logprob": -0.1}
    loop = words(("oh", 1, 2), segments=[segment])
    (token,) = read_transcript(json.dumps(loop).encode(), 10, "en").tokens
    assert token.probability < 0.3


def test_chinese_text_is_shared_out_by_character():
    transcript = read_transcript('{"text": "奇异恩典"}'.encode(), 4.0, "zh")
    assert [(token.text, token.start) for token in transcript.tokens] == [("奇", 0), ("异", 1), ("恩", 2), ("典", 3)]


def test_more_words_than_anybody_sings_are_refused():
    with pytest.raises(ApiAnswerError, match="more words"):
        read(text="la " * 1000)


def test_pieces_are_cut_evenly():
    assert cut_pieces([(0, 5), (10, 30)], 8) == [
        (0, 5),
        (10, 10 + 20 / 3),
        (10 + 20 / 3, 10 + 40 / 3),
        (10 + 40 / 3, 30),
    ]


def test_a_flac_file_holds_the_sound():
    samples = sound(2.5)
    file = flac_of(samples)
    assert file.startswith(b"fLaC")
    assert np.abs(samples_of(file) - samples).max() < 1e-4
