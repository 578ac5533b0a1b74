"""A hub and a package index of our own, both real: a web server, and wheels that pip takes from a folder."""

from __future__ import annotations

import hashlib
import threading
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from sow_analysis.models import ModelFile


@dataclass
class FakeHub:
    """What the server serves, how it misbehaves, and what it was asked."""

    url: str = ""
    files: dict[str, bytes] = field(default_factory=dict)
    """By "repository/path"."""
    cuts: list[int] = field(default_factory=list)
    """Each request to come sends only so many bytes, then the connection breaks."""
    status: int | None = None
    ranges: bool = True
    requests: list[tuple[str, str | None]] = field(default_factory=list)
    """(repository/path, the Range header)."""


class _Handler(BaseHTTPRequestHandler):
    hub: FakeHub

    def do_GET(self) -> None:
        before, _, rest = self.path.strip("/").partition("/resolve/")
        name = f"{before}/{rest.partition('/')[2]}"
        wanted = self.headers.get("Range")
        self.hub.requests.append((name, wanted))
        if self.hub.status or name not in self.hub.files:
            self.send_error(self.hub.status or 404)
            return
        body = self.hub.files[name]
        if wanted and self.hub.ranges:
            start = int(wanted.removeprefix("bytes=").removesuffix("-"))
            if start >= len(body):
                self.send_error(416)
                return
            self.send_response(206)
            self.send_header("Content-Range", f"bytes {start}-{len(body) - 1}/{len(body)}")
            body = body[start:]
        else:
            self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[: self.hub.cuts.pop(0)] if self.hub.cuts else body)

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeHub]:
    """A hub on this machine that the product takes for the real one."""
    fake = FakeHub()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"hub": fake}))
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    fake.url = f"http://127.0.0.1:{server.server_port}"
    monkeypatch.setenv("HF_ENDPOINT", fake.url)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    yield fake
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """A hub that refuses connections, and a package index that is an empty folder."""
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("PIP_NO_INDEX", "1")


@pytest.fixture
def make_wheel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, dict[str, bytes]], None]:
    """Publish a wheel "name" 1.0 with these members in the index that pip is set up for."""
    index = tmp_path / "index"
    index.mkdir()
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(index))

    def make(name: str, members: dict[str, bytes]) -> None:
        module = name.replace("-", "_")
        info = f"{module}-1.0.dist-info"
        contents = {
            **members,
            f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n".encode(),
            f"{info}/WHEEL": b"Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        }
        record = "".join(f"{path},,\n" for path in contents) + f"{info}/RECORD,,\n"
        with zipfile.ZipFile(index / f"{module}-1.0-py3-none-any.whl", "w", zipfile.ZIP_DEFLATED) as wheel:
            for path, content in {**contents, f"{info}/RECORD": record.encode()}.items():
                wheel.writestr(path, content)

    return make


@pytest.fixture
def file_of() -> Callable[[str, bytes], ModelFile]:
    """Announce a file with this content."""
    return lambda path, content: ModelFile(path, hashlib.sha256(content).hexdigest(), len(content))
