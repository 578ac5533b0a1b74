"""Makes calls through the `openai` SDK, so that each ends in time, whatever the server does, and in one of our errors.

The SDK's own retries are off: they know neither the gate nor the budget. Its answers are read as bytes, so that a
server can send neither more than was agreed nor for longer, and so that what it sends is judged here, not there.
"""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, TypeAlias

import anyio
import httpx2
import stamina

from sow_analysis.openai_api.budget import Budget
from sow_analysis.openai_api.endpoint import Endpoint
from sow_analysis.openai_api.errors import (
    ApiAnswerError,
    ApiBudgetSpentError,
    ApiError,
    ApiFormError,
    ApiPausedError,
    ApiRefusedError,
    ApiUnavailableError,
)
from sow_analysis.openai_api.gate import Gate

if TYPE_CHECKING:  # the SDK takes a second to import, and most songs do without
    from openai import AsyncAPIResponse, AsyncOpenAI

Send: TypeAlias = "Callable[[AsyncOpenAI], AbstractAsyncContextManager[AsyncAPIResponse[Any]]]"
"""Begins a call, such as `lambda api: api.chat.completions.with_streaming_response.create(...)`."""

_CAN_PASS = {
    HTTPStatus.REQUEST_TIMEOUT,
    HTTPStatus.CONFLICT,
    HTTPStatus.TOO_EARLY,
    HTTPStatus.TOO_MANY_REQUESTS,
}
_FORM = {HTTPStatus.BAD_REQUEST, HTTPStatus.UNPROCESSABLE_ENTITY, HTTPStatus.UNSUPPORTED_MEDIA_TYPE}
_KEY = {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}
_BROKEN_OFF = (
    httpx2.HTTPError,
    httpx2.StreamError,
    httpx2.InvalidURL,
    anyio.EndOfStream,
    OSError,
    UnicodeError,
)
"""What the layers below raise while an answer is read, or before a question is sent."""
_CONNECT_SECONDS = 5.0
_LONGEST_ERROR = 20_000
"""Bytes of an answer that is an error."""


class _PassingError(Exception):
    """What a retry may mend. `pause`: seconds that the server asks for."""

    def __init__(self, error: ApiError, pause: float | None = None) -> None:
        super().__init__(str(error))
        self.error = error
        self.pause = pause


