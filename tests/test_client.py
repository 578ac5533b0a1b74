"""The client of the Analysis Service, over real connections to a fake one."""

from __future__ import annotations

import hashlib
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from fake_service import Answer, FakeService, problem

from stream_of_worship.admin import client, failures
from stream_of_worship.admin.client import AnalysisClient, LrcRequest, connect
from stream_of_worship.admin.errors import (
    EditedMeanwhileError,
    NotOnServiceError,
    ServiceBusyError,
    ServiceError,
    ServiceKeyError,
    ServiceRefusedError,
    ServiceUnreachableError,
    UsageError,
)

SONG = "a" * 64


@pytest.fixture
def notes() -> list[str]:
    return []


@pytest.fixture
def analysis(service: FakeService, notes: list[str]) -> Iterator[AnalysisClient]:
    with connect(service.url, "secret", patience=0.8, notify=notes.append, pause=0.02) as made:
        yield made


def request(words: str = "Morning light\nOver the hills") -> LrcRequest:
    return LrcRequest(f"sow:{SONG}", words, SONG, "A Song", None, {"language": "en", "engines": None})


def test_what_the_package_exports():
    assert set(client.__all__) == {
        "FINAL", "HASH", "AnalysisClient", "AnalysisRequest", "Check", "Document", "Fault", "Job", "JobAttempt",
        "JobPage", "JobResult", "LrcRequest", "Lyrics", "LyricsVersion", "Readiness", "Stem", "Upload",
        "completed", "connect",
    }  # fmt: skip


def test_a_recording_is_sent_as_it_is_and_told_of_piece_by_piece(
    analysis: AnalysisClient, service: FakeService, tmp_path: Path
):
    audio = tmp_path / "春.wav"
    audio.write_bytes(bytes(range(256)) * 4000)
    told: list[tuple[int, int]] = []
    upload = analysis.upload(audio, lambda done, total: told.append((done, total)))
    assert service.audio[upload.content_hash] == audio.read_bytes()
    assert upload.content_hash == hashlib.sha256(audio.read_bytes()).hexdigest()
    assert told[0] == (0, 1_024_000)
    assert told[-1] == (1_024_000, 1_024_000)
    assert len(told) > 3


def test_an_upload_that_breaks_is_sent_again_from_its_beginning(
    analysis: AnalysisClient, service: FakeService, tone: Path
):
    service.answers("POST /api/v1/audio", problem(503, "busy", "Wait.", {"Retry-After": "0"}))
    assert service.audio[analysis.upload(tone).content_hash] == tone.read_bytes()


def test_a_job_is_asked_for_with_what_is_known(analysis: AnalysisClient, service: FakeService):
    job = analysis.submit_lrc(request())
    assert (job.status, job.song_title) == ("queued", "A Song")
    assert service.submitted == [
        {
            "audio_url": f"sow:{SONG}", "content_hash": SONG, "lyrics_text": "Morning light\nOver the hills",
            "song_title": "A Song", "options": {"language": "en"},
        }
    ]  # fmt: skip


def test_the_key_is_sent_and_never_shown(service: FakeService):
    service.key = "another"
    with connect(service.url, "secret") as analysis, pytest.raises(ServiceKeyError) as caught:
        analysis.jobs(limit=1)
    assert service.headers["GET /api/v1/jobs"][0]["authorization"] == "Bearer secret"
    assert "secret" not in failures.message(caught.value)


def test_jobs_come_page_by_page(analysis: AnalysisClient, service: FakeService):
    for n in range(250):
        analysis.submit_lrc(request(f"Song {n}"))
    assert len(analysis.jobs(limit=230)) == 230
    assert service.requests.count("GET /api/v1/jobs") == 3
    assert len(analysis.jobs(limit=1000)) == 250


def test_what_a_newer_service_adds_is_kept(analysis: AnalysisClient, service: FakeService):
    job = analysis.submit_lrc(request())
    service.jobs[job.id]["mood"] = "merry"
    assert analysis.job(job.id).plain()["mood"] == "merry"


