"""YouTube on loopback, as far as the captions library sees it: watch page, player and captions. It fails on demand.

with FakeYouTube() as youtube:
    youtube.videos[VIDEO] = FakeVideo([FakeTrack("en", json3((1.0, 2.0, "Sing to the king")))])
    youtube.fail(Place.TRACK, Fault.RATE_LIMITED, times=1)
    captions = YouTubeCaptions(CaptionsOptions(WebOptions(base_url=youtube.url)))

It is made after what `youtube-transcript-api` 1.2 asks for and reads; the real YouTube is not within the tests' reach.
"""

from __future__ import annotations

import gzip
import json
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

VIDEO = "Mrn1ngL1ght"
VIDEO_URL = f"https://www.youtube.com/watch?v={VIDEO}"


class Place(StrEnum):
    """What is asked for."""

    WATCH = "watch"
    PLAYER = "player"
    TRACK = "track"


class Fault(StrEnum):
    """How an answer can go wrong."""

    RATE_LIMITED = "429 without Retry-After"
    RATE_LIMITED_FOR = "429 with Retry-After"
    FORBIDDEN = "403 with a page"
    CONSENT = "a consent page, again and again"
    ROBOT = "a page that asks for a proof of being human"
    SERVER_ERROR = "503"
    BROKEN = "500"
    ELSEWHERE = "redirected to another host"
    HANG = "no answer"
    DROPPED = "connection closed"
    CUT_OFF = "less than announced"
    DRIP = "a byte at a time, without end"
    MALFORMED = "not what it should be"
    EMPTY = "nothing"
    HUGE = "without end"
    BOMB = "small, but large when unpacked"


@dataclass(frozen=True)
class FakeTrack:
    """One caption track."""

    language: str
    body: bytes
    automatic: bool = False
    guarded: bool = False
    """Whether only the player's own token opens it."""


@dataclass
class FakeVideo:
    """One video. `playability` is what the player says when it does not play."""

    tracks: Sequence[FakeTrack] | None = ()
    """None: captions are disabled."""
    playability: dict[str, Any] = field(default_factory=lambda: {"status": "OK"})
    consent: bool = False
    """Whether consent is asked for once."""


@dataclass(frozen=True)
class Asked:
    """One request that came."""

    place: Place
    url: str
    headers: dict[str, str]

    @property
    def query(self) -> dict[str, str]:
        return {name: values[0] for name, values in parse_qs(urlsplit(self.url).query).items()}


