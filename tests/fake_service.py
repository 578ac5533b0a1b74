"""A small Analysis Service for tests, over real HTTP: it times nothing, and misbehaves as it is told.

with FakeService() as service:
    service.answers("POST /api/v1/jobs/lrc", problem(429, "queue_full", "too many", {"Retry-After": "1"}))
    ... sow submit --server {service.url} ...
"""

from __future__ import annotations

import hashlib
import json
import re
import threading
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

from lyric_timing import formats
from lyric_timing.timed import TimedLine, TimedLyrics

STAGES = (("decode", 0.1), ("hear", 0.3), ("align", 0.6), ("verify", 0.9))


@dataclass(frozen=True)
class Answer:
    """What is sent in place of the right answer, once. `cut` closes the connection without a word."""

    status: int = 500
    document: dict[str, Any] | None = None
    headers: dict[str, str] = field(default_factory=dict)
    cut: bool = False


def problem(status: int, code: str, detail: str, headers: dict[str, str] | None = None, **more: Any) -> Answer:
    document = {"type": "about:blank", "title": code, "status": status, "code": code, "detail": detail, **more}
    return Answer(status, document, headers or {})


@dataclass
class FakeService:
    """Everything that a test wants to set or see."""

    key: str | None = None
    stuck: bool = False
    """Jobs stay at their first stage."""
    hang_up: bool = False
    """A stream of events of a job that is stuck breaks off, once."""
    fails: dict[str, dict[str, Any]] = field(default_factory=dict)
    """The error of each job whose lyrics hold such a text."""
    cut_events: list[int] = field(default_factory=list)
    """After how many events each connection is cut, one connection after the other."""
    requests: list[str] = field(default_factory=list)
    headers: dict[str, list[dict[str, str]]] = field(default_factory=lambda: defaultdict(list))
    submitted: list[dict[str, Any]] = field(default_factory=list)
    jobs: dict[str, dict[str, Any]] = field(default_factory=dict)
    audio: dict[str, bytes] = field(default_factory=dict)
    versions: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    analyses: dict[str, bytes] = field(default_factory=dict)
    analysis: bytes = b"{}"
    """What every song comes out like."""
    analysis_error: dict[str, Any] | None = None
    """Why none can be analysed."""
    stems: dict[tuple[str, str], bytes] = field(default_factory=dict)
    """The stems of every song, by model and name; jobs say that the first model made them."""
    planned: dict[str, list[Answer]] = field(default_factory=lambda: defaultdict(list))
    ready: bool = True

    def __enter__(self) -> Self:
        fake = self

        class Handler(FakeHandler):
            service = fake

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stuck = False
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def answers(self, call: str, *answers: Answer) -> None:
        self.planned[call] += answers

    def submit(self, request: dict[str, Any], kind: str = "lrc") -> dict[str, Any]:
        self.submitted.append(request)
        force = request.get("options", {}).get("force")
        for job in self.jobs.values():
            if job["request"] == request and (job["status"] in ("queued", "processing")) and not force:
                return job
        job_id = f"{len(self.jobs):032x}"
        job = {
            "id": job_id, "kind": kind, "status": "queued", "stage": None, "progress": 0.0, "request": request,
            "content_hash": request.get("content_hash"), "song_title": request.get("song_title"),
            "label": request.get("label"), "attempts": [], "warnings": [], "result": None, "error": None,
            "created_at": "2026-11-24T10:00:00Z", "started_at": None,
            "finished_at": None, "step": 0,
        }  # fmt: skip
        self.jobs[job_id] = job
        return job

    def advance(self, job: dict[str, Any]) -> None:
        """One step further: the fake works only while it is looked at."""
        if job["status"] not in ("queued", "processing") or (self.stuck and job["step"]):
            return
        if job["step"] < len(STAGES):
            stage, progress = STAGES[job["step"]]
            job |= {"status": "processing", "stage": stage, "progress": progress, "started_at": "2026-11-24T10:00:01Z"}
        else:
            self.end(job)
        job["step"] += 1

    def end(self, job: dict[str, Any]) -> None:
        job["finished_at"] = "2026-11-24T10:00:09Z"
        if job["kind"] == "analyze":
            if self.analysis_error is not None:
                job |= {"status": "failed", "error": self.analysis_error}
                return
            self.analyses[job["content_hash"]] = self.analysis
            job |= {"status": "completed", "stage": None, "progress": 1.0, "warnings": ["2 packets are damaged"]}
            job["result"] = {"stem_model": next((model for model, _ in self.stems), None)}
            return
        text = job["request"]["lyrics_text"]
        for mark, error in self.fails.items():
            if mark in text:
                job |= {"status": "failed", "error": error}
                return
        lines = [line for line in text.splitlines() if line.strip()]
        timed = tuple(TimedLine(line, i + 1.0, i + 1.9, (), 0.8, "ear") for i, line in enumerate(lines))
        self.versions[job["content_hash"]].append(formats.write(TimedLyrics(timed, duration=60.0), "json"))
        job |= {
            "status": "completed", "stage": None, "progress": 1.0, "warnings": ["the second line is hard to hear"],
            "attempts": [{"step": "align", "engine": "ear", "outcome": "served", "seconds": 1.5, "reason": None}],
            "result": {"confidence": 0.8, "version": len(self.versions[job["content_hash"]]), "doubtful": [1]},
        }  # fmt: skip

    def shown(self, job: dict[str, Any]) -> dict[str, Any]:
        return {name: value for name, value in job.items() if name not in ("request", "step")}

    def etag(self, song: str) -> str:
        return f'"{len(self.versions[song])}"'


