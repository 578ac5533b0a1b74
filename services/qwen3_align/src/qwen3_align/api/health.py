"""Whether the service is there, how its model is, and its numbers."""

from __future__ import annotations

from importlib.metadata import version

from fastapi import APIRouter, Depends, Response

from qwen3_align.api.context import Runtime
from qwen3_align.api.documents import Health, ModelDocument, Queue
from qwen3_align.api.security import require_key
from qwen3_align.service import metrics
from qwen3_align.service.keeper import State

router = APIRouter(tags=["operation"])


@router.get("/health")
async def health(runtime: Runtime) -> Health:
    """Say how the service is. Costs nothing, and is answered while the model loads."""
    status = runtime.keeper.status
    return Health(
        status=status.state,
        stage=status.stage,
        progress=status.progress,
        loaded=status.loaded,
        reason=status.reason,
        model=ModelDocument.of(runtime.keeper.facts),
        queue=Queue(
            requests=runtime.admission.open,
            clips=runtime.batcher.waiting_clips,
            seconds=round(runtime.batcher.waiting_seconds, 3),
        ),
        version=version("qwen3-align"),
    )


@router.get("/health/ready", responses={503: {"model": Health, "description": "The model is not ready."}})
async def ready(runtime: Runtime, response: Response) -> Health:
    """Say whether requests are answered: 200 if so, else 503."""
    answer = await health(runtime)
    if answer.status is not State.READY:
        response.status_code = 503
    return answer


@router.get("/metrics", response_class=Response, dependencies=[Depends(require_key)])
async def get_metrics(runtime: Runtime) -> Response:
    """Give the service's numbers in Prometheus' format."""
    numbers = runtime.metrics.exposition(
        requests=runtime.admission.open,
        clips=runtime.batcher.waiting_clips,
        seconds=runtime.batcher.waiting_seconds,
        loaded=runtime.keeper.status.loaded,
    )
    return Response(numbers, media_type=metrics.CONTENT_TYPE)
