"""Speaks to the Qwen3 alignment service: one recording and its windows of text go there, word times come back.

A server may be off, loading, overloaded, slow, or something else altogether, and the song should cost little time then:
a short limit to connect, a limit to answer that grows with the sound, one retry for what can pass, and a circuit
breaker for what does not pass. A call that is cancelled closes its connection, which is how the server hears of it.
"""

from __future__ import annotations

import json
import ssl
from collections.abc import Sequence
from functools import cache
from http import HTTPStatus
from types import TracebackType
from typing import Self

import anyio
import httpx2
from pydantic import TypeAdapter, ValidationError

from sow_analysis.circuit_breaker import CircuitBreaker
from sow_analysis.engines.protocols import AlignedWord, TextWindow
from sow_analysis.engines.qwen3_answer import Qwen3AnswerError, read_answer
from sow_analysis.engines.qwen3_server import Qwen3Server
from sow_analysis.errors import EngineUnavailableError

ALIGN_PATH, HEALTH_PATH = "/api/v1/align", "/health"
AUDIO_TYPE = "audio/flac"
_documents = TypeAdapter(dict[str, object])
_CAN_PASS = {
    HTTPStatus.TOO_MANY_REQUESTS,
    HTTPStatus.BAD_GATEWAY,
    HTTPStatus.SERVICE_UNAVAILABLE,
    HTTPStatus.GATEWAY_TIMEOUT,
}
_KEY_ADVICE = "Give it the server's: SOW_QWEN3_API_KEY or, for the Analysis Service, SOW_ANALYSIS_QWEN3_API_KEY."
_HEALTH_SECONDS = 4.0
_MOST_HEALTH_BYTES = 100_000
_LONGEST_DETAIL = 300
_KEEPALIVE_SECONDS = 30.0


class Qwen3UnavailableError(EngineUnavailableError):
    """The Qwen3 server cannot be reached, is not ready, or does not answer in time."""

    code = "qwen3_unavailable"


class Qwen3RefusedError(Qwen3UnavailableError):
    """The Qwen3 server refuses what it was sent: the key, the language, the size."""

    code = "qwen3_refused"


class _PassingError(Exception):
    """What one retry may mend. `pause`: seconds until then."""

    def __init__(self, reason: str, pause: float) -> None:
        super().__init__(reason)
        self.pause = pause


