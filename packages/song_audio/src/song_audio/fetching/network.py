"""The way to a server: names are looked up, judged and dialled in one step.

A check that comes before the connection proves nothing, for a name may lead elsewhere a moment later (DNS rebinding).
So the check sits where the connection is made: `_JudgingBackend` is the only thing here that opens sockets; it looks a
name up once, judges every address it got, and dials one of those. The URL stays as it is, and with it the Host header
and the name in the TLS handshake. Proxy settings of the environment are not used: a proxy would look names up itself.
"""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass, field
from functools import cache
from typing import cast

import httpcore2
import httpx2

from song_audio.fetching.addresses import Resolver, is_public, literal, resolve
from song_audio.fetching.limits import FetchLimits
from song_audio.fetching.urls import address_refused

_MAX_DIALLED = 4


def _sockets() -> httpcore2.AsyncNetworkBackend:
    return cast("httpcore2.AsyncNetworkBackend", httpcore2.AnyIOBackend())  # its type is lost where anyio is optional


@dataclass(frozen=True, slots=True)
class Network:
    """What a fetch takes from the outside world; tests give another one."""

    resolver: Resolver = resolve
    dialler: httpcore2.AsyncNetworkBackend = field(default_factory=_sockets)
    """Opens a connection to an address. Never sees a name."""
    trust: ssl.SSLContext = field(default_factory=httpx2.create_ssl_context)


@cache
def internet() -> Network:
    """Give the real one. It is made once, since reading the authorities that it trusts takes a while."""
    return Network()


class Transport(httpx2.AsyncBaseTransport):
    """HTTP/1.1 over connections to public addresses only."""

    def __init__(self, network: Network, limits: FetchLimits) -> None:
        backend = _JudgingBackend(network, limits)
        self._pool = httpcore2.AsyncConnectionPool(
            ssl_context=network.trust, max_connections=1, max_keepalive_connections=0, network_backend=backend
        )

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        response = await self._pool.handle_async_request(
            httpcore2.Request(
                request.method,
                httpcore2.URL(
                    scheme=request.url.raw_scheme,
                    host=request.url.raw_host,
                    port=request.url.port,
                    target=request.url.raw_path,
                ),
                headers=request.headers.raw,
                extensions=request.extensions,
            )
        )
        return httpx2.Response(response.status, headers=response.headers, stream=_Body(response))

    async def aclose(self) -> None:
        await self._pool.aclose()


class _Body(httpx2.AsyncByteStream):
    def __init__(self, response: httpcore2.Response) -> None:
        self._response = response

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for piece in self._response.aiter_stream():
            yield piece

    async def aclose(self) -> None:
        await self._response.aclose()


class _JudgingBackend(httpcore2.AsyncNetworkBackend):
    def __init__(self, network: Network, limits: FetchLimits) -> None:
        self._network = network
        self._allow_private = limits.allow_private

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.AsyncNetworkStream:
        failure: Exception = httpcore2.ConnectError("it has no address")
        for address in await self._addresses(host):
            try:
                return await self._network.dialler.connect_tcp(address, port, timeout, local_address, socket_options)
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as error:
                failure = error
        raise failure

    async def connect_unix_socket(
        self, path: str, timeout: float | None = None, socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None
    ) -> httpcore2.AsyncNetworkStream:
        raise address_refused()

    async def sleep(self, seconds: float) -> None:
        await self._network.dialler.sleep(seconds)

    async def _addresses(self, host: str) -> list[str]:
        """Look a host up. One address that may not be dialled spoils all: a decent host has no such mixture."""
        try:
            address = literal(host)
        except ValueError:
            raise address_refused() from None
        if address is None:
            try:
                found = list(await self._network.resolver(host))
            except (OSError, UnicodeError) as error:
                raise httpcore2.ConnectError("its name is not known") from error
        else:
            found = [address]
        if not all(is_public(each, allow_private=self._allow_private) for each in found):
            raise address_refused()
        return found[:_MAX_DIALLED]
