"""What goes wrong, as problem details (RFC 9457)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from http import HTTPStatus
from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from lyric_timing.errors import LyricTimingError
from sow_analysis.api.codes import PROBLEMS
from sow_analysis.errors import AnalysisError
from sow_analysis.failures import failure_of
from sow_analysis.worker import EngineFailedError

MEDIA_TYPE = "application/problem+json"
_RETRY_SECONDS = {429: 5, 503: 5}
_CODE_OF_STATUS = {
    400: "bad_request",
    401: "key_missing",
    403: "host_refused",
    404: "not_found",
    405: "method_not_allowed",
    413: "too_large",
}
LimitOf = Callable[[str], int]
"""Gives the bytes that a request to a path may have."""
_log = structlog.stdlib.get_logger(__name__)


class Flaw(BaseModel):
    """One thing that is wrong with a request."""

    loc: list[str | int] = Field(description="Where it is, such as `body`, `lyrics_text`.")
    msg: str


class Problem(BaseModel):
    """Problem details."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "type": "about:blank",
                    "title": "There is no such job",
                    "status": 404,
                    "code": "job_not_found",
                    "detail": "There is no job 0193a0e1c9b57e60a1b2c3d4e5f60718.",
                }
            ]
        }
    )

    type: str = "about:blank"
    title: str
    status: int
    code: str = Field(description="Stable name of the problem.")
    detail: str | None = Field(default=None, description="What happened, for the user.")
    errors: list[Flaw] | None = Field(default=None, description="What is wrong with the request, part by part.")


class ProblemError(Exception):
    """Ends a request with a problem."""

    def __init__(self, code: str, detail: str | None = None, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail
        self.headers = dict(headers or {})


def responses(*codes: str) -> dict[int | str, dict[str, Any]]:
    """What a route's documentation says of the problems that it may answer with."""
    by_status: dict[int | str, dict[str, Any]] = {}
    for code in codes:
        kind = PROBLEMS[code]
        entry = by_status.setdefault(kind.status, {"model": Problem, "description": ""})
        entry["description"] += f"{', ' if entry['description'] else ''}`{code}`: {kind.title}"
    return by_status


def problem_response(
    code: str, detail: str | None = None, headers: Mapping[str, str] | None = None, errors: Sequence[Flaw] | None = None
) -> JSONResponse:
    """An answer that tells of a problem."""
    kind = PROBLEMS[code]
    problem = Problem(
        title=kind.title, status=kind.status, code=code, detail=detail, errors=list(errors) if errors else None
    )
    sent = dict(headers or {})
    if kind.status in _RETRY_SECONDS:
        sent.setdefault("Retry-After", str(_RETRY_SECONDS[kind.status]))
    return JSONResponse(problem.model_dump(exclude_none=True), kind.status, sent, media_type=MEDIA_TYPE)


def add_handlers(app: FastAPI, limit_of: LimitOf) -> None:
    """Have every error of this application answered as a problem."""

    @app.exception_handler(ProblemError)
    async def _problem(_request: Request, error: ProblemError) -> JSONResponse:  # pyright: ignore[reportUnusedFunction]
        return problem_response(error.code, error.detail, error.headers)

    @app.exception_handler(EngineFailedError)
    async def _engine(_request: Request, error: EngineFailedError) -> JSONResponse:  # pyright: ignore[reportUnusedFunction]
        return _known(error.failure.code, error.failure.message)

    @app.exception_handler(AnalysisError)
    async def _analysis(_request: Request, error: AnalysisError) -> JSONResponse:  # pyright: ignore[reportUnusedFunction]
        return _known(error.code, str(error))

    @app.exception_handler(LyricTimingError)
    async def _lyrics(_request: Request, error: LyricTimingError) -> JSONResponse:  # pyright: ignore[reportUnusedFunction]
        failure = failure_of(error)
        return problem_response(failure.code, failure.message)

    @app.exception_handler(RequestValidationError)
    async def _invalid(_request: Request, error: RequestValidationError) -> JSONResponse:  # pyright: ignore[reportUnusedFunction]
        flaws = [Flaw(loc=list(flaw["loc"]), msg=flaw["msg"]) for flaw in error.errors()]
        return problem_response("request_invalid", errors=flaws)

    @app.exception_handler(HTTPException)
    async def _http(request: Request, error: HTTPException) -> JSONResponse:  # pyright: ignore[reportUnusedFunction]
        if error.status_code == 413:
            return _too_large(limit_of(request.url.path))
        code = _CODE_OF_STATUS.get(error.status_code, "internal_error")
        standard = HTTPStatus(error.status_code).phrase
        return problem_response(code, None if error.detail == standard else error.detail, error.headers)

    @app.exception_handler(Exception)
    async def _unforeseen(_request: Request, error: Exception) -> JSONResponse:  # pyright: ignore[reportUnusedFunction]
        return problem_response("internal_error", failure_of(error).message)


def _known(code: str, message: str) -> JSONResponse:
    if code not in PROBLEMS:
        _log.error("problem_without_kind", code=code, detail=message)
        return problem_response("internal_error")
    return problem_response(code, message)


def _too_large(limit: int) -> JSONResponse:
    return problem_response("too_large", f"This address takes {limit} bytes at most.")


class TooLargeAsProblem:
    """Gives the answer of the limit on request bodies, a line of plain text, the form of all other problems."""

    def __init__(self, app: ASGIApp, limit_of: LimitOf) -> None:
        self._app = app
        self._limit_of = limit_of

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        replaced = False

        async def send_on(message: Message) -> None:
            nonlocal replaced
            if message["type"] == "http.response.start":
                headers = Headers(raw=message["headers"])
                replaced = message["status"] == 413 and headers.get("content-type") != MEDIA_TYPE
                if replaced:
                    await _too_large(self._limit_of(scope["path"]))(scope, receive, send)
            if not replaced:
                await send(message)

        await self._app(scope, receive, send_on)


def describe_problems(document: dict[str, Any]) -> dict[str, Any]:
    """Have the API's description say what problems look like: FastAPI has its own ideas of that."""
    problem = {"schema": {"$ref": "#/components/schemas/Problem"}}
    for methods in document["paths"].values():
        for operation in methods.values():
            for answer in operation["responses"].values():
                for content in answer.get("content", {}).values():
                    if content.get("schema", {}).get("$ref", "").endswith(("/Problem", "/HTTPValidationError")):
                        answer["content"] = {MEDIA_TYPE: problem}
                        break
    for name in ("HTTPValidationError", "ValidationError"):
        document["components"]["schemas"].pop(name, None)
    return document
