"""A job's events until it ends, over as many connections as that takes.

Each connection goes on after the last event that arrived (`Last-Event-ID`). When one breaks, the next is tried for as
long as the connection's patience lasts, counted from the break: a job may well be silent for longer, while others are
before it. A stream that ends early is followed by another. The last thing given is always the job's whole row, with
what it brought or why it failed.
"""

from __future__ import annotations

import math
import time
from collections.abc import Generator, Iterator
from contextlib import contextmanager

import httpx2
from pydantic import ValidationError

from stream_of_worship.admin.client.connection import API, Connection
from stream_of_worship.admin.client.documents import Job
from stream_of_worship.admin.errors import ServiceBusyError, ServiceError, ServiceUnreachableError

LONGEST_PAUSE = 5.0
SILENCE = 45.0
"""Seconds without a byte after which the connection counts as broken; the service sends a comment every 15."""


def follow(connection: Connection, job: Job) -> Iterator[Job]:
    """The job as it is now, and after each change, until it is in a final state.

    Raises:
        ServiceUnreachableError: the service went away and did not come back in time.
        ServiceError: it answered, but not with events.
    """
    yield job
    last: str | None = None
    pause, give_up = connection.pause, math.inf
    while not job.is_final:
        try:
            with opened(connection, job.id, last) as events:
                give_up = math.inf
                for event in events:
                    last = event.id or last
                    pause = connection.pause
                    if (news := changed(job, event)) is not None:
                        job = current(connection, job) if news.is_final else news
                        yield job
                    if job.is_final:
                        return
            job = current(connection, job)  # it ended without a final state: a restart, or a proxy's time limit
            yield job
            wait = pause
        except (ServiceUnreachableError, ServiceBusyError) as error:
            now, broke_now = time.monotonic(), give_up == math.inf
            give_up = min(give_up, now + connection.patience)
            wait = max(pause, error.retry_after or 0.0)
            if connection.closed or now + wait > give_up:
                raise
            if broke_now:
                connection.notify("The connection to the service broke; taking it up again.")
        if not job.is_final:
            time.sleep(wait)
        pause = min(pause * 2, LONGEST_PAUSE)


@contextmanager
def opened(connection: Connection, job_id: str, last: str | None) -> Generator[httpx2.EventSource]:
    """The events of one connection.

    Raises:
        ServiceError: it could not be opened, or broke.
    """
    headers = {"Last-Event-ID": last} if last else {}
    response = connection.stream(f"{API}/jobs/{job_id}/events", headers, silence=SILENCE)
    try:
        yield httpx2.EventSource(response)
    except httpx2.SSEError as error:
        raise ServiceError(f"{response.url} answered something else than events") from error
    except httpx2.TransportError as error:
        raise connection.unreachable(error) from error
    finally:
        response.close()


def current(connection: Connection, job: Job) -> Job:
    """The job's row."""
    return Job.model_validate(connection.send("GET", f"{API}/jobs/{job.id}").json())


def changed(job: Job, event: httpx2.ServerSentEvent) -> Job | None:
    """The job after `event`, which holds only what changed; None if it says nothing of a job."""
    try:
        document = event.json()
    except ValueError:
        return None
    if not isinstance(document, dict) or not ({"status", "progress", "stage"} & document.keys()):
        return None
    try:
        return Job.model_validate({**job.model_dump(exclude_unset=True), **document})
    except ValidationError:
        return None
