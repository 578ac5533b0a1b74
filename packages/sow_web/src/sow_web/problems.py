"""What goes wrong, as problem details (RFC 9457).

A service names its kinds of problem in one table, `Problems({**COMMON, ...})`; its routes and handlers answer by it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from types import MappingProxyType
from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

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


@dataclass(frozen=True, slots=True)
class ProblemKind:
    """One kind of problem: its HTTP status, and what it is called."""

    status: int
    title: str


COMMON: Mapping[str, ProblemKind] = MappingProxyType(
    {
        "request_invalid": ProblemKind(422, "The request is not as it should be"),
        "key_missing": ProblemKind(401, "The API key is missing or wrong"),
        "host_refused": ProblemKind(403, "Without an API key, only this machine is served"),
        "not_found": ProblemKind(404, "There is nothing at this address"),
        "method_not_allowed": ProblemKind(405, "This address takes other methods"),
        "too_large": ProblemKind(413, "The request is too large"),
        "bad_request": ProblemKind(400, "The request cannot be read"),
        "internal_error": ProblemKind(500, "The program failed"),
    }
)
"""What every service here may answer with."""


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
                    "title": "The request is too large",
                    "status": 413,
                    "code": "too_large",
                    "detail": "This address takes 500000000 bytes at most.",
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


class Problems:
    """The kinds of problem that one service answers with, by code."""

    def __init__(self, kinds: Mapping[str, ProblemKind]) -> None:
        self.kinds = kinds

    def responses(self, *codes: str) -> dict[int | str, dict[str, Any]]:
        """What a route's documentation says of the problems that it may answer with."""
        by_status: dict[int | str, dict[str, Any]] = {}
        for code in codes:
            kind = self.kinds[code]
            entry = by_status.setdefault(kind.status, {"model": Problem, "description": ""})
            entry["description"] += f"{', ' if entry['description'] else ''}`{code}`: {kind.title}"
        return by_status

    def answer(
        self,
        code: str,
        detail: str | None = None,
        headers: Mapping[str, str] | None = None,
        errors: Sequence[Flaw] | None = None,
    ) -> JSONResponse:
        """An answer that tells of a problem."""
        kind = self.kinds[code]
        problem = Problem(
            title=kind.title, status=kind.status, code=code, detail=detail, errors=list(errors) if errors else None
        )
        sent = dict(headers or {})
        if kind.status in _RETRY_SECONDS:
            sent.setdefault("Retry-After", str(_RETRY_SECONDS[kind.status]))
        return JSONResponse(problem.model_dump(exclude_none=True), kind.status, sent, media_type=MEDIA_TYPE)

    def answer_known(self, code: str, detail: str) -> JSONResponse:
        """The same for an error from further in; one whose code has no kind is the program's own fault."""
        if code not in self.kinds:
            _log.error("problem_without_kind", code=code, detail=detail)
            return self.answer("internal_error")
        return self.answer(code, detail)

    def too_large(self, limit: int) -> JSONResponse:
        """The answer to a request of more bytes than its address takes."""
        return self.answer("too_large", f"This address takes {limit} bytes at most.")


def add_handlers(app: FastAPI, problems: Problems, limit_of: LimitOf) -> None:
    """Have every error that FastAPI knows, and every unforeseen one, answered as a problem."""

    @app.exception_handler(ProblemError)
    async def _problem(_request: Request, error: ProblemError) -> JSONResponse:  # pyright: ignore[reportUnusedFunction]
        return problems.answer(error.code, error.detail, error.headers)

    @app.exception_handler(RequestValidationError)
    async def _invalid(_request: Request, error: RequestValidationError) -> JSONResponse:  # pyright: ignore[reportUnusedFunction]
        flaws = [Flaw(loc=list(flaw["loc"]), msg=flaw["msg"]) for flaw in error.errors()]
        return problems.answer("request_invalid", errors=flaws)

    @app.exception_handler(HTTPException)
    async def _http(request: Request, error: HTTPException) -> JSONResponse:  # pyright: ignore[reportUnusedFunction]
        if error.status_code == 413:
            return problems.too_large(limit_of(request.url.path))
        code = _CODE_OF_STATUS.get(error.status_code, "internal_error")
        standard = HTTPStatus(error.status_code).phrase
        return problems.answer(code, None if error.detail == standard else error.detail, error.headers)

    @app.exception_handler(Exception)
    async def _unforeseen(_request: Request, error: Exception) -> JSONResponse:  # pyright: ignore[reportUnusedFunction]
        return problems.answer("internal_error", f"The program failed ({type(error).__name__}). Its log says more.")


class TooLargeAsProblem:
    """Gives the answer of the limit on request bodies, a line of plain text, the form of all other problems."""

    def __init__(self, app: ASGIApp, problems: Problems, limit_of: LimitOf) -> None:
        self._app = app
        self._problems = problems
        self._limit_of = limit_of

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        replaced = False

        async def send_on(message: Message) -> None:
            nonlocal replaced
            if message["type"] == "http.response.start":
                headers = Headers(raw=message["headers"])
                replaced = message["status"] == 413 and headers.get("content-type") != MEDIA_TYPE
                if replaced:
                    await self._problems.too_large(self._limit_of(scope["path"]))(scope, receive, send)
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