@pytest.mark.parametrize(
    ("answer", "kind", "told"),
    [
        (problem(400, "bad", "That is bad."), ServiceRefusedError, "That is bad."),
        (problem(401, "key_missing", "Send a key."), ServiceKeyError, "Send a key."),
        (problem(404, "job_not_found", "No such job."), NotOnServiceError, "No such job."),
        (problem(412, "edited_meanwhile", "Changed."), EditedMeanwhileError, "Changed."),
        (problem(413, "too_large", "At most 500 MB."), ServiceRefusedError, "At most 500 MB."),
        (problem(500, "internal_error", "It failed."), ServiceError, "It failed."),
        (Answer(502), ServiceError, "the service answered 502 Bad Gateway"),
        (Answer(404), ServiceError, "is that an Analysis Service?"),
        (Answer(301, headers={"Location": "/elsewhere"}), ServiceError, "is that an Analysis Service?"),
        (Answer(200, {"hello": "world"}), ServiceError, "answered something else than an Analysis Service would"),
        (Answer(200), ServiceError, "answered something else than an Analysis Service would"),
    ],
)
def test_an_answer_that_tells_of_a_problem_becomes_an_error(
    analysis: AnalysisClient, service: FakeService, answer: Answer, kind: type[ServiceError], told: str
):
    service.answers("GET /api/v1/jobs/1", answer)
    with pytest.raises(kind) as caught:
        analysis.job("1")
    assert told in failures.message(caught.value)
    assert type(caught.value) is kind


def test_each_flaw_of_a_request_is_told(analysis: AnalysisClient, service: FakeService):
    flaws = [{"loc": ["body", "lyrics_text"], "msg": "too long"}, {"loc": [], "msg": "odd"}]
    service.answers("POST /api/v1/jobs/lrc", problem(422, "invalid_request", "It has flaws.", errors=flaws))
    with pytest.raises(ServiceRefusedError, match=r"It has flaws.\nbody.lyrics_text: too long\nodd") as caught:
        analysis.submit_lrc(request())
    assert caught.value.reason == "invalid_request"


def test_a_busy_service_is_asked_again_when_it_says(analysis: AnalysisClient, service: FakeService, notes: list[str]):
    full = problem(429, "queue_full", "Too many jobs are open.", {"Retry-After": "0.2"})
    service.answers("POST /api/v1/jobs/lrc", full, full)
    assert analysis.submit_lrc(request()).status == "queued"
    assert notes == ["The service is busy; asking again in 1 s."] * 2


def test_but_not_when_it_wants_to_be_left_alone_for_long(analysis: AnalysisClient, service: FakeService):
    service.answers("POST /api/v1/jobs/lrc", problem(429, "queue_full", "Too many.", {"Retry-After": "3600"}))
    with pytest.raises(ServiceBusyError):
        analysis.submit_lrc(request())
    assert service.requests.count("POST /api/v1/jobs/lrc") == 1


def test_a_date_to_come_back_at_is_understood(analysis: AnalysisClient, service: FakeService):
    past = {"Retry-After": "Wed, 21 Oct 2015 07:28:00 GMT"}
    service.answers("GET /api/v1/jobs", problem(503, "starting", "Starting.", past))
    assert analysis.jobs(limit=1) == []


def test_nobody_at_the_address_is_told_at_once(notes: list[str]):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        nobody = f"http://127.0.0.1:{taken.getsockname()[1]}"
        with connect(nobody, notify=notes.append) as analysis, pytest.raises(ServiceUnreachableError) as caught:
            analysis.jobs(limit=1)
    assert failures.message(caught.value) == f"no Analysis Service answers at {nobody}"
    assert "sow serve" in str(failures.remedy(caught.value))
    assert notes == []


def test_a_broken_connection_is_made_again(analysis: AnalysisClient, service: FakeService):
    service.answers("GET /api/v1/jobs", Answer(cut=True), Answer(cut=True))
    assert analysis.jobs(limit=1) == []
    assert service.requests.count("GET /api/v1/jobs") == 3


