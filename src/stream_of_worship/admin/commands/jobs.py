"""`sow jobs`: what the Analysis Service has to do and has done."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape
from rich.table import Table

from song_audio.errors import AudioNotFoundError
from stream_of_worship.admin import background, job_report
from stream_of_worship.admin.remote import DEFAULT_SERVER, AsJson, Server, connected, echo, local_hash
from stream_of_worship.admin.shell import Shell
from stream_of_worship.admin.text import printable

if TYPE_CHECKING:
    from stream_of_worship.admin.client import Job

EXAMPLES = """
[bold]Examples[/]

\b
  sow jobs
  sow jobs --status failed
  sow jobs --limit 200 --json > jobs.json
"""


class Status(StrEnum):
    """Where a job can stand."""

    QUEUED = "queued"
    WAITING = "waiting"
    PROCESSING = "processing"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"


class Kind(StrEnum):
    """What a job can be for."""

    LYRICS = "lyrics"
    ANALYSIS = "analysis"


def jobs(
    context: typer.Context,
    status: Annotated[
        Status | None,
        typer.Option("--status", "-s", help="Only those that stand there. Default: all.", show_default=False),
    ] = None,
    kind: Annotated[
        Kind | None, typer.Option("--kind", "-k", help="Only those for that. Default: all.", show_default=False)
    ] = None,
    song: Annotated[
        str | None,
        typer.Option(
            "--song", metavar="SONG", help="Only those of this recording: its file or content hash.", show_default=False
        ),
    ] = None,
    limit: Annotated[int, typer.Option("--limit", "-n", metavar="NUMBER", min=1, help="At most so many.")] = 20,
    as_json: AsJson = False,
    server: Server = DEFAULT_SERVER,
) -> None:
    """Lists the jobs of the Analysis Service, newest first."""
    shell = Shell.of(context)
    with shell.reporting(), connected(shell, server) as service:
        content_hash = local_hash(song) if song else None
        if song and content_hash is None:
            raise AudioNotFoundError(f"{song} does not exist and is no content hash.")
        of_kind = next((name for name, work in job_report.WORKS.items() if work == kind), None)
        found = background.run(
            lambda _: service.jobs(limit=limit, status=status, kind=of_kind, content_hash=content_hash)
        )
        if as_json:
            echo([job.plain() for job in found])
            return
        if not found:
            shell.tell("There is no such job." if status or kind or song else "There is no job yet.")
            return
        shell.out.print(table(found))


def table(found: list[Job]) -> Table:
    """One row for each job."""
    result = Table(box=None, pad_edge=False)
    for heading in ("job", "for", "status", "", "song", "submitted"):
        result.add_column(heading, no_wrap=heading in ("job", "for", "status", "submitted"), overflow="fold")
    for job in found:
        result.add_row(
            escape(printable(job.id)),
            escape(printable(job_report.WORKS.get(job.kind, job.kind))),
            job_report.status(job),
            escape(printable(job_report.doing_now(job) or (job.error.message if job.error else ""))),
            escape(printable(job.song)),
            job_report.when(job.created_at) if job.created_at else "",
        )
    return result