class ApiClient:
    """Calls one server, within one event loop; its connections live as long as `opened`.

    Args:
        endpoint: the server.
        gate: that of this process to this server.
        attempts: tries of one call that fails for a reason that can pass.
        longest_pause: seconds; a server that wants to be left alone for longer is not asked again.
        pause: seconds before the first retry, where the server names none; then it doubles.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        gate: Gate,
        *,
        attempts: int = 3,
        longest_pause: float = 20.0,
        pause: float = 0.5,
    ) -> None:
        self.endpoint = endpoint
        self._gate = gate
        self._attempts = attempts
        self._longest_pause = longest_pause
        self._pause = pause

    def why_not(self) -> str | None:
        """Why no call would be made now, None when one would."""
        left = self._gate.paused()
        if not left:
            return None
        return f"The server at {self.endpoint.shown} failed several times in a row; it is asked again in {left:.0f} s."

    @asynccontextmanager
    async def opened(self) -> AsyncGenerator[AsyncOpenAI]:
        """The SDK's client, for the `send` of `call`. It takes no key, address or account from OPENAI_* variables."""
        from openai import AsyncOpenAI

        http = httpx2.AsyncClient(
            timeout=httpx2.Timeout(None, connect=_CONNECT_SECONDS),  # the whole call has a limit
            follow_redirects=False,
            event_hooks={"response": [self._refuse_failures]},
        )
        async with http:
            api = AsyncOpenAI(
                base_url=self.endpoint.url,
                api_key=self.endpoint.api_key or "none",
                organization="",
                project="",
                max_retries=0,
                http_client=http,
                default_headers={"User-Agent": "sow-analysis", "Accept-Encoding": "identity"},
            )
            # The constructor takes the lack of these for a reason to look into the environment.
            api.organization = api.project = api.admin_api_key = None
            yield api

    async def call(self, api: AsyncOpenAI, send: Send, budget: Budget, *, seconds: float, most_bytes: int) -> bytes:
        """The body of the answer, of at most `most_bytes`; each try has `seconds`, without the wait for its turn.

        Raises:
            ApiUnavailableError: nobody answers, or not in time, or the server is overloaded.
            ApiRefusedError: the server refuses the request; ApiFormError where a simpler form may pass.
            ApiAnswerError: the answer is too large.
            ApiBudgetSpentError: the job's budget is spent.
            ApiPausedError: the server is left alone for now.
        """
        retries = stamina.retry_context(
            on=lambda error: self._again(error, budget),
            attempts=self._attempts,
            timeout=None,
            wait_initial=self._pause,
            wait_max=self._longest_pause,
            wait_jitter=self._pause / 2,
        )
        try:
            async for attempt in retries:
                with attempt:
                    return await self._call_once(api, send, budget, seconds, most_bytes)
        except _PassingError as error:
            raise error.error from None
        raise AssertionError("unreachable")

    def _again(self, error: Exception, budget: Budget) -> bool | float:
        """Whether a retry makes sense, and after which pause."""
        if not isinstance(error, _PassingError):
            return False
        if error.pause is None:
            return budget.seconds_left > 2 * self._pause
        if error.pause > min(self._longest_pause, budget.seconds_left):
            return False
        self._gate.hold(error.pause)  # for all callers: the next one would be turned away too
        return error.pause

    async def _call_once(self, api: AsyncOpenAI, send: Send, budget: Budget, seconds: float, most_bytes: int) -> bytes:
        with anyio.move_on_after(budget.seconds_left) as waiting:
            await self._gate.enter()
        if waiting.cancelled_caught:
            raise ApiBudgetSpentError("The time that this job has for calls went by before its turn came.")
        try:
            budget.take_call()
            if not self._gate.admit():
                raise ApiPausedError(self.why_not() or f"The server at {self.endpoint.shown} is being tried.")
            return await self._judged(api, send, min(seconds, budget.seconds_left), most_bytes)
        finally:
            self._gate.leave()

    async def _judged(self, api: AsyncOpenAI, send: Send, seconds: float, most_bytes: int) -> bytes:
        """One exchange, of which the gate learns whether the server works."""
        works: bool | None = None
        try:
            with anyio.fail_after(seconds):
                body = await self._exchange(api, send, most_bytes)
            works = True
            return body
        except TimeoutError:
            works = False
            raise ApiUnavailableError(
                f"The server at {self.endpoint.shown} did not answer within {seconds:.3g} s."
            ) from None
        except ApiRefusedError:
            works = True  # it answers: the fault is in what it was sent
            raise
        except ApiAnswerError:
            works = False
            raise
        except _PassingError as error:
            # A server that asks its callers to wait a little is alive.
            works = None if error.pause is not None and error.pause <= self._longest_pause else False
            raise
        finally:
            self._gate.report(works)

    async def _exchange(self, api: AsyncOpenAI, send: Send, most_bytes: int) -> bytes:
        import openai

        where = f"The server at {self.endpoint.shown}"
        try:
            async with send(api) as response:
                return await _read(response.iter_bytes(), most_bytes, where)
        except openai.APITimeoutError:
            raise _PassingError(ApiUnavailableError(f"{where} cannot be reached: no connection in time.")) from None
        except openai.APIConnectionError:
            unreached = ApiUnavailableError(f"{where} cannot be reached, or hung up. Is the address right?")
            raise _PassingError(unreached) from None
        except (openai.OpenAIError, *_BROKEN_OFF) as error:
            raise _PassingError(ApiUnavailableError(f"{where} broke off ({type(error).__name__}).")) from None

    async def _refuse_failures(self, response: httpx2.Response) -> None:
        """Judge an answer by its status, before the SDK would read all of its body, however long."""
        if not response.is_success:
            body = b""
            async for part in response.aiter_bytes():
                body += part
                if len(body) > _LONGEST_ERROR:
                    break
            raise self._failure(response, body)

    def _failure(self, response: httpx2.Response, body: bytes) -> Exception:
        """What an answer other than 200 means."""
        status = response.status_code
        where = f"The server at {self.endpoint.shown}"
        if status in _KEY:
            return ApiRefusedError(f"{where} does not accept the key (status {status}). Is it right, and still valid?")
        if status == HTTPStatus.PAYMENT_REQUIRED:
            return ApiRefusedError(f"{where} wants to be paid (status {status}). Is there credit left?")
        if status in _CAN_PASS or status >= 500:
            busy = "is overloaded, or has had enough of us" if status == HTTPStatus.TOO_MANY_REQUESTS else "failed"
            return _PassingError(ApiUnavailableError(f"{where} {busy} (status {status})."), _retry_after(response))
        if status < 400:
            return ApiRefusedError(f"{where} sends callers elsewhere (status {status}). Give its final address.")
        said = self.endpoint.without_key(_message(body))
        said = f": {said}" if said else "."
        if status in _FORM:
            return ApiFormError(f"{where} does not understand the request (status {status}){said}")
        if status == HTTPStatus.NOT_FOUND:
            return ApiRefusedError(f"{where} does not know the model, or the address is wrong (status 404){said}")
        return ApiRefusedError(f"{where} refuses the request (status {status}){said}")


async def _read(parts: AsyncIterator[bytes], most_bytes: int, where: str) -> bytes:
    read: list[bytes] = []
    total = 0
    async for part in parts:
        total += len(part)
        if total > most_bytes:
            raise ApiAnswerError(f"{where} sends more than {most_bytes} bytes.")
        read.append(part)
    return b"".join(read)


def _message(body: bytes) -> str:
    """The server's own words in the body of an error."""
    try:
        document: Any = json.loads(body)
        message = document["error"]["message"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return ""
    return message if isinstance(message, str) else ""


def _retry_after(response: httpx2.Response) -> float | None:
    """Seconds that the server asks for, as a number or a date; None when it names none that makes sense."""
    value: str = response.headers.get("Retry-After", "")
    try:
        seconds = float(value)
    except ValueError:
        try:
            seconds = (parsedate_to_datetime(value) - datetime.now(UTC)).total_seconds()
        except (ValueError, TypeError):
            return None
    return max(0.0, seconds) if seconds < float("inf") else None
