"""Ways in which a server can fail, for any fake that is an `HttpFake`: each takes one request and spoils the answer.

A fault is given the honest answer, so that it can spoil it late. Those that take for ever end with the server.
"""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler


@dataclass(frozen=True)
class Reply:
    """An answer over HTTP."""

    status: int = 200
    body: bytes = b""
    content_type: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True)
class Fault:
    """A way to fail. `act` gets the request, the honest answer, and an event that is set when the server closes."""

    name: str
    act: Callable[[BaseHTTPRequestHandler, Reply, threading.Event], None]


def send(request: BaseHTTPRequestHandler, reply: Reply, *, announced: int | None = None) -> None:
    """Send an answer; `announced` bytes in place of its true length."""
    request.send_response(reply.status)
    request.send_header("Content-Type", reply.content_type)
    request.send_header("Content-Length", str(len(reply.body) if announced is None else announced))
    for name, value in reply.headers.items():
        request.send_header(name, value)
    request.end_headers()
    request.wfile.write(reply.body)


def status(code: int, *, retry_after: str | None = None, body: bytes = b'{"error": {"message": "no"}}') -> Fault:
    """An answer of that status."""
    headers = {} if retry_after is None else {"Retry-After": retry_after}
    name = f"status {code}" + (f", retry after {retry_after}" if retry_after is not None else "")
    return Fault(name, lambda request, _reply, _closing: send(request, Reply(code, body, headers=headers)))


def body(name: str, content: bytes) -> Fault:
    """An answer that says that all is well, with another body."""
    return Fault(name, lambda request, _reply, _closing: send(request, Reply(200, content)))


def _hang(_request: BaseHTTPRequestHandler, _reply: Reply, closing: threading.Event) -> None:
    closing.wait()


def _reset(request: BaseHTTPRequestHandler, _reply: Reply, _closing: threading.Event) -> None:
    request.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    request.close_connection = True


def _cut_off(request: BaseHTTPRequestHandler, reply: Reply, _closing: threading.Event) -> None:
    send(request, Reply(200, reply.body[: len(reply.body) // 2]), announced=len(reply.body))
    request.close_connection = True


def _drip(request: BaseHTTPRequestHandler, reply: Reply, closing: threading.Event) -> None:
    send(request, Reply(200, b""), announced=len(reply.body))
    for byte in reply.body:
        if closing.wait(0.05):
            return
        request.wfile.write(bytes([byte]))


def _drip_headers(request: BaseHTTPRequestHandler, _reply: Reply, closing: threading.Event) -> None:
    request.wfile.write(b"HTTP/1.1 200 OK\r\nX-Padding: ")
    while not closing.wait(0.05):
        request.wfile.write(b"x")


def _endless(request: BaseHTTPRequestHandler, _reply: Reply, closing: threading.Event) -> None:
    request.send_response(200)
    request.send_header("Content-Type", "application/json")
    request.end_headers()
    with contextlib.suppress(OSError):
        request.wfile.write(b'{"text": "')
        while not closing.is_set():
            request.wfile.write(b"la " * 20_000)
    request.close_connection = True


HANG = Fault("hangs", _hang)
RESET = Fault("resets the connection", _reset)
CUT_OFF = Fault("cut off in the middle", _cut_off)
DRIP = Fault("drips", _drip)
DRIP_HEADERS = Fault("drips headers", _drip_headers)
ENDLESS = Fault("sends without end", _endless)
EMPTY = body("empty", b"")
MALFORMED = body("malformed JSON", b'{"choices": [{"mess')
WRONG_SCHEMA = body("wrong schema", b'{"choices": "yes", "text": 7, "lines": {}}')
NOT_JSON = body("a page in place of JSON", b"<html><body>Please log in</body></html>")
DEEP = body("deeply nested", b"[" * 100_000 + b"]" * 100_000)
TOO_MANY = status(429)
TOO_MANY_SOON = status(429, retry_after="0.01")
TOO_MANY_LATER = status(429, retry_after="3600")
BROKEN = status(500)
OVERLOADED = status(503)
EXPIRED_KEY = status(401, body=b'{"error": {"message": "Incorrect API key provided."}}')
MOVED = Fault("sends elsewhere", lambda r, _a, _c: send(r, Reply(302, headers={"Location": "http://127.0.0.1:9/"})))

ALL = (
    HANG, RESET, CUT_OFF, DRIP, DRIP_HEADERS, ENDLESS, EMPTY, MALFORMED, WRONG_SCHEMA, NOT_JSON, DEEP, TOO_MANY,
    TOO_MANY_SOON, TOO_MANY_LATER, BROKEN, OVERLOADED, EXPIRED_KEY, MOVED,
)  # fmt: skip
"""Each of them but one that nobody listens, for which a server is not needed."""

SLOW = (HANG, DRIP, DRIP_HEADERS)
"""Those that end only when the caller gives up."""
