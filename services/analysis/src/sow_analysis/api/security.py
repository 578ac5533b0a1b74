"""Who is served: callers with the key; without one, only this machine, and no web page on behalf of another site."""

from __future__ import annotations

import secrets
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from sow_analysis.api.problems import ProblemError, problem_response
from sow_analysis.errors import AnalysisError
from sow_analysis.settings import Settings

_bearer = HTTPBearer(auto_error=False, description="The key that the service was given as SOW_ANALYSIS_API_KEY.")
_LOCAL_NAMES = {"localhost", "127.0.0.1", "::1"}


class ServiceExposedError(AnalysisError):
    """The service would listen beyond this machine without an API key."""

    code = "service_exposed"


def refuse_exposure(settings: Settings) -> None:
    """Raise an error if anybody on the network could use the service.

    Raises:
        ServiceExposedError: it is so.
    """
    if settings.api_key is None and not settings.listens_on_loopback:
        raise ServiceExposedError(
            f"Anyone who reaches {settings.host} could use the service. "
            "Set SOW_ANALYSIS_API_KEY, or listen on 127.0.0.1."
        )


def require_key(request: Request, given: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]) -> None:
    """Let callers in who have the key, in a time that does not depend on how much of it they have right."""
    settings: Settings = request.app.state.settings
    if settings.api_key is None:
        return
    key = settings.api_key.get_secret_value().encode()
    if given is None or not secrets.compare_digest(given.credentials.encode(), key):
        raise ProblemError("key_missing", "Send the key as: Authorization: Bearer KEY.", {"WWW-Authenticate": "Bearer"})


class LocalCallersOnly:
    """Holds web pages off while there is no key: a page that the user visits can send requests to this machine.

    Such a request has the page's origin, or, by a name that was made to lead here, another host than this machine.
    """

    def __init__(self, app: ASGIApp, host: str) -> None:
        self._app = app
        self._names = _LOCAL_NAMES | {host}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            headers = Headers(scope=scope)
            host, origin = headers.get("host", ""), headers.get("origin")
            if _name(f"//{host}") not in self._names or (origin is not None and urlsplit(origin).netloc != host):
                detail = "Call the service from this machine, or set SOW_ANALYSIS_API_KEY."
                await problem_response("host_refused", detail)(scope, receive, send)
                return
        await self._app(scope, receive, send)


def _name(url: str) -> str | None:
    try:
        return urlsplit(url).hostname
    except ValueError:
        return None
