"""A small internet on loopback: servers that misbehave, names that lead anywhere, and a record of what was dialled."""

from __future__ import annotations

import contextlib
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import anyio
import anyio.abc
import httpcore2
import pytest

from song_audio.fetching import Network

PUBLIC = "93.184.216.34"
HERE = Path(__file__).parent

Handler = Callable[[anyio.abc.ByteStream, bytes], Awaitable[None]]


@dataclass
class Internet:
    """Names lead to the addresses set here; every public address leads to the port of one server on loopback."""

    names: dict[str, list[list[str]]] = field(default_factory=dict[str, list[list[str]]])
    """For each name its answers, one for each look-up; the last is given again and again."""
    port: int = 0
    dialled: list[str] = field(default_factory=list[str])
    requests: list[bytes] = field(default_factory=list[bytes])

    async def resolve(self, host: str) -> list[str]:
        answers = self.names.get(host)
        if not answers:
            raise OSError("no such name")
        return answers.pop(0) if len(answers) > 1 else answers[0]

    def network(self) -> Network:
        trust = ssl.create_default_context(cafile=str(HERE / "song.example.crt"))
        return Network(self.resolve, Dialler(self), trust)


class Dialler(httpcore2.AsyncNetworkBackend):
    def __init__(self, internet: Internet) -> None:
        self._internet = internet
        self._sockets: Any = httpcore2.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.AsyncNetworkStream:
        self._internet.dialled.append(host)
        if host != PUBLIC and host != "127.0.0.1":
            raise httpcore2.ConnectError("unreachable")
        return await self._sockets.connect_tcp("127.0.0.1", self._internet.port, timeout, local_address, socket_options)


@pytest.fixture
def internet() -> Internet:
    return Internet({"song.example": [[PUBLIC]]})


@pytest.fixture
def serve(internet: Internet) -> Callable[..., contextlib.AbstractAsyncContextManager[Internet]]:
    """Serve with a handler that is given the connection and the request's head."""

    @contextlib.asynccontextmanager
    async def serving(handler: Handler, *, tls: bool = False) -> AsyncIterator[Internet]:
        async def connection(stream: anyio.abc.ByteStream) -> None:
            async with stream:
                with contextlib.suppress(anyio.BrokenResourceError, anyio.ClosedResourceError, anyio.EndOfStream):
                    head = b""
                    while b"\r\n\r\n" not in head:
                        head += await stream.receive()
                    internet.requests.append(head)
                    await handler(stream, head)

        listener = await anyio.create_tcp_listener(local_host="127.0.0.1")
        internet.port = listener.extra(anyio.abc.SocketAttribute.local_port)
        served: Any = listener
        if tls:
            from anyio.streams.tls import TLSListener

            context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
            context.load_cert_chain(HERE / "song.example.crt", HERE / "song.example.key")
            served = TLSListener(listener, context, standard_compatible=False)
        async with listener, anyio.create_task_group() as group:
            group.start_soon(served.serve, connection)
            yield internet
            group.cancel_scope.cancel()

    return serving
