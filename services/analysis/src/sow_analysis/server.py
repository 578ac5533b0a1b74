"""Starts the service: `serve` answers callers and works, `work` only works."""

from __future__ import annotations

import asyncio

import structlog
from fastapi import FastAPI

from sow_analysis.api import create_app
from sow_analysis.api.app import runtime_of
from sow_analysis.runtime import open_runtime
from sow_analysis.settings import Settings
from sow_web.logs import configure_logs
from sow_web.serving import STOPPING, address_of, listening, run

_log = structlog.stdlib.get_logger(__name__)


def serve(settings: Settings) -> None:
    """Answer callers and work on jobs, in one process, until SIGTERM or Ctrl-C.

    Raises:
        ServiceExposedError: it would listen beyond this machine without an API key.
        OSError: the address cannot be listened on.
    """
    _configure_logs(settings)
    app = create_app(settings)
    with listening(settings.host, settings.port) as listener:
        _log.info("serving", address=address_of(listener), key="set" if settings.api_key else "none")
        run(app, listener, shutdown_seconds=settings.shutdown_seconds, stopping=lambda: _end_streams(app))
    _log.info("stopped")


def work(settings: Settings) -> None:
    """Work on jobs until SIGTERM or Ctrl-C. With `memory://` as its queue, it finds jobs in the database."""
    _configure_logs(settings)
    asyncio.run(_work(settings))
    _log.info("stopped")


async def _work(settings: Settings) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in STOPPING:
        loop.add_signal_handler(number, stop.set)
    async with open_runtime(settings) as runtime, runtime.working():
        _log.info("working", concurrency=settings.lrc_concurrency)
        await stop.wait()


def _end_streams(app: FastAPI) -> None:
    """Streams of events would be waited for."""
    if (runtime := runtime_of(app)) is not None:
        runtime.shutdown.begin()


def _configure_logs(settings: Settings) -> None:
    configure_logs(settings.log_level, as_json=settings.log_json, quiet=("alembic", "docket", "httpx2"))
