"""Who is served: callers with the key; without one, only this machine, and no web page on behalf of another site."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic import SecretStr
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from sow_web.problems import ProblemError, Problems

_LOCAL_NAMES = {"localhost", "127.0.0.1", "::1"}


def key_check(variable: str) -> Callable[..., None]:
    """Make the dependency of routes that need the key, if there is one: the `api_key` of `app.state.settings`.

    Args:
        variable: the environment variable that holds it.
    """
    bearer = HTTPBearer(auto_error=False, description=f"The key that the service was given as {variable}.")

    def require_key(request: Request, given: Annotated[HTTPAuthorizationCredentials | None, Depends(bearer)]) -> None:
        """Let callers in who have the key, in a time that does not depend on how much of it they have right."""
        secret: SecretStr | None = request.app.state.settings.api_key
        if secret is None:
            return
        key = secret.get_secret_value().encode()
        if given is None or not secrets.compare_digest(given.credentials.encode(), key):
            raise ProblemError(
                "key_missing", "Send the key as: Authorization: Bearer KEY.", {"WWW-Authenticate": "Bearer"}
            )

    # FastAPI reads the annotations, which name things of this function only.
    require_key.__annotations__ = {
        "request": Request,
        "given": Annotated[HTTPAuthorizationCredentials | None, Depends(bearer)],
    }
    return require_key


class LocalCallersOnly:
    """Holds web pages off while there is no key: a page that the user visits can send requests to this machine.

    Such a request has the page's origin, or, by a name that was made to lead here, another host than this machine.
    """

    def __init__(self, app: ASGIApp, problems: Problems, host: str, variable: str) -> None:
        self._app = app
        self._problems = problems
        self._names = _LOCAL_NAMES | {host}
        self._variable = variable

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            headers = Headers(scope=scope)
            host, origin = headers.get("host", ""), headers.get("origin")
            if _name(f"//{host}") not in self._names or (origin is not None and urlsplit(origin).netloc != host):
                detail = f"Call the service from this machine, or set {self._variable}."
                await self._problems.answer("host_refused", detail)(scope, receive, send)
                return
        await self._app(scope, receive, send)


def _name(url: str) -> str | None:
    try:
        return urlsplit(url).hostname
    except ValueError:
        return None
