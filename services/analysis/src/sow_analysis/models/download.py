"""Downloads one file over HTTP: goes on where a broken connection or an earlier run stopped, and knows when to give up.

A connection that cannot be made is given up at once, so that a machine without a network hears so in seconds. One that
breaks is made again, for as long as each try brings something.
"""

from __future__ import annotations

import time
from pathlib import Path
from types import TracebackType
from typing import Self

import httpx2

from sow_analysis.models.sources import Report, SourceError

_CONNECT_SECONDS = 5.0
_READ_SECONDS = 30.0
_FRUITLESS_TRIES = 4
_TRY_AGAIN = (408, 416, 425, 429)  # and every 5xx


class Downloader:
    """One HTTP client for a number of files. `pause` is the wait in seconds before a retry; it doubles each time."""

    def __init__(self, pause: float = 1.0) -> None:
        self._pause = pause
        try:
            self._client = httpx2.Client(
                timeout=httpx2.Timeout(_READ_SECONDS, connect=_CONNECT_SECONDS),
                # Not compressed: a range counts the bytes as they are sent.
                headers={"Accept-Encoding": "identity", "User-Agent": "stream-of-worship"},
                follow_redirects=True,
            )
        except (
            ImportError,
            OSError,
            ValueError,
        ) as error:  # a proxy or certificates that the environment names wrongly
            raise SourceError(f"the HTTP client cannot start: {error}") from error

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._client.close()

    def fill(self, part: Path, url: str, size: int, report: Report) -> None:
        """Bring `part` to `size` bytes; what it holds already is not fetched again.

        Raises:
            SourceError: the server cannot be reached, does not have the file, or sends more than `size` bytes.
            OSError: the file cannot be written.
        """
        fruitless = 0
        most = _size(part)
        while (have := _size(part)) != size:
            try:
                self._go_on(part, url, size, report)
                reason = "the server sent less than it should"
            except httpx2.HTTPStatusError as error:
                status = error.response.status_code
                reason = f"the server answered {status} {error.response.reason_phrase}".rstrip()
                if status < 500 and status not in _TRY_AGAIN:
                    raise SourceError(reason) from error
            except (httpx2.ConnectError, httpx2.ConnectTimeout) as error:
                reason = f"no connection ({error or 'timed out'})"
                if have == 0:
                    raise SourceError(reason) from error
            except (httpx2.RequestError, httpx2.InvalidURL) as error:
                reason = f"the connection broke ({error or type(error).__name__})"
            fruitless = 0 if _size(part) > most else fruitless + 1
            most = max(most, _size(part))
            if fruitless >= _FRUITLESS_TRIES:
                raise SourceError(reason)
            if fruitless:
                time.sleep(self._pause * 2 ** (fruitless - 1))

    def _go_on(self, part: Path, url: str, size: int, report: Report) -> None:
        have = _size(part)
        if have > size:  # left by something else
            part.unlink()
            have = 0
        with self._client.stream("GET", url, headers={"Range": f"bytes={have}-"} if have else {}) as response:
            if response.status_code == 416:  # what we have is not the beginning of what is there
                part.unlink(missing_ok=True)
            response.raise_for_status()
            goes_on = response.headers.get("Content-Range", "").startswith(f"bytes {have}-")
            with part.open("ab" if goes_on else "wb") as out:
                count = have if goes_on else 0
                for chunk in response.iter_raw():
                    count += len(chunk)
                    if count > size:
                        raise SourceError(f"the server sends more than the announced {size} bytes")
                    out.write(chunk)
                    report(count)


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0