class FakeHandler(BaseHTTPRequestHandler):
    service: FakeService
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log_message(self, format: str, *args: Any) -> None:
        """Quiet."""

    def do_GET(self) -> None:
        self.handle_call()

    do_POST = do_PUT = do_GET  # noqa: N815

    def handle_call(self) -> None:
        parts = urlsplit(self.path)
        self.query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        call = f"{self.command} {parts.path}"
        self.service.requests.append(call)
        self.service.headers[call].append({name.lower(): value for name, value in self.headers.items()})
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        planned = next((each for each in (call, self.command + " *") if self.service.planned[each]), None)
        if planned:
            self.planned(self.service.planned[planned].pop(0))
            return
        key = self.service.key
        if key and parts.path.startswith("/api") and self.headers.get("Authorization") != f"Bearer {key}":
            self.planned(problem(401, "key_wrong", "The API key is missing or wrong."))
            return
        for pattern, method in ROUTES.items():
            if match := re.fullmatch(pattern, call):
                method(self, body, *match.groups())
                return
        self.planned(problem(404, "not_found", "There is no such page."))

    def planned(self, answer: Answer) -> None:
        if answer.cut:
            self.close_connection = True
            return
        document = answer.document
        self.answer(answer.status, document if document is not None else b"oops", answer.headers)

    def answer(self, status: int, document: Any, headers: dict[str, str] | None = None) -> None:
        data = document if isinstance(document, bytes) else json.dumps(document).encode()
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def upload(self, body: bytes) -> None:
        digest = hashlib.sha256(body).hexdigest()
        self.service.audio[digest] = body
        self.answer(201, {"audio_url": f"sow:{digest}", "content_hash": digest, "duration_seconds": 1.0})

    def submit(self, body: bytes) -> None:
        self.answer(202, self.service.shown(self.service.submit(json.loads(body))))

    def submit_analysis(self, body: bytes) -> None:
        self.answer(202, self.service.shown(self.service.submit(json.loads(body), "analyze")))

    def get_analysis(self, body: bytes, song: str) -> None:
        if (found := self.service.analyses.get(song)) is None:
            self.planned(problem(404, "analysis_not_found", "The song was not analysed."))
            return
        self.answer(200, found, {"ETag": '"1"'})

    def list_stems(self, body: bytes, song: str) -> None:
        url = f"/api/v1/songs/{song}/stems"
        stems = [
            {"name": name, "model": model, "size": len(data), "url": f"{url}/{name}?model={model}"}
            for (model, name), data in self.service.stems.items()
        ]
        self.answer(200, {"stems": stems})

    def get_stem(self, body: bytes, song: str, name: str) -> None:
        self.answer(200, self.service.stems[self.query["model"], name])

    def list_jobs(self, body: bytes) -> None:
        limit, after = int(self.query.get("limit", "50")), self.query.get("after")
        found = sorted(self.service.jobs.values(), key=lambda job: job["id"], reverse=True)
        for name in ("status", "kind", "content_hash"):
            found = [job for job in found if self.query.get(name) in (None, job[name])]
        found = [job for job in found if after is None or job["id"] < after]
        following = found[limit - 1]["id"] if len(found) > limit else None
        self.answer(200, {"jobs": [self.service.shown(job) for job in found[:limit]], "next": following})

    def with_job(self, job_id: str) -> dict[str, Any] | None:
        job = self.service.jobs.get(job_id)
        if job is None:
            self.planned(problem(404, "job_not_found", f"There is no job {job_id}."))
        return job

    def get_job(self, body: bytes, job_id: str) -> None:
        if job := self.with_job(job_id):
            self.service.advance(job)
            self.answer(200, self.service.shown(job))

    def cancel(self, body: bytes, job_id: str) -> None:
        if job := self.with_job(job_id):
            if job["status"] in ("completed", "failed"):
                self.planned(problem(409, "job_finished", f"The job has {job['status']} already."))
                return
            job |= {"status": "cancelled", "finished_at": "2026-11-24T10:00:05Z"}
            self.answer(200, self.service.shown(job))

    def events(self, body: bytes, job_id: str) -> None:
        job = self.with_job(job_id)
        if job is None:
            return
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Connection", "close")
        self.end_headers()
        self.close_connection = True
        cut = self.service.cut_events.pop(0) if self.service.cut_events else None
        sent = 0
        while cut is None or sent < cut:
            before = dict(job)
            self.service.advance(job)
            if job == before and self.service.stuck:
                if self.service.hang_up:
                    self.service.hang_up = False
                    return
                threading.Event().wait(0.02)
                self.wfile.write(b": ping\n\n")
                continue
            told = ("stage", "progress") if job["status"] == before["status"] else ("status", "stage", "progress")
            data = json.dumps({name: job[name] for name in told})
            self.wfile.write(f"event: status\nid: {job['step']}\ndata: {data}\n\n".encode())
            sent += 1
            if job["status"] in ("completed", "failed", "cancelled"):
                return

    def get_lyrics(self, body: bytes, song: str, suffix: str) -> None:
        kept = self.service.versions[song]
        number = int(self.query.get("version", len(kept)))
        if not 0 < number <= len(kept):
            self.planned(problem(404, "lyrics_not_found", "The song has no timed lyrics."))
            return
        timed = formats.read(kept[number - 1], "json")
        self.answer(200, formats.write(timed, suffix).encode(), {"ETag": f'"{number}"'})

    def put_lyrics(self, body: bytes, song: str) -> None:
        kept = self.service.versions[song]
        match, none_match = self.headers.get("If-Match"), self.headers.get("If-None-Match")
        if (none_match == "*" and kept) or (match not in (None, "*", self.service.etag(song))):
            self.planned(problem(412, "edited_meanwhile", "The lyrics were changed meanwhile."))
            return
        name = next(n for n, f in formats.FORMATS.items() if f.media_type == self.headers["Content-Type"])
        kept.append(formats.write(formats.read(body.decode(), name), "json"))
        version = {"version": len(kept), "etag": self.service.etag(song), "source": "hand", "is_current": True}
        self.answer(200, version, {"ETag": self.service.etag(song)})

    def list_versions(self, body: bytes, song: str) -> None:
        if not self.service.versions[song]:
            self.planned(problem(404, "lyrics_not_found", "The song has no timed lyrics."))
            return
        count, made = len(self.service.versions[song]), "2026-11-24T10:00:09Z"
        self.answer(
            200,
            {
                "versions": [
                    {"version": n, "etag": f'"{n}"', "source": "job", "is_current": n == count, "created_at": made}
                    for n in range(count, 0, -1)
                ]
            },
        )

    def health(self, body: bytes) -> None:
        self.answer(200, {"status": "ok", "version": "0.1.0"})

    def readiness(self, body: bytes) -> None:
        ready = self.service.ready
        checks = {"database": {"ok": True}, "queue": {"ok": ready, "detail": None if ready else "no answer"}}
        self.answer(200 if ready else 503, {"ready": ready, "checks": checks})