class FakeYouTube:
    """The server. `url` is its address; it is a proxy, too, that leads to itself."""

    def __init__(self) -> None:
        self.videos: dict[str, FakeVideo] = {}
        self.asked: list[Asked] = []
        self.retry_after = "7"
        self._faults: dict[Place, list[Fault]] = {place: [] for place in Place}
        self._always: dict[Place, Fault] = {}
        self._closing = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> FakeYouTube:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._closing.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def fail(self, place: Place, fault: Fault, times: int | None = None) -> None:
        """Go wrong there so many times, or from now on."""
        if times is None:
            self._always[place] = fault
        else:
            self._faults[place] += [fault] * times

    def recover(self) -> None:
        """Work again."""
        self._always.clear()
        self._faults = {place: [] for place in Place}

    def places(self) -> list[Place]:
        """What was asked for, in order."""
        return [asked.place for asked in self.asked]

    def _fault(self, place: Place) -> Fault | None:
        return self._faults[place].pop(0) if self._faults[place] else self._always.get(place)

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        youtube = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def do_GET(self) -> None:
                with suppress(ConnectionError):
                    youtube._answer(self, b"")

            def do_POST(self) -> None:
                with suppress(ConnectionError):
                    youtube._answer(self, self.rfile.read(int(self.headers.get("Content-Length", "0"))))

            def log_message(self, format: str, *args: object) -> None:
                pass

        return Handler

    def _answer(self, handler: BaseHTTPRequestHandler, body: bytes) -> None:
        parts = urlsplit(handler.path)
        routes: dict[str, tuple[Place, Callable[[], bytes]]] = {
            "/watch": (Place.WATCH, lambda: self._watch(asked)),
            "/youtubei/v1/player": (Place.PLAYER, lambda: self._player(json.loads(body))),
            "/api/timedtext": (Place.TRACK, lambda: self._track(asked)),
        }
        if parts.path not in routes:
            _send(handler, b"not here", 404)
            return
        place, work = routes[parts.path]
        asked = Asked(place, handler.path, dict(handler.headers))
        self.asked.append(asked)
        fault = self._fault(place)
        if fault is None:
            _send_packed(handler, work())
        else:
            self._misbehave(handler, fault)

    def _watch(self, asked: Asked) -> bytes:
        video = self.videos.get(asked.query.get("v", ""))
        if video is not None and video.consent and "CONSENT=YES+cb" not in asked.headers.get("Cookie", ""):
            return _CONSENT
        return b'<html><script>ytcfg.set({"INNERTUBE_API_KEY": "AIzaFake_Key-1"});</script></html>'

    def _player(self, request: dict[str, Any]) -> bytes:
        name = str(request["videoId"])
        video = self.videos.get(name)
        if video is None:
            return _json({"playabilityStatus": {"status": "ERROR", "reason": "This video is unavailable"}})
        answer: dict[str, Any] = {"playabilityStatus": video.playability}
        if video.tracks is not None:
            answer["captions"] = {"playerCaptionsTracklistRenderer": _listing(name, video.tracks)}
        return _json(answer)

    def _track(self, asked: Asked) -> bytes:
        query = asked.query
        for track in self.videos[query["v"]].tracks or ():
            if (track.language, track.automatic) == (query["lang"], query.get("kind") == "asr"):
                return track.body
        return b""

    def _misbehave(self, handler: BaseHTTPRequestHandler, fault: Fault) -> None:
        match fault:
            case Fault.RATE_LIMITED:
                _send(handler, b"slow down", 429)
            case Fault.RATE_LIMITED_FOR:
                _send(handler, b"slow down", 429, {"Retry-After": self.retry_after})
            case Fault.FORBIDDEN:
                _send(handler, _CONSENT, 403)
            case Fault.CONSENT:
                _send(handler, _CONSENT)
            case Fault.ROBOT:
                _send(handler, b'<html><div class="g-recaptcha"></div></html>')
            case Fault.SERVER_ERROR:
                _send(handler, b"unavailable", 503)
            case Fault.BROKEN:
                _send(handler, b"broken", 500)
            case Fault.ELSEWHERE:
                _send(handler, b"", 302, {"Location": "https://accounts.example/sign-in"})
            case Fault.HANG:
                self._closing.wait()
                handler.close_connection = True
            case Fault.DROPPED:
                handler.close_connection = True
            case Fault.CUT_OFF:
                _send(handler, b'{"events": [', headers={"Content-Length": "5000"})
                handler.close_connection = True
            case Fault.MALFORMED:
                _send(handler, b'{"events": [{"tStartMs": "soon", <')
            case Fault.EMPTY:
                _send(handler, b"")
            case Fault.DRIP:
                self._send_without_end(handler, b" ", pause=0.005)
            case Fault.BOMB:
                _send(handler, gzip.compress(b" " * 16_000_000, 1), headers={"Content-Encoding": "gzip"})
            case Fault.HUGE:
                self._send_without_end(handler, b" " * 65536, pause=0.0)

    def _send_without_end(self, handler: BaseHTTPRequestHandler, piece: bytes, pause: float) -> None:
        handler.close_connection = True
        handler.send_response(200)
        handler.send_header("Connection", "close")
        handler.end_headers()
        while not self._closing.wait(pause):
            handler.wfile.write(piece)


