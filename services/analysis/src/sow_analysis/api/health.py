"""Whether the service is there, whether it can work, and its numbers."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from importlib.metadata import version

from fastapi import APIRouter, Depends, Response

from sow_analysis import metrics
from sow_analysis.api.context import Runtime
from sow_analysis.api.documents import CheckDocument, Health, Readiness
from sow_analysis.api.security import require_key
from sow_analysis.engines.qwen3_client import check_qwen3
from sow_analysis.errors import AnalysisError
from sow_analysis.openai_api import check_api

router = APIRouter(tags=["operation"])

_CHECK_SECONDS = 5.0


@router.get("/health")
async def health() -> Health:
    """Say that the service is there. Costs nothing."""
    return Health(version=version("sow-analysis"))


@router.get("/health/ready", responses={503: {"model": Readiness, "description": "Something is missing."}})
async def ready(runtime: Runtime, response: Response) -> Readiness:
    """Say whether the service can work, and how each thing is that it depends on."""
    checks: dict[str, Callable[[], Awaitable[object]]] = {
        "database": runtime.jobs.counts,
        "queue": runtime.queue.ping,
        "storage": runtime.storage.check,
    }
    optional: dict[str, Callable[[], Awaitable[object]]] = {}
    if (qwen3 := runtime.settings.qwen3) is not None:
        optional["qwen3"] = lambda: check_qwen3(qwen3)
    for name, setup in (("llm", runtime.settings.llm), ("transcription", runtime.settings.transcription)):
        if setup is not None:
            optional[name] = partial(check_api, setup)
    found = await asyncio.gather(
        *(_check(check) for check in checks.values()),
        *(_check(check, optional=True) for check in optional.values()),
    )
    answer = Readiness(
        ready=all(check.ok or check.optional for check in found),
        checks=dict(zip((*checks, *optional), found, strict=True)),
    )
    if not answer.ready:
        response.status_code = 503
    return answer


@router.get("/metrics", response_class=Response, dependencies=[Depends(require_key)])
async def get_metrics(runtime: Runtime) -> Response:
    """Give the service's numbers in Prometheus' format."""
    return Response(runtime.metrics.exposition(await runtime.jobs.counts()), media_type=metrics.CONTENT_TYPE)


async def _check(check: Callable[[], Awaitable[object]], *, optional: bool = False) -> CheckDocument:
    """How one thing is."""
    problem = await _problem(check)
    return CheckDocument(ok=problem is None, detail=problem, optional=optional)


async def _problem(check: Callable[[], Awaitable[object]]) -> str | None:
    try:
        async with asyncio.timeout(_CHECK_SECONDS):
            await check()
    except TimeoutError:
        return f"No answer within {_CHECK_SECONDS:g} s."
    except AnalysisError as error:
        return str(error)
    except Exception as error:  # its text may hold a password
        return f"It cannot be reached ({type(error).__name__})."
    return None
