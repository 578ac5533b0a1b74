"""Whether the service is there, whether it can work, and its numbers."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from importlib.metadata import version

from fastapi import APIRouter, Depends, Response

from sow_analysis import metrics
from sow_analysis.api.context import Runtime
from sow_analysis.api.documents import CheckDocument, Health, Readiness
from sow_analysis.api.security import require_key
from sow_analysis.errors import AnalysisError

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
    found = await asyncio.gather(*(_check(check) for check in checks.values()))
    answer = Readiness(ready=all(check.ok for check in found), checks=dict(zip(checks, found, strict=True)))
    if not answer.ready:
        response.status_code = 503
    return answer


@router.get("/metrics", response_class=Response, dependencies=[Depends(require_key)])
async def get_metrics(runtime: Runtime) -> Response:
    """Give the service's numbers in Prometheus' format."""
    return Response(runtime.metrics.exposition(await runtime.jobs.counts()), media_type=metrics.CONTENT_TYPE)


async def _check(check: Callable[[], Awaitable[object]]) -> CheckDocument:
    try:
        async with asyncio.timeout(_CHECK_SECONDS):
            await check()
    except TimeoutError:
        return CheckDocument(ok=False, detail=f"No answer within {_CHECK_SECONDS:g} s.")
    except AnalysisError as error:
        return CheckDocument(ok=False, detail=str(error))
    except Exception as error:  # its text may hold a password
        return CheckDocument(ok=False, detail=f"It cannot be reached ({type(error).__name__}).")
    return CheckDocument(ok=True)
