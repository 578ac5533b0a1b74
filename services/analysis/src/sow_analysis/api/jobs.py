"""Jobs: asking for them, looking at them, cancelling them."""

from __future__ import annotations

import asyncio
from typing import Annotated

from fastapi import APIRouter, Query, Response

from lyric_timing import parse_sheet
from sow_analysis.api.codes import responses
from sow_analysis.api.context import JobId, Runtime
from sow_analysis.api.documents import JobDocument, JobPage, LrcJobRequest
from sow_analysis.api.submitting import answers, submitted
from sow_analysis.jobs import JobKind, JobStatus
from sow_web.problems import ProblemError

router = APIRouter(prefix="/jobs", tags=["jobs"])


@router.post(
    "/lrc",
    status_code=202,
    responses=answers("too_large", "request_invalid", "lyrics_unusable"),
)
async def submit_lrc(request: LrcJobRequest, runtime: Runtime, response: Response) -> JobDocument:
    """Ask for timed lyrics. The same request while its job is open gives that job."""
    if len(request.lyrics_text.encode()) > (limit := runtime.settings.max_lyrics_bytes):
        raise ProblemError("too_large", f"The lyrics are longer than {limit} bytes.")
    await asyncio.to_thread(parse_sheet, request.lyrics_text, language=request.options.language)
    return await submitted(JobKind.LRC, request, runtime, response)


@router.get("")
async def list_jobs(
    runtime: Runtime,
    status: JobStatus | None = None,
    kind: JobKind | None = None,
    content_hash: Annotated[str | None, Query(pattern="^[0-9a-f]{64}$")] = None,
    after: Annotated[str | None, Query(pattern="^[0-9a-f]{32}$", description="`next` of the page before.")] = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 50,
) -> JobPage:
    """List jobs, the newest first."""
    found = await runtime.jobs.list(status=status, kind=kind, content_hash=content_hash, before=after, limit=limit + 1)
    page = found[:limit]
    return JobPage(jobs=[JobDocument.of(job) for job in page], next=page[-1].id if len(found) > limit else None)


@router.get("/{job_id}", responses=responses("job_not_found"))
async def get_job(job_id: JobId, runtime: Runtime) -> JobDocument:
    """Look at one job."""
    return JobDocument.of(await runtime.jobs.get(job_id))


@router.post("/{job_id}/cancel", responses=responses("job_not_found", "job_finished"))
async def cancel_job(job_id: JobId, runtime: Runtime) -> JobDocument:
    """Cancel a job for good. Its work stops within two seconds, and nothing that it brings counts any more."""
    before = await runtime.jobs.get(job_id)
    job = await runtime.jobs.cancel(job_id)
    if before.status is not JobStatus.CANCELLED:
        runtime.metrics.job_ended(job.kind, job.status, None)
    return JobDocument.of(job)
