"""A real HTTP server on loopback that answers as a test says, and fails as a test says."""

from __future__ import annotations

import contextlib
import threading
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from faults import Fault, Reply, send


@dataclass(frozen=True)
class Request:
    """What came in."""

    path: str
    headers: Message
    """Names in any case."""
    body: bytes


Answer = Callable[[Request], Reply]


class HttpFake:
    """Answers POST by path. `faults` spoil the next answers, one each; `always` spoils every one after these."""

    def __init__(self, answers: Mapping[str, Answer]) -> None:
        self.faults: deque[Fault] = deque()
        self.always: Fault | None = None
        self.requests: list[Request] = []
        self.most_at_once = 0
        self._at_once = 0
        self._lock = threading.Lock()
        self._closing = threading.Event()
        fake = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                with contextlib.suppress(OSError):
                    fake._serve(self, answers)

            def log_message(self, format: str, *args: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._server.handle_error = lambda *_: None  # callers that hang up are what faults are for
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def close(self) -> None:
        """End it, and every answer that takes for ever."""
        self._closing.set()
        self._server.shutdown()
        self._server.server_close()

    def _serve(self, handler: BaseHTTPRequestHandler, answers: Mapping[str, Answer]) -> None:
        body = handler.rfile.read(int(handler.headers.get("Content-Length", 0)))
        request = Request(handler.path, handler.headers, body)
        with self._lock:
            self.requests.append(request)
            fault = self.faults.popleft() if self.faults else self.always
            self._at_once += 1
            self.most_at_once = max(self.most_at_once, self._at_once)
        try:
            answer = answers.get(handler.path)
            reply = answer(request) if answer else Reply(404, b'{"error": {"message": "no such path"}}')
            fault.act(handler, reply, self._closing) if fault else send(handler, reply)
        finally:
            with self._lock:
                self._at_once -= 1


@contextlib.contextmanager
def closing_fake(fake: HttpFake) -> Iterator[HttpFake]:
    """End a fake with the block."""
    try:
        yield fake
    finally:
        fake.close()
