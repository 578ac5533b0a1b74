"""What all requests for a job have in common, once each has been looked at."""

from __future__ import annotations

from typing import Any

from fastapi import Response

from sow_analysis.api.codes import responses
from sow_analysis.api.context import Runtime
from sow_analysis.api.documents import JobDocument, SongJobRequest
from sow_analysis.fetching import uploaded
from sow_analysis.jobs import JobKind
from sow_analysis.jobs.model import Ticket


def answers(*codes: str) -> dict[int | str, dict[str, Any]]:
    """What the documentation says of such a route: the problems of those codes, and where an accepted job is."""
    return {
        **responses(*codes, "recording_not_found", "queue_full"),
        202: {"headers": {"Location": {"description": "Where the job is.", "schema": {"type": "string"}}}},
    }


async def submitted(kind: JobKind, request: SongJobRequest, runtime: Runtime, response: Response) -> JobDocument:
    """Submit a job, let a worker hear of it, and say where it is.

    Raises:
        RecordingNotFoundError: the request names an upload that is not there.
        QueueFullError: too many jobs are open.
    """
    content_hash = request.content_hash
    if (song := uploaded(request.audio_url)) is not None:
        content_hash = (await runtime.recordings.get(song)).content_hash
    submission = await runtime.jobs.submit(
        kind, request.model_dump(mode="json", exclude={"label"}), content_hash, request.label
    )
    job = submission.job
    runtime.metrics.job_submitted(job.kind, created=submission.created)
    if submission.created:
        await runtime.queue.add([Ticket(job.id, job.kind, job.attempt, job.not_before)])
    response.headers["Location"] = f"/api/v1/jobs/{job.id}"
    return JobDocument.of(job)
