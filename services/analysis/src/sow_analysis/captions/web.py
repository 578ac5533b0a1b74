"""The way to YouTube for the library's requests: in turn, within limits, to YouTube's hosts only.

The library asks through a `requests` session that it is given. The adapter of this one does what the library does not:

- each request takes its turn at the process's one limiter, and holds it until the whole body is here;
- silence, total time and size of each answer are bounded. `requests` bounds silence alone, so a server that drips would
  keep a job for hours; the body is therefore read piece by piece, each as it comes, against the clock. (Only silence is
  bounded before the first byte of the body.)
- 429 and failures that pass are tried again, after the time that `Retry-After` asks for, or a growing pause;
- other hosts are not asked, whatever a redirect says, and proxies of the environment are not used.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

import requests
import urllib3
from requests.adapters import HTTPAdapter

from sow_analysis.captions.clock import Clock
from sow_analysis.captions.errors import (
    YouTubeBlockedError,
    YouTubeError,
    YouTubePausedError,
    YouTubeRateLimitError,
    YouTubeTooSlowError,
    YouTubeUnreachableError,
    YouTubeUnreadableError,
)
from sow_analysis.captions.limiter import Limiter
from sow_analysis.captions.options import HOME, WebOptions

_HOSTS = (HOME, "https://consent.youtube.com")
_PIECE = 1 << 16


def open_session(options: WebOptions, limiter: Limiter, clock: Clock) -> requests.Session:
    """A session that behaves. It belongs to one thread; the limiter is everybody's. Its requests raise YouTubeError."""
    session = requests.Session()
    session.trust_env = False
    session.max_redirects = 5
    session.adapters.clear()
    for host in _HOSTS:
        session.mount(f"{host}/", _Adapter(options, limiter, clock, options.base_url if host == HOME else host))
    if options.proxy is not None:
        session.proxies = {"http": options.proxy, "https": options.proxy}
    return session


class _Adapter(HTTPAdapter):
    def __init__(self, options: WebOptions, limiter: Limiter, clock: Clock, address: str) -> None:
        super().__init__(max_retries=0)
        self._options = options
        self._limiter = limiter
        self._clock = clock
        self._address = address.rstrip("/")
        self._deadline = clock.now() + options.seconds

    def send(
        self,
        request: requests.PreparedRequest,
        stream: bool = False,
        timeout: Any = None,
        verify: Any = True,
        cert: Any = None,
        proxies: dict[str, str] | None = None,
    ) -> requests.Response:
        """Ask, and ask again while that may help. The whole body is here when it returns."""
        failure: YouTubeError | None = None
        for attempt in range(self._options.attempts):
            patience = min(self._options.patience, max(0.0, self._deadline - self._clock.now()))
            try:
                with self._limiter.turn(patience):
                    return self._sent(request, verify, cert, proxies)
            except (YouTubeRateLimitError, YouTubeUnreachableError) as error:
                asked = error.wait if isinstance(error, YouTubeRateLimitError) else None
                self._limiter.hold(self._options.backoff * 2**attempt if asked is None else asked)
                failure = error
            except YouTubePausedError as error:
                raise failure or error from None  # not paused for others' sake, if we failed ourselves
        raise failure or YouTubePausedError("YouTube may not be asked even once.")

    def _sent(
        self, request: requests.PreparedRequest, verify: Any, cert: Any, proxies: dict[str, str] | None
    ) -> requests.Response:
        there = request.copy()
        there.url = self._address + _path(request.url or "")
        timeout = (self._options.connect_seconds, self._options.idle_seconds)
        try:
            response = super().send(there, True, timeout, verify, cert, proxies)
            self._judge(response)
            data = b"".join(self._pieces(response.raw))
        except (requests.RequestException, urllib3.exceptions.HTTPError) as error:
            raise translated(error) from None  # its text may hold the proxy's address
        response.url = request.url or ""
        response.request = request
        response.raw = _Arrived(response.raw, data)
        return response

    def _judge(self, response: requests.Response) -> None:
        status = response.status_code
        if status < 400:
            return
        response.close()
        if status == 429:
            wait = self._retry_after(response.headers.get("Retry-After", ""))
            raise YouTubeRateLimitError("YouTube says that it is asked too often (429).", wait)
        if status >= 500 or status == 408:
            raise YouTubeUnreachableError(f"YouTube has trouble of its own ({status}).")
        if status in (401, 403):
            raise YouTubeBlockedError(f"YouTube refuses to answer this machine ({status}).")
        raise YouTubeUnreadableError(f"YouTube answered {status} to a request that it used to understand.")

    def _retry_after(self, value: str) -> float | None:
        """Seconds, from either form that the header has."""
        if value.strip().isdecimal() and len(value) < 10:
            return float(value)
        with suppress(ValueError, OverflowError):
            return max(0.0, parsedate_to_datetime(value).timestamp() - self._clock.wall())
        return None

    def _pieces(self, raw: urllib3.HTTPResponse) -> Iterator[bytes]:
        deadline = self._clock.now() + self._options.request_seconds
        count = 0
        try:
            while piece := raw.read1(_PIECE, decode_content=True):
                count += len(piece)
                if count > self._options.max_bytes:
                    raise YouTubeUnreadableError(
                        f"YouTube sent more than {self._options.max_bytes / 1e6:g} MB, which is the limit."
                    )
                if self._clock.now() > deadline:
                    raise YouTubeTooSlowError("YouTube's answer comes in drips.")
                yield piece
        except BaseException:
            raw.close()
            raise


class _Arrived:
    """A body that is here already, in the place of the connection that it came from."""

    def __init__(self, raw: urllib3.HTTPResponse, data: bytes) -> None:
        self._raw = raw
        self._data = data

    def stream(self, amt: int, decode_content: bool | None = None) -> Iterator[bytes]:
        yield self._data

    def __getattr__(self, name: str) -> Any:
        return getattr(self._raw, name)


def translated(error: Exception) -> YouTubeError:
    """What an error of the HTTP libraries means. Their texts are not repeated: they may hold the proxy's address."""
    if isinstance(error, requests.exceptions.ProxyError | urllib3.exceptions.ProxyError):
        return YouTubeUnreachableError("The proxy for YouTube cannot be reached, or refuses us.")
    if isinstance(error, requests.Timeout | urllib3.exceptions.TimeoutError):
        return YouTubeTooSlowError("YouTube stopped answering.")
    if isinstance(error, requests.exceptions.SSLError):
        return YouTubeUnreachableError("YouTube's certificate is not to be trusted: somebody is in between.")
    if isinstance(error, requests.exceptions.InvalidSchema | requests.TooManyRedirects):
        return YouTubeBlockedError("YouTube sends us elsewhere instead of answering.")
    if isinstance(error, urllib3.exceptions.DecodeError | requests.exceptions.JSONDecodeError):
        return YouTubeUnreadableError("YouTube sent something that cannot be read.")
    return YouTubeUnreachableError("YouTube cannot be reached, or broke off.")


def _path(url: str) -> str:
    parts = urlsplit(url)
    return parts.path + (f"?{parts.query}" if parts.query else "")