ROUTES: dict[str, Callable[..., None]] = {
    "POST /api/v1/audio": FakeHandler.upload,
    "POST /api/v1/jobs/lrc": FakeHandler.submit,
    "POST /api/v1/jobs/analyze": FakeHandler.submit_analysis,
    r"GET /api/v1/songs/(\w+)/analysis": FakeHandler.get_analysis,
    r"GET /api/v1/songs/(\w+)/stems": FakeHandler.list_stems,
    r"GET /api/v1/songs/(\w+)/stems/(\w+)": FakeHandler.get_stem,
    "GET /api/v1/jobs": FakeHandler.list_jobs,
    "GET /api/v1/jobs/([^/]+)": FakeHandler.get_job,
    "POST /api/v1/jobs/([^/]+)/cancel": FakeHandler.cancel,
    "GET /api/v1/jobs/([^/]+)/events": FakeHandler.events,
    r"GET /api/v1/songs/(\w+)/lyrics\.(\w+)": FakeHandler.get_lyrics,
    r"PUT /api/v1/songs/(\w+)/lyrics": FakeHandler.put_lyrics,
    r"GET /api/v1/songs/(\w+)/lyrics/versions": FakeHandler.list_versions,
    "GET /health": FakeHandler.health,
    "GET /health/ready": FakeHandler.readiness,
}
