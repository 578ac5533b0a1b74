"""Fetches one recording into one file: whole, hashed, and within its limits, or not at all."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import AsyncGenerator, AsyncIterator, Generator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import anyio
import anyio.to_thread
import httpcore2
import httpx2

from song_audio.errors import (
    FetchError,
    FetchRejectedError,
    FetchTooLargeError,
    FetchTooSlowError,
    FetchUnavailableError,
    UrlRefusedError,
)
from song_audio.fetching.limits import FetchLimits
from song_audio.fetching.network import Network, Transport, internet
from song_audio.fetching.urls import checked

_PIECE_BYTES = 256 * 1024
_PASSING_STATUSES = {408, 425, 429}
_NETWORK_ERRORS = (
    httpx2.TransportError,
    httpx2.DecodingError,
    httpcore2.NetworkError,
    httpcore2.ProtocolError,
    httpcore2.TimeoutException,
)
_TIMEOUTS = (httpx2.TimeoutException, httpcore2.TimeoutException)


@dataclass(frozen=True, slots=True)
class Fetched:
    """A recording that is now here."""

    path: Path
    sha256: str
    """Of its bytes, in hexadecimal digits."""
    n_bytes: int


async def fetch(url: str, destination: Path, *, limits: FetchLimits, network: Network | None = None) -> Fetched:
    """Fetch the recording that an http or https URL names.

    Args:
        url: where it is.
        destination: the file to write. It appears whole or not at all.
        limits: what this may take.
        network: the way to servers; by default the real one.

    Raises:
        UrlRefusedError, AddressRefusedError: the URL, or one that it redirects to, may not be asked for.
        FetchRejectedError: the server will not give it, or redirects too often.
        FetchTooLargeError: it is larger than allowed.
        FetchUnavailableError, FetchTooSlowError: it did not come, or not in time. Later it may.
        OSError: the file cannot be written.
    """
    with in_time(limits):
        async with _asked(url, limits, network or internet()) as pieces:
            return await save(pieces, destination, limits)


@contextmanager
def in_time(limits: FetchLimits) -> Generator[None]:
    """Ends what takes longer than `limits.seconds` with a FetchTooSlowError."""
    try:
        with anyio.fail_after(limits.seconds):
            yield
    except TimeoutError:
        raise FetchTooSlowError(f"The recording did not arrive within {limits.seconds:.0f} s.") from None


@asynccontextmanager
async def _asked(url: str, limits: FetchLimits, network: Network) -> AsyncGenerator[AsyncIterator[bytes]]:
    """Ask for `url` and those it redirects to; yield the body of the first that is no redirect."""
    timeout = httpx2.Timeout(limits.idle_seconds, connect=limits.connect_seconds)
    headers = {"Accept": "audio/*, */*;q=0.5", "Accept-Encoding": "identity", "User-Agent": "stream-of-worship"}
    asked = checked(url, limits)
    try:
        async with httpx2.AsyncClient(
            transport=Transport(network, limits), timeout=timeout, headers=headers, trust_env=False
        ) as client:
            for _ in range(limits.max_redirects + 1):
                async with client.stream("GET", asked, follow_redirects=False) as response:
                    location = response.headers.get("location")
                    if not response.has_redirect_location or location is None:
                        _judge(response, limits)
                        yield response.aiter_bytes()  # as they come: a chunk size would hide a drip
                        return
                    asked = checked(_joined(asked, location), limits)
                    client.cookies.clear()
    except _NETWORK_ERRORS as error:
        if isinstance(error, _TIMEOUTS):
            raise FetchTooSlowError(f"{asked.host} stopped answering.") from error
        raise FetchUnavailableError(f"{asked.host} cannot be reached, or broke off: {error}.") from error
    raise FetchRejectedError(f"The URL redirects more than {limits.max_redirects} times.")


def _joined(asked: httpx2.URL, location: str) -> str:
    try:
        return str(asked.join(location))
    except (httpx2.InvalidURL, ValueError) as error:
        raise UrlRefusedError("The URL redirects to something malformed.") from error


def _judge(response: httpx2.Response, limits: FetchLimits) -> None:
    status, host = response.status_code, response.url.host
    if status in _PASSING_STATUSES or status >= 500:
        raise FetchUnavailableError(f"{host} answered {status} {response.reason_phrase}.")
    if status != 200:
        raise FetchRejectedError(f"{host} answered {status} {response.reason_phrase}.")
    announced = response.headers.get("content-length", "")
    if announced.isdecimal() and len(announced) < 20 and int(announced) > limits.max_bytes:
        raise _too_large(limits)


async def save(pieces: AsyncIterator[bytes], destination: Path, limits: FetchLimits) -> Fetched:
    """Write what comes into a file beside `destination`, and rename it when all of it is there.

    Raises:
        FetchTooLargeError, FetchTooSlowError, FetchRejectedError: it is more than allowed, comes in drips, or is empty.
        OSError: the file cannot be written.
    """
    digest = hashlib.sha256()
    count = 0
    held = bytearray()
    pace = _Pace(limits)
    descriptor, name = await anyio.to_thread.run_sync(_temporary_beside, destination)
    part = anyio.Path(name)
    try:
        async with await anyio.open_file(descriptor, "wb") as file:
            async for piece in pieces:
                count += len(piece)
                if count > limits.max_bytes:
                    raise _too_large(limits)
                pace.came(len(piece))
                digest.update(piece)
                held += piece
                if len(held) >= _PIECE_BYTES:
                    await file.write(held)
                    held = bytearray()
            await file.write(held)
        if not count:
            raise FetchRejectedError("There is nothing in the file that the URL names.")
        await part.replace(destination)
    finally:
        with anyio.CancelScope(shield=True):
            await part.unlink(missing_ok=True)
    return Fetched(destination, digest.hexdigest(), count)


class _Pace:
    """Tells a slow network from a server that drips to keep us busy."""

    def __init__(self, limits: FetchLimits) -> None:
        self._limits = limits
        self._since = anyio.current_time()
        self._bytes = 0

    def came(self, count: int) -> None:
        self._bytes += count
        now = anyio.current_time()
        if now - self._since < self._limits.slow_seconds:
            return
        if self._bytes < self._limits.slow_bytes:
            raise FetchTooSlowError("The recording comes in drips.")
        self._since, self._bytes = now, 0


def _too_large(limits: FetchLimits) -> FetchError:
    return FetchTooLargeError(f"The recording is larger than {limits.max_bytes / 1e6:.0f} MB, which is the limit.")


def _temporary_beside(path: Path) -> tuple[int, str]:
    return tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