_CONSENT = (
    b'<html><form action="https://consent.youtube.com/s" method="POST">'
    b'<input type="hidden" name="v" value="cb.20261124"></form></html>'
)


def _send(
    handler: BaseHTTPRequestHandler, body: bytes, status: int = 200, headers: dict[str, str] | None = None
) -> None:
    handler.send_response(status)
    for name, value in ({"Content-Length": str(len(body))} | (headers or {})).items():
        handler.send_header(name, value)
    handler.end_headers()
    handler.wfile.write(body)


def _send_packed(handler: BaseHTTPRequestHandler, body: bytes) -> None:
    """As YouTube does: compressed, in chunks of which nobody knows how many come."""
    packed = gzip.compress(body) if "gzip" in handler.headers.get("Accept-Encoding", "") else body
    handler.send_response(200)
    if packed is not body:
        handler.send_header("Content-Encoding", "gzip")
    handler.send_header("Transfer-Encoding", "chunked")
    handler.end_headers()
    for at in range(0, len(packed), 1000):
        piece = packed[at : at + 1000]
        handler.wfile.write(f"{len(piece):x}\r\n".encode() + piece + b"\r\n")
    handler.wfile.write(b"0\r\n\r\n")


def _json(value: object) -> bytes:
    return json.dumps(value).encode()


def _listing(video: str, tracks: Sequence[FakeTrack]) -> dict[str, Any]:
    return {
        "captionTracks": [
            {
                "baseUrl": f"https://www.youtube.com/api/timedtext?v={video}&lang={track.language}"
                + ("&kind=asr" if track.automatic else "")
                + ("&exp=xpe" if track.guarded else "")
                + "&fmt=srv3",
                "name": {"runs": [{"text": track.language}]},
                "languageCode": track.language,
                "isTranslatable": True,
                **({"kind": "asr"} if track.automatic else {}),
            }
            for track in tracks
        ],
        "translationLanguages": [
            {"languageCode": code, "languageName": {"runs": [{"text": code}]}} for code in ("en", "de", "zh-Hans")
        ],
    }


Said = tuple[float, float, str | Sequence[tuple[str, float]]]
"""A phrase: start and length in seconds, and its text, or its words with their times from the phrase's start."""


def json3(*phrases: Said) -> bytes:
    """A track in json3, as YouTube sends it."""
    return _json({"wireMagic": "pb3", "pens": [{}], "events": [{"tStartMs": 0, "id": 1}, *map(_event, phrases)]})


def _event(said: Said) -> dict[str, Any]:
    start, length, text = said
    words = [(text, 0.0)] if isinstance(text, str) else text
    segments = [
        {"utf8": word, **({"tOffsetMs": round(1000 * offset)} if offset else {}), "acAsrConf": 0}
        for word, offset in words
    ]
    return {"tStartMs": round(1000 * start), "dDurationMs": round(1000 * length), "segs": segments}


def srv1(*phrases: tuple[float, float, str]) -> bytes:
    """A track in YouTube's oldest XML."""
    return _xml("transcript", (f'<text start="{s}" dur="{d}">{escape(escape(t))}</text>' for s, d, t in phrases))


def srv3(*phrases: Said) -> bytes:
    """A track in YouTube's newer XML."""
    return _xml("timedtext", ["<body>", *map(_paragraph, phrases), "</body>"])


def _paragraph(said: Said) -> str:
    start, length, text = said
    inside = (
        escape(text)
        if isinstance(text, str)
        else "".join(f'<s t="{round(1000 * offset)}" ac="0">{escape(word)}</s>' for word, offset in text)
    )
    return f'<p t="{round(1000 * start)}" d="{round(1000 * length)}">{inside}</p>'


def _xml(root: str, inside: Iterator[str] | Sequence[str]) -> bytes:
    return f'<?xml version="1.0" encoding="utf-8" ?><{root}>{"".join(inside)}</{root}>'.encode()
