"""An application without a network, and one song in it."""

from __future__ import annotations

import wave
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx2
import pytest
from backends import Backend
from callers import Opener

from sow_analysis.api import create_app
from sow_analysis.settings import Settings


@pytest.fixture
def opened(settings_of: Callable[..., Settings], tmp_path: Path) -> Opener:
    """Opens an application with settings of one's own; SQLite, memory and a folder unless a back end is given."""
    local = Backend("local", f"sqlite+aiosqlite:///{tmp_path / 'api.db'}", "memory://", tmp_path.as_uri(), {})

    @asynccontextmanager
    async def open_it(
        backend: Backend = local, *, working: bool = False, **others: Any
    ) -> AsyncIterator[httpx2.AsyncClient]:
        app = create_app(settings_of(backend, **others), working=working)
        transport = httpx2.ASGITransport(app, raise_app_exceptions=False)
        async with (
            app.router.lifespan_context(app),
            httpx2.AsyncClient(transport=transport, base_url="http://127.0.0.1/api/v1", timeout=30) as client,
        ):
            yield client

    return open_it


@pytest.fixture
async def client(opened: Opener) -> AsyncIterator[httpx2.AsyncClient]:
    """A caller of a service that takes no jobs."""
    async with opened() as client:
        yield client


@pytest.fixture
def recording(tmp_path: Path) -> bytes:
    """A second of sound."""
    path = tmp_path / "tone.wav"
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, 8000, 0, "NONE", "NONE"))
        file.writeframes(b"\x10\x20" * 8000)
    return path.read_bytes()