def test_an_edit_is_not_sent_twice_when_nobody_knows_whether_it_arrived(analysis: AnalysisClient, service: FakeService):
    call = f"PUT /api/v1/songs/{SONG}/lyrics"
    service.answers(call, Answer(cut=True))
    with pytest.raises(ServiceUnreachableError):
        analysis.put_lyrics(SONG, "[00:01.00]By hand", "text/plain", etag='"1"')
    assert service.requests.count(call) == 1


def test_a_job_is_followed_to_its_end(analysis: AnalysisClient):
    seen = list(analysis.follow(analysis.submit_lrc(request())))
    assert [job.stage for job in seen] == [None, "decode", "hear", "align", "verify", None]
    assert seen[-1].status == "completed"
    assert [job.progress for job in seen] == sorted(job.progress for job in seen)


def test_a_stream_that_breaks_goes_on_after_the_last_event_that_came(
    analysis: AnalysisClient, service: FakeService, notes: list[str]
):
    service.cut_events = [2, 0, 1]
    job = analysis.submit_lrc(request())
    assert list(analysis.follow(job))[-1].status == "completed"
    ids = [headers.get("last-event-id") for headers in service.headers[f"GET /api/v1/jobs/{job.id}/events"]]
    assert ids[:2] == [None, "2"]


def test_a_service_that_restarts_is_waited_for(analysis: AnalysisClient, service: FakeService, notes: list[str]):
    job = analysis.submit_lrc(request())
    events = f"GET /api/v1/jobs/{job.id}/events"
    service.answers(events, Answer(cut=True), problem(503, "starting", "Starting.", {"Retry-After": "0"}))
    assert list(analysis.follow(job))[-1].status == "completed"
    assert service.requests.count(events) == 3
    assert notes


def test_patience_counts_from_the_break_and_not_from_the_last_event(service: FakeService):
    service.stuck = True
    with connect(service.url, patience=0.3, pause=0.02) as analysis:
        job = analysis.submit_lrc(request())
        following = analysis.follow(job)
        next(following), next(following)

        def restart() -> None:
            service.answers(f"GET /api/v1/jobs/{job.id}/events", Answer(cut=True), Answer(cut=True))
            service.stuck, service.hang_up = True, True
            threading.Timer(0.1, setattr, (service, "stuck", False)).start()

        timer = threading.Timer(0.6, restart)
        timer.start()
        assert list(following)[-1].status == "completed"
        timer.join()


def test_what_is_no_stream_of_events_is_told(analysis: AnalysisClient, service: FakeService):
    job = analysis.submit_lrc(request())
    service.answers(f"GET /api/v1/jobs/{job.id}/events", Answer(200, {"hello": "world"}))
    with pytest.raises(ServiceError, match="something else than events"):
        list(analysis.follow(job))


def test_one_that_does_not_come_back_is_given_up_and_the_job_is_not_touched(
    analysis: AnalysisClient, service: FakeService
):
    job = analysis.submit_lrc(request())
    service.answers(f"GET /api/v1/jobs/{job.id}/events", *[Answer(cut=True)] * 20)
    with pytest.raises(ServiceUnreachableError):
        list(analysis.follow(job))
    assert service.jobs[job.id]["status"] == "queued"


@pytest.mark.parametrize("server", ["ftp://x", "http://", "http://user:pw@x:1", "http://x:notaport"])
def test_an_address_that_is_none_is_refused(server: str):
    with pytest.raises(UsageError, match="--server"):
        connect(server)


def test_http_may_be_left_out(service: FakeService):
    with connect(service.url.removeprefix("http://")) as analysis:
        assert analysis.jobs(limit=1) == []


def test_no_proxy_is_asked_for_this_machine(service: FakeService, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    with connect(service.url) as analysis:
        assert analysis.jobs(limit=1) == []