class Qwen3Client:
    """The client of one server, for one event loop. Its connections and its breaker outlive a call: keep it."""

    def __init__(self, server: Qwen3Server, breaker: CircuitBreaker | None = None) -> None:
        self._server = server
        self.breaker = breaker or CircuitBreaker()
        headers = {"Accept": "application/json", "Accept-Encoding": "identity", "User-Agent": "sow-analysis"}
        if server.api_key:
            headers["Authorization"] = f"Bearer {server.api_key}"
        # Reading has no limit of its own: the whole call has one.
        self._http = httpx2.AsyncClient(
            headers=headers,
            timeout=httpx2.Timeout(None, connect=server.connect_seconds),
            limits=httpx2.Limits(keepalive_expiry=_KEEPALIVE_SECONDS),
            follow_redirects=False,
            verify=_trust(),
            trust_env=server.use_proxies,
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close its connections."""
        await self._http.aclose()

    def why_not(self) -> str | None:
        """Why no call would be made now, None when one would."""
        left = self.breaker.seconds_left
        if not left:
            return None
        return (
            f"The Qwen3 server at {self._server.origin} failed {self.breaker.failures} times in a row; "
            f"it is asked again in {left:.0f} s."
        )

    async def align(
        self, audio: bytes, windows: Sequence[TextWindow], language: str, duration: float
    ) -> tuple[tuple[AlignedWord, ...], ...]:
        """For each window, for each of its words, where it is sung.

        Args:
            audio: the whole recording, as a FLAC file of 16 kHz mono.
            windows: of the recording, each with at least one line.
            language: an ISO 639-1 code.
            duration: of the recording, in seconds.

        Raises:
            Qwen3UnavailableError: nobody answers, or not in time, or too much has failed lately.
            Qwen3RefusedError: the server refuses the request.
            Qwen3AnswerError: the answer cannot be one to this question.
        """
        if not self.breaker.admit():
            raise Qwen3UnavailableError(self.why_not() or f"The Qwen3 server at {self._server.origin} is being tried.")
        try:
            words = read_answer(await self._ask(audio, windows, language), windows, duration)
        except Qwen3RefusedError:
            self.breaker.succeeded()  # it works: the fault is in what it was sent
            raise
        except (Qwen3UnavailableError, Qwen3AnswerError):
            self.breaker.failed()
            raise
        except BaseException:
            self.breaker.abandoned()
            raise
        self.breaker.succeeded()
        return words

    async def health(self) -> str:
        """The server's own word for how it is, such as `ready`. Takes no heed of the breaker, and no retry.

        Raises:
            Qwen3UnavailableError: nobody answers there, or not such a server.
        """
        request = self._http.build_request("GET", f"{self._server.origin}{HEALTH_PATH}")
        try:
            response, body = await self._exchange(request, _HEALTH_SECONDS, _MOST_HEALTH_BYTES)
        except (_PassingError, Qwen3AnswerError) as error:
            raise Qwen3UnavailableError(f"{error}".removesuffix(".") + ".") from None
        document = _object(body)
        status = document.get("status")
        if not isinstance(status, str) or response.status_code not in (HTTPStatus.OK, HTTPStatus.SERVICE_UNAVAILABLE):
            raise Qwen3UnavailableError(
                f"What answers at {self._server.origin} is no Qwen3 alignment server (status {response.status_code})."
            )
        return self._shown(status)

    async def _ask(self, audio: bytes, windows: Sequence[TextWindow], language: str) -> bytes:
        try:
            return await self._ask_once(audio, windows, language)
        except _PassingError as first:
            if first.pause > self._server.retry_seconds:
                raise Qwen3UnavailableError(f"{first}; it asks to be left alone for {first.pause:.0f} s.") from None
            await anyio.sleep(first.pause)
        try:
            return await self._ask_once(audio, windows, language)
        except _PassingError as second:
            raise Qwen3UnavailableError(f"{second}, twice.") from None

    async def _ask_once(self, audio: bytes, windows: Sequence[TextWindow], language: str) -> bytes:
        asked = {
            "language": language,
            "windows": [
                {"start": window.start, "end": window.end, "lines": [line.text for line in window.lines]}
                for window in windows
            ],
        }
        request = self._http.build_request(
            "POST",
            f"{self._server.origin}{ALIGN_PATH}",
            files={
                "request": (None, json.dumps(asked, ensure_ascii=False).encode(), "application/json"),
                "audio": ("audio.flac", audio, AUDIO_TYPE),
            },
        )
        seconds = self._server.call_seconds(sum(window.end - window.start for window in windows))
        response, body = await self._exchange(request, seconds, self._server.max_answer_bytes)
        if response.status_code == HTTPStatus.OK:
            return body
        raise self._failure(response, body)

    async def _exchange(
        self, request: httpx2.Request, seconds: float, most_bytes: int
    ) -> tuple[httpx2.Response, bytes]:
        """Send a request and read the answer to its end, of whatever status."""
        where = f"The Qwen3 server at {self._server.origin}"
        try:
            with anyio.fail_after(seconds):
                response = await self._http.send(request, stream=True)
                try:
                    return response, await _read(response, most_bytes, where)
                finally:
                    await response.aclose()
        except TimeoutError:
            raise Qwen3UnavailableError(f"{where} did not answer within {seconds:.0f} s.") from None
        except httpx2.ConnectTimeout:
            raise Qwen3UnavailableError(
                f"{where} cannot be reached: no connection within {self._server.connect_seconds:g} s."
            ) from None
        except httpx2.ConnectError:
            raise _PassingError(f"{where} cannot be reached", self._server.pause_seconds) from None
        except httpx2.HTTPError as error:
            raise _PassingError(f"{where} broke off ({type(error).__name__})", self._server.pause_seconds) from None

    def _failure(self, response: httpx2.Response, body: bytes) -> Exception:
        """What an answer other than 200 means."""
        status = response.status_code
        problem = _object(body)
        code, detail = problem.get("code"), problem.get("detail")
        where = f"The Qwen3 server at {self._server.origin}"
        if status == HTTPStatus.UNAUTHORIZED:
            return Qwen3RefusedError(f"{where} does not accept the key. {_KEY_ADVICE}")
        said = f" ({self._shown(code)})" if isinstance(code, str) and code else ""
        if isinstance(detail, str) and detail:
            said += f": {self._shown(detail)}"
        if status in _CAN_PASS:
            doing = "still loads its model" if code == "model_loading" else f"is busy or away, status {status}{said}"
            return _PassingError(f"{where} {doing}", _pause(response, self._server.pause_seconds))
        if 300 <= status < 400:
            return Qwen3UnavailableError(f"{where} sends callers elsewhere, status {status}. Give its final address.")
        if 400 <= status < 500:
            return Qwen3RefusedError(f"{where} refuses this song, status {status}{said}")
        return Qwen3UnavailableError(f"{where} failed, status {status}{said}")

    def _shown(self, words: str) -> str:
        """A server's own words, fit for a report: short, one line, and without our key, should it echo that."""
        if self._server.api_key:
            words = words.replace(self._server.api_key, "***")
        return " ".join(words.split())[:_LONGEST_DETAIL]


@cache
def _trust() -> ssl.SSLContext:
    """The authorities of this machine, or those that SSL_CERT_FILE names. Reading them takes a while."""
    return httpx2.create_ssl_context()


async def check_qwen3(server: Qwen3Server) -> None:
    """Ask a server how it is, over a connection of its own.

    Raises:
        Qwen3UnavailableError: it is not ready, or nobody answers there.
    """
    async with Qwen3Client(server) as client:
        status = await client.health()
    if status != "ready":
        raise Qwen3UnavailableError(f"The Qwen3 server at {server.origin} is not ready: {status}.")


async def _read(response: httpx2.Response, most_bytes: int, where: str) -> bytes:
    parts: list[bytes] = []
    total = 0
    async for part in response.aiter_bytes():
        total += len(part)
        if total > most_bytes:
            raise Qwen3AnswerError(f"{where} sends more than {most_bytes} bytes.")
        parts.append(part)
    return b"".join(parts)


def _object(body: bytes) -> dict[str, object]:
    """A JSON object; an empty one when it is none."""
    try:
        return _documents.validate_json(body)
    except ValidationError:
        return {}


def _pause(response: httpx2.Response, usual: float) -> float:
    """Seconds until the retry, `usual` where the server names none.

    A Retry-After that names a date is not understood: no alignment server sends one.
    """
    try:
        pause = float(response.headers.get("Retry-After", ""))
    except ValueError:
        return usual
    return pause if 0 <= pause < float("inf") else usual
