"""One HTTP connection to the service: what is tried again, and how an answer becomes an error.

A service that nobody has started is told of at once. One that was there and is gone is given `patience` seconds to come
back, since it may be restarting. One that says `Retry-After` is asked again when it says, for as long as `patience` and
the tries last. A request that could do something twice is not sent again after the connection broke, only when it was
refused before anything was done.
"""

from __future__ import annotations

import ipaddress
import math
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx2
import stamina
import stamina.instrumentation

from stream_of_worship.admin.client.problems import problem
from stream_of_worship.admin.errors import ServiceBusyError, ServiceUnreachableError, UsageError

API = "/api/v1"
CONNECT_SECONDS = 5.0
READ_SECONDS = 60.0
PROBE_SECONDS = 600.0
"""For the answer to an upload: the service looks into the recording first, when its turn comes."""
BUSY_TRIES = 8
_PIECE = 256 * 1024
LONGEST_WAIT = 120.0
"""Seconds; a service that wants to be left alone for longer is told of instead."""

Notify = Callable[[str], None]
"""Told in a line why it takes longer."""


class Connection:
    """Sends requests to one service.

    Args:
        server: where it is: `http://127.0.0.1:8000`; `http://` may be left out.
        key: its API key, or None.
        patience: seconds to go on asking a service that does not answer any more.
        notify: told of each wait.
        pause: seconds before the first new try after a broken connection; doubles each time.

    Raises:
        UsageError: `server` is no address.
    """

    def __init__(
        self,
        server: str,
        key: str | None = None,
        *,
        patience: float = 60.0,
        notify: Notify = lambda _: None,
        pause: float = 0.5,
    ) -> None:
        self.pause = pause
        self.patience = patience
        self.notify = notify
        self.closed = False
        self._answered = False
        stamina.instrumentation.set_on_retry_hooks([])  # they would log to the standard output
        url = address(server)
        self.server = str(url).rstrip("/")
        self.sends_in_clear = url.scheme == "http" and not is_local(url.host)
        headers = {"User-Agent": "stream-of-worship", "Accept": "application/json, application/problem+json"}
        if key:
            headers["Authorization"] = f"Bearer {key}"
        try:
            self._client = httpx2.Client(
                base_url=self.server,
                headers=headers,
                timeout=httpx2.Timeout(READ_SECONDS, connect=CONNECT_SECONDS),
                trust_env=not is_local(url.host),  # a proxy does not lead to this machine
            )
        except (ImportError, OSError, ValueError) as error:  # a proxy, certificates or a key that cannot be used
            raise UsageError(f"the HTTP client cannot start: {error}") from error

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.closed = True
        self._client.close()

    def send(
        self, method: str, path: str, *, repeatable: bool = True, accept: tuple[int, ...] = (), **content: Any
    ) -> httpx2.Response:
        """Sends a request, again if need be, and returns its whole answer.

        Args:
            method: of HTTP.
            path: below the server's address.
            repeatable: whether it may be sent again when nobody knows if it arrived.
            accept: statuses that are no error.
            content: what httpx2 sends along; nothing that can be read only once.

        Raises:
            ServiceError: one of its kinds, by what went wrong.
        """
        return self.retrying(lambda: self.once(method, path, accept, **content), repeatable=repeatable)

    def once(self, method: str, path: str, accept: tuple[int, ...] = (), **content: Any) -> httpx2.Response:
        """Sends a request one time, for `retrying`.

        Raises:
            ServiceError: the answer is one.
            httpx2.TransportError: there is no answer.
        """
        response = self._client.request(method, path, **content)
        if response.is_success or response.status_code in accept:
            return response
        raise problem(response)

    def download(self, path: str, destination: Path, received: Callable[[int], None]) -> None:
        """Writes an answer's body to a file, from its start again if need be; `received` is told its bytes.

        Raises:
            ServiceError: one of its kinds.
            OSError: the file cannot be written.
        """

        def once() -> httpx2.Response:
            with self._client.stream("GET", path) as response, destination.open("wb") as file:
                if not response.is_success:
                    response.read()
                    raise problem(response)
                done = 0
                for piece in response.iter_bytes(_PIECE):
                    done += file.write(piece)
                    received(done)
                return response

        self.retrying(once)

    def stream(self, path: str, headers: Mapping[str, str], *, silence: float) -> httpx2.Response:
        """Opens an answer without an end; the caller closes it. Not tried again here.

        Args:
            path: below the server's address.
            headers: to send along.
            silence: seconds without a byte after which it counts as broken.

        Raises:
            ServiceError: one of its kinds.
        """
        request = self._client.build_request(
            "GET",
            path,
            headers={"Accept": "text/event-stream", **headers},
            timeout=httpx2.Timeout(silence, connect=CONNECT_SECONDS),
        )
        try:
            response = self._client.send(request, stream=True)
            if not response.is_success:
                response.read()
                response.close()
                raise problem(response)
        except httpx2.TransportError as error:
            raise self.unreachable(error) from error
        self._answered = True
        return response

    def retrying(self, once: Callable[[], httpx2.Response], *, repeatable: bool = True) -> httpx2.Response:
        """Calls `once` until it returns, or there is no point in going on.

        Raises:
            ServiceError: one of its kinds.
        """
        tries = 0
        give_up = math.inf

        def again(error: Exception) -> bool | float:
            nonlocal tries, give_up
            tries += 1
            if isinstance(error, ServiceBusyError):
                wait = error.retry_after if error.retry_after is not None else min(2.0 ** (tries - 1), 30.0)
                if tries >= BUSY_TRIES or wait > LONGEST_WAIT:
                    return False
                self.notify(f"The service is busy; asking again in {math.ceil(wait)} s.")
                return wait
            now = time.monotonic()
            give_up = min(give_up, now + self.patience)
            if not isinstance(error, httpx2.TransportError) or now >= give_up:
                return False
            refused = isinstance(error, httpx2.ConnectError | httpx2.ConnectTimeout)
            if not self._answered and refused:
                return False
            if tries == 1:
                self.notify("The service does not answer; trying again.")
            return repeatable or refused

        try:
            for attempt in stamina.retry_context(
                on=again, attempts=None, timeout=None, wait_initial=self.pause, wait_max=5.0, wait_jitter=self.pause / 2
            ):
                with attempt:
                    response = once()
                    self._answered = True
                    return response
        except httpx2.TransportError as error:
            raise self.unreachable(error) from error
        except httpx2.InvalidURL as error:
            raise UsageError(f"{self.server} cannot be asked: {error}") from error
        raise AssertionError("retrying ends with an answer or an error")

    def unreachable(self, error: httpx2.TransportError) -> ServiceUnreachableError:
        """What it means that nothing came back."""
        if isinstance(error, httpx2.ConnectError):
            return ServiceUnreachableError(f"no Analysis Service answers at {self.server}")
        if isinstance(error, httpx2.TimeoutException):
            return ServiceUnreachableError(f"{self.server} took too long to answer")
        return ServiceUnreachableError(f"the connection to {self.server} broke: {error or type(error).__name__}")


def address(server: str) -> httpx2.URL:
    """The service's address.

    Raises:
        UsageError: it is none, or one with a user's name and password in it.
    """
    try:
        url = httpx2.URL(server if "://" in server else f"http://{server}")
    except httpx2.InvalidURL as error:
        raise UsageError(f"--server {server}: {error}") from error
    if url.scheme not in ("http", "https") or not url.host:
        raise UsageError(f"--server {server}: give an address such as http://127.0.0.1:8000")
    if url.userinfo:
        raise UsageError("--server takes no password; the key goes to SOW_ANALYSIS_API_KEY")
    return url


def is_local(host: str) -> bool:
    """Whether this is the machine itself."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
