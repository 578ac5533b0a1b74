"""A bare HTTP server for tests that answers as each test tells it to: well, badly, slowly, in part, or not at all."""

from __future__ import annotations

import asyncio
import json
import socket
import struct
import threading
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import HTTP
from typing import Any


@dataclass(frozen=True)
class Received:
    """One request, as it came."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes

    def parts(self) -> dict[str, bytes]:
        """The parts of a multipart form, by name."""
        head = f"Content-Type: {self.headers['content-type']}\r\n\r\n".encode()
        message = BytesParser(EmailMessage, policy=HTTP).parsebytes(head + self.body)
        return {
            str(part.get_param("name", header="content-disposition")): part.get_payload(decode=True)
            for part in message.iter_parts()
        }

    def asked(self) -> dict[str, Any]:
        """The part `request`."""
        return json.loads(self.parts()["request"])


Behaviour = Callable[[Received, asyncio.StreamWriter], Awaitable[None]]


@dataclass
class RoughServer:
    """Does what `behaviours` say, one after the other; the last one for all that follow."""

    port: int = 0
    behaviours: list[Behaviour] = field(default_factory=list)
    received: list[Received] = field(default_factory=list)
    hung_up: threading.Event = field(default_factory=threading.Event)
    """Set once a caller has closed its connection while it waited."""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def does(self, *behaviours: Behaviour) -> None:
        self.behaviours = list(behaviours)

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            with suppress(ConnectionError, asyncio.IncompleteReadError):
                while not writer.is_closing() and (request := await _read(reader)):
                    self.received.append(request)
                    behaviour = self.behaviours.pop(0) if len(self.behaviours) > 1 else self.behaviours[0]
                    await self._behave(behaviour, request, reader, writer)
        finally:
            writer.transport.abort()

    async def _behave(
        self, behaviour: Behaviour, request: Received, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        """Answer, unless the caller hangs up before."""
        answering = asyncio.ensure_future(behaviour(request, writer))
        leaving = asyncio.ensure_future(reader.read(1))
        try:
            await asyncio.wait((answering, leaving), return_when=asyncio.FIRST_COMPLETED)
            if answering.done():
                answering.result()
            else:
                self.hung_up.set()
        finally:
            for task in (answering, leaving):
                task.cancel()
            await asyncio.gather(answering, leaving, return_exceptions=True)


async def _read(reader: asyncio.StreamReader) -> Received | None:
    try:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    except asyncio.IncompleteReadError:
        return None
    first, *lines = head.strip().split("\r\n")
    method, path, _ = first.split(" ")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    return Received(method, path, headers, await reader.readexactly(int(headers.get("content-length", 0))))


@contextmanager
def rough_server() -> Iterator[RoughServer]:
    """A server on loopback, in a thread of its own."""
    server = RoughServer()
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()

    async def start() -> asyncio.Server:
        return await asyncio.start_server(server.handle, "127.0.0.1", 0, limit=1 << 20)

    async def stop() -> None:
        listening.close()
        await asyncio.sleep(0)  # connections that were just accepted become tasks
        tasks = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await asyncio.sleep(0)  # aborted connections are closed

    listening = asyncio.run_coroutine_threadsafe(start(), loop).result()
    server.port = listening.sockets[0].getsockname()[1]
    try:
        yield server
    finally:
        asyncio.run_coroutine_threadsafe(stop(), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


def says(body: bytes | object, status: int = 200, **headers: str) -> Behaviour:
    """Answers with bytes, or with JSON."""
    data = body if isinstance(body, bytes) else json.dumps(body).encode()

    async def behave(_request: Received, writer: asyncio.StreamWriter) -> None:
        writer.write(_head(status, len(data), headers) + data)
        await writer.drain()

    return behave


def answers(answer: Callable[[dict[str, Any]], object]) -> Behaviour:
    """Answers with JSON that depends on what was asked."""

    async def behave(request: Received, writer: asyncio.StreamWriter) -> None:
        await says(answer(request.asked()))(request, writer)

    return behave


def problem(status: int, code: str, detail: str = "", **headers: str) -> Behaviour:
    """Answers with a problem document."""
    return says({"status": status, "code": code, "detail": detail}, status, **headers)


def _head(status: int, length: int, headers: Mapping[str, str] | None = None) -> bytes:
    lines = [f"{name.replace('_', '-')}: {value}" for name, value in (headers or {}).items()]
    return "\r\n".join([f"HTTP/1.1 {status} Told So", f"Content-Length: {length}", *lines, "", ""]).encode()


async def hangs(_request: Received, _writer: asyncio.StreamWriter) -> None:
    """Never answers."""
    await asyncio.Event().wait()


async def drips(_request: Received, writer: asyncio.StreamWriter) -> None:
    """Answers for ever, a byte at a time."""
    writer.write(_head(200, 1_000_000))
    while True:
        writer.write(b" ")
        await writer.drain()
        await asyncio.sleep(0.02)


async def resets(_request: Received, writer: asyncio.StreamWriter) -> None:
    """Resets the connection without an answer."""
    writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.close()


async def breaks_off(_request: Received, writer: asyncio.StreamWriter) -> None:
    """Ends in the middle of its answer."""
    writer.write(_head(200, 1000) + b'{"lines": [')
    await writer.drain()
    writer.close()


async def floods(_request: Received, writer: asyncio.StreamWriter) -> None:
    """Answers with more bytes than anybody wants."""
    writer.write(_head(200, 1 << 40))
    while True:
        writer.write(b" " * 65536)
        await writer.drain()
