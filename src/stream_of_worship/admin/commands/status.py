"""`sow status`: how one job stands."""

from __future__ import annotations

from typing import Annotated

import typer

from stream_of_worship.admin import background, job_report
from stream_of_worship.admin.failures import ExitCode
from stream_of_worship.admin.remote import DEFAULT_SERVER, AsJson, Server, connected, echo, suggestion, watch
from stream_of_worship.admin.shell import Shell

EXAMPLES = """
[bold]Examples[/]

\b
  sow status ID
  sow status ID --watch
"""

Id = Annotated[str, typer.Argument(metavar="ID", help="The job, as `sow jobs` has it.", show_default=False)]


def status(
    context: typer.Context,
    job_id: Id,
    watching: Annotated[
        bool, typer.Option("--watch", "-w", help="Show its progress until it has ended; exits with 1 if it failed.")
    ] = False,
    timeout: Annotated[
        float | None,
        typer.Option(
            "--timeout",
            metavar="SECONDS",
            min=0.0,
            help="Stop watching after so long; the job goes on. Default: never.",
            show_default=False,
        ),
    ] = None,
    as_json: AsJson = False,
    server: Server = DEFAULT_SERVER,
) -> None:
    """Shows how a job stands: what it is doing, which engines were tried, and what it found wrong."""
    shell = Shell.of(context)
    again = suggestion("status", job_id, "--watch", server=server)
    with shell.reporting(f"Stopped watching. The job goes on; see it with: {again}"):
        with connected(shell, server) as service:
            job = background.run(lambda _: service.job(job_id))
            if watching:
                job = watch(shell, service, job, timeout)
        if as_json:
            echo(job.plain())
        else:
            for line in job_report.card(job):
                shell.out.print(line, soft_wrap=True)
        if watching and job.status != "completed":
            raise typer.Exit(ExitCode.UNEXPECTED)
