"""The application: its routes, its limits, and what it opens while it runs."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from importlib.metadata import version
from typing import Any

from fastapi import APIRouter, Depends, FastAPI
from starlette.types import ASGIApp

from sow_analysis.api import analyses, audio, events, health, jobs, songs, stems
from sow_analysis.api.codes import PROBLEMS, responses
from sow_analysis.api.failing import add_own_handlers
from sow_analysis.api.security import KEY_VARIABLE, refuse_exposure, require_key
from sow_analysis.runtime import Runtime, open_runtime
from sow_analysis.settings import Settings
from sow_web.problems import LimitOf, TooLargeAsProblem, add_handlers, describe_problems
from sow_web.security import LocalCallersOnly

API = "/api/v1"
AUDIO = f"{API}/audio"
_JSON_ROOM = 6
"""Bytes that one character of lyrics may take in JSON."""
_TIMED_ROOM = 2_000_000
"""Bytes of timed lyrics in their widest format, and of all else in a request."""


class _App(FastAPI):
    """FastAPI, with problems in one form in answers and in the description."""

    def build_middleware_stack(self) -> ASGIApp:
        return TooLargeAsProblem(super().build_middleware_stack(), PROBLEMS, _limit_of(self.state.settings))

    def openapi(self) -> dict[str, Any]:
        if self.openapi_schema is None:
            self.openapi_schema = describe_problems(super().openapi())
        return self.openapi_schema


def create_app(settings: Settings | None = None, *, working: bool = True) -> FastAPI:
    """Make the application.

    Args:
        settings: by default those of the environment.
        working: whether this process takes jobs as well.

    Raises:
        ServiceExposedError: anybody on the network could use it.
    """
    chosen = settings or Settings()
    refuse_exposure(chosen)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncGenerator[None]:
        async with AsyncExitStack() as stack:
            runtime = await stack.enter_async_context(open_runtime(chosen))
            app.state.runtime = runtime
            if working:
                await stack.enter_async_context(runtime.working())
            yield

    app = _App(
        title="Stream of Worship: Analysis Service",
        version=version("sow-analysis"),
        summary="A recording and its lyrics in, timed lyrics out.",
        lifespan=lifespan,
        max_body_size=_most_bytes(chosen),
        responses=responses("internal_error"),
    )
    app.state.settings = chosen
    api = APIRouter(prefix=API, dependencies=[Depends(require_key)], responses=responses("key_missing", "host_refused"))
    routers = (jobs.router, events.router, songs.router, analyses.router, stems.router)
    for router in (audio.router(chosen.max_upload_bytes), *routers):
        api.include_router(router)
    app.include_router(api)
    app.include_router(health.router)
    add_handlers(app, PROBLEMS, _limit_of(chosen))
    add_own_handlers(app)
    if chosen.api_key is None:
        app.add_middleware(LocalCallersOnly, problems=PROBLEMS, host=chosen.host, variable=KEY_VARIABLE)
    return app


def _limit_of(settings: Settings) -> LimitOf:
    return lambda path: settings.max_upload_bytes if path == AUDIO else _most_bytes(settings)


def _most_bytes(settings: Settings) -> int:
    """Of a request that is no upload."""
    return settings.max_lyrics_bytes * _JSON_ROOM + _TIMED_ROOM


def runtime_of(app: FastAPI) -> Runtime | None:
    """What a running application holds; None before it has started."""
    return getattr(app.state, "runtime", None)
