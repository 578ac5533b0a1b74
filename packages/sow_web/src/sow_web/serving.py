"""How a server starts and stops: it listens, tells where, and goes politely on SIGTERM or Ctrl-C."""

from __future__ import annotations

import asyncio
import signal
import socket
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress

import uvicorn
from fastapi import FastAPI

STOPPING = (signal.SIGINT, signal.SIGTERM)
"""The signals that ask a process to stop."""


def run(app: FastAPI, listener: socket.socket, *, shutdown_seconds: float, stopping: Callable[[], None]) -> None:
    """Answer callers until SIGTERM or Ctrl-C.

    Args:
        app: what answers.
        listener: made by `listening`.
        shutdown_seconds: time for connections to end when it stops.
        stopping: called when it begins to stop, before connections are waited for.
    """
    config = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=max(1, round(shutdown_seconds)),
    )
    with suppress(KeyboardInterrupt):
        asyncio.run(_Server(config, stopping).serve(sockets=[listener]))


def listening(host: str, port: int) -> socket.socket:
    """Open the socket that a server listens on; port 0 takes a free one. Raises OSError if that cannot be done."""
    family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
    # The protocol is named, since asyncio turns Nagle's algorithm off only then: 40 ms for each answer.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
    except OSError:
        listener.close()
        raise
    return listener


def address_of(listener: socket.socket) -> str:
    """The URL under which a server on this socket is reached."""
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


class _Server(uvicorn.Server):
    """Uvicorn, but the application is told of the end before its connections are waited for."""

    def __init__(self, config: uvicorn.Config, stopping: Callable[[], None]) -> None:
        super().__init__(config)
        self._stopping = stopping

    @contextmanager
    def capture_signals(self) -> Generator[None]:
        """Hear the signals to stop. Uvicorn raises them again at the end, as if it had died of them; this does not."""
        handlers = {number: signal.signal(number, self.handle_exit) for number in STOPPING}
        try:
            yield
        finally:
            for number, handler in handlers.items():
                signal.signal(number, handler)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._stopping()
        await super().shutdown(sockets)
