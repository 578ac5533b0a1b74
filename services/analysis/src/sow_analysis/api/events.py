"""A job's events as they happen (server-sent events)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Depends, Header
from fastapi.sse import EventSourceResponse, ServerSentEvent

from sow_analysis.api.codes import responses
from sow_analysis.api.context import JobId, Runtime
from sow_analysis.jobs import EventKind, Job, JobStatus

router = APIRouter(prefix="/jobs", tags=["jobs"])

_LOOK_SECONDS = 1.0
"""How often the row is looked at for what other processes did."""


async def _job(job_id: JobId, runtime: Runtime) -> Job:
    return await runtime.jobs.get(job_id)


@router.get("/{job_id}/events", response_class=EventSourceResponse, responses=responses("job_not_found"))
async def follow(
    job: Annotated[Job, Depends(_job)],
    runtime: Runtime,
    last_event_id: Annotated[int, Header(ge=0, le=2**31 - 1, description="The last event that arrived.")] = 0,
) -> AsyncIterator[ServerSentEvent]:
    """Follow a job until it ends.

    `status` events tell of a new status and why, `progress` events of the stage and how far the whole is. After a
    broken connection, send the last event's id as `Last-Event-ID`.
    """
    seen = last_event_id
    with runtime.jobs.news.listen(job.id) as news:
        while True:
            for event in await runtime.jobs.events(job.id, seen):
                seen = event.id
                yield ServerSentEvent(id=str(event.id), event=event.kind.value, data=dict(event.data))
                if event.kind is EventKind.STATUS and JobStatus(event.data["status"]).is_final:
                    return
            if runtime.shutdown.begun.is_set() or (await runtime.jobs.get(job.id)).status.is_final:
                for event in await runtime.jobs.events(job.id, seen):
                    yield ServerSentEvent(id=str(event.id), event=event.kind.value, data=dict(event.data))
                return
            stopping = asyncio.ensure_future(runtime.shutdown.begun.wait())
            try:
                waiting = asyncio.ensure_future(news.wait(_LOOK_SECONDS))
                await asyncio.wait((stopping, waiting), return_when=asyncio.FIRST_COMPLETED)
                waiting.cancel()
            finally:
                stopping.cancel()
