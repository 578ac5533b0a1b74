"""Starts the service: `serve` answers callers and works, `work` only works."""

from __future__ import annotations

import asyncio
import signal
import socket
from collections.abc import Generator
from contextlib import contextmanager, suppress

import structlog
import uvicorn
from fastapi import FastAPI

from sow_analysis.api import create_app
from sow_analysis.api.app import runtime_of
from sow_analysis.logs import configure_logs
from sow_analysis.runtime import open_runtime
from sow_analysis.settings import Settings

_STOPPING = (signal.SIGINT, signal.SIGTERM)
_log = structlog.stdlib.get_logger(__name__)


class _Server(uvicorn.Server):
    """Uvicorn, but streams of events are told to end before their connections are waited for."""

    def __init__(self, app: FastAPI, config: uvicorn.Config) -> None:
        super().__init__(config)
        self._app = app

    @contextmanager
    def capture_signals(self) -> Generator[None]:
        """Hear the signals to stop. Uvicorn raises them again at the end, as if it had died of them; this does not."""
        handlers = {number: signal.signal(number, self.handle_exit) for number in _STOPPING}
        try:
            yield
        finally:
            for number, handler in handlers.items():
                signal.signal(number, handler)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        if (runtime := runtime_of(self._app)) is not None:
            runtime.shutdown.begin()
        await super().shutdown(sockets)


def serve(settings: Settings) -> None:
    """Answer callers and work on jobs, in one process, until SIGTERM or Ctrl-C.

    Raises:
        ServiceExposedError: it would listen beyond this machine without an API key.
        OSError: the address cannot be listened on.
    """
    configure_logs(settings.log_level, as_json=settings.log_json)
    app = create_app(settings)
    with _listening(settings) as listener:
        host, port = listener.getsockname()[:2]
        shown = f"[{host}]" if ":" in host else host
        _log.info("serving", address=f"http://{shown}:{port}", key="set" if settings.api_key else "none")
        config = uvicorn.Config(
            app,
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            timeout_graceful_shutdown=max(1, round(settings.shutdown_seconds)),
        )
        server = _Server(app, config)
        with suppress(KeyboardInterrupt):
            asyncio.run(server.serve(sockets=[listener]))
    _log.info("stopped")


def work(settings: Settings) -> None:
    """Work on jobs until SIGTERM or Ctrl-C. With `memory://` as its queue, it finds jobs in the database."""
    configure_logs(settings.log_level, as_json=settings.log_json)
    asyncio.run(_work(settings))
    _log.info("stopped")


async def _work(settings: Settings) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in _STOPPING:
        loop.add_signal_handler(number, stop.set)
    async with open_runtime(settings) as runtime, runtime.working():
        _log.info("working", concurrency=settings.lrc_concurrency)
        await stop.wait()


def _listening(settings: Settings) -> socket.socket:
    family, _, _, _, address = socket.getaddrinfo(
        settings.host, settings.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    )[0]
    # The protocol is named, since asyncio turns Nagle's algorithm off only then: 40 ms for each answer.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
    except OSError:
        listener.close()
        raise
    return listener
