"""The application: its routes, its limits, and what it opens while it runs."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from importlib.metadata import version
from typing import Any

from fastapi import APIRouter, Depends, FastAPI
from pydantic.json_schema import models_json_schema
from starlette.types import ASGIApp

from qwen3_align.api import align, health
from qwen3_align.api.bodies import body_bytes
from qwen3_align.api.codes import PROBLEMS
from qwen3_align.api.documents import AlignRequest, Question
from qwen3_align.api.failing import add_own_handlers
from qwen3_align.api.security import KEY_VARIABLE, refuse_exposure, require_key
from qwen3_align.protocols import Align, Model
from qwen3_align.service.runtime import open_runtime
from qwen3_align.settings import Settings
from sow_web.problems import TooLargeAsProblem, add_handlers, describe_problems
from sow_web.security import LocalCallersOnly

API = "/api/v1"
_SMALL_BODY = 100_000
"""Bytes of requests that need no body."""
_REF = "#/components/schemas/{model}"


class _App(FastAPI):
    """FastAPI, with problems in one form in answers and in the description."""

    def build_middleware_stack(self) -> ASGIApp:
        settings: Settings = self.state.settings
        return TooLargeAsProblem(super().build_middleware_stack(), PROBLEMS, lambda path: _limit(settings, path))

    def openapi(self) -> dict[str, Any]:
        if self.openapi_schema is None:
            document = describe_problems(super().openapi())
            # The route reads its body itself, so FastAPI does not know of these.
            bodies = models_json_schema([(AlignRequest, "validation"), (Question, "validation")], ref_template=_REF)[1]
            document["components"]["schemas"].update(bodies["$defs"])
            self.openapi_schema = document
        return self.openapi_schema


def create_app(settings: Settings, model: Model, align_song: Align) -> FastAPI:
    """Make the application.

    Args:
        settings: how it is set up.
        model: loaded when the application starts.
        align_song: times a song with that model.

    Raises:
        ServiceExposedError: anybody on the network could use it.
    """
    refuse_exposure(settings)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncGenerator[None]:
        async with open_runtime(settings, model, align_song) as runtime:
            app.state.runtime = runtime
            yield

    app = _App(
        title="Stream of Worship: alignment service",
        version=version("qwen3-align"),
        summary="A recording and the words that are sung in it go in, the time of each word comes out.",
        lifespan=lifespan,
        max_body_size=_SMALL_BODY,
        responses=PROBLEMS.responses("internal_error"),
    )
    app.state.settings = settings
    api = APIRouter(
        prefix=API, dependencies=[Depends(require_key)], responses=PROBLEMS.responses("key_missing", "host_refused")
    )
    api.include_router(align.router(settings))
    app.include_router(api)
    app.include_router(health.router)
    add_handlers(app, PROBLEMS, lambda path: _limit(settings, path))
    add_own_handlers(app)
    if settings.api_key is None:
        app.add_middleware(LocalCallersOnly, problems=PROBLEMS, host=settings.host, variable=KEY_VARIABLE)
    return app


def _limit(settings: Settings, path: str) -> int:
    return body_bytes(settings) if path.startswith(API) else _SMALL_BODY
