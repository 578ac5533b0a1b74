"""From an answer that tells of a problem (RFC 9457) to an error."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping
from email.utils import parsedate_to_datetime

import httpx2
from pydantic import BaseModel, Field, ValidationError

from stream_of_worship.admin.errors import (
    EditedMeanwhileError,
    NotOnServiceError,
    ServiceBusyError,
    ServiceError,
    ServiceKeyError,
    ServiceRefusedError,
)

KINDS: Mapping[int, type[ServiceError]] = {
    401: ServiceKeyError,
    403: ServiceKeyError,
    404: NotOnServiceError,
    412: EditedMeanwhileError,
    428: EditedMeanwhileError,
    429: ServiceBusyError,
    503: ServiceBusyError,
}
"""Other statuses from 400 to 499 are a `ServiceRefusedError`, the rest a `ServiceError`."""


class Flaw(BaseModel):
    """One entry of a problem's `errors`: where in the request, and what."""

    loc: list[str | int] = Field(default_factory=list[str | int])
    msg: str = ""

    def line(self) -> str:
        where = ".".join(str(part) for part in self.loc)
        return f"{where}: {self.msg}" if where else self.msg


class Problem(BaseModel):
    """Problem details; `code` is the service's stable name for the problem."""

    title: str
    detail: str | None = None
    code: str | None = None
    errors: list[Flaw] = Field(default_factory=list[Flaw])


def problem(response: httpx2.Response) -> ServiceError:
    """The error that `response` tells of, be it the service's or that of a proxy before it."""
    status = response.status_code
    kind = KINDS.get(status, ServiceRefusedError if 400 <= status < 500 else ServiceError)
    try:
        told = Problem.model_validate_json(response.content)
    except ValidationError:
        phrase = f"{status} {response.reason_phrase}".strip()
        if kind is NotOnServiceError or response.has_redirect_location:
            return ServiceError(f"{response.url} answers {phrase}: is that an Analysis Service?")
        if status == 413:
            return kind(f"the service, or a proxy before it, takes nothing that large ({phrase})", "too_large")
        return kind(f"the service answered {phrase}", retry_after=retry_after(response))
    lines = [told.detail or told.title, *(flaw.line() for flaw in told.errors)]
    return kind("\n".join(line for line in lines if line), told.code, retry_after(response))


def retry_after(response: httpx2.Response) -> float | None:
    """The header of that name, in seconds from now: it may be a number or a date."""
    value = response.headers.get("Retry-After", "").strip()
    if not value:
        return None
    try:
        seconds = float(value)
    except ValueError:
        try:
            seconds = parsedate_to_datetime(value).timestamp() - time.time()
        except (ValueError, TypeError):
            return None
    return max(seconds, 0.0) if math.isfinite(seconds) else None
