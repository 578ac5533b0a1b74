"""`sow cancel`: ends a job for good."""

from __future__ import annotations

import typer
from rich.markup import escape

from stream_of_worship.admin import background, job_report
from stream_of_worship.admin.commands.status import Id
from stream_of_worship.admin.remote import DEFAULT_SERVER, AsJson, Server, connected, echo
from stream_of_worship.admin.shell import Shell
from stream_of_worship.admin.text import printable

EXAMPLES = """
[bold]Examples[/]

\b
  sow cancel ID
"""


def cancel(context: typer.Context, job_id: Id, as_json: AsJson = False, server: Server = DEFAULT_SERVER) -> None:
    """Cancels a job for good, also while it is being worked on. One that has ended stays as it is."""
    shell = Shell.of(context)
    with shell.reporting(), connected(shell, server) as service:
        job = background.run(lambda _: service.cancel(job_id))
        if as_json:
            echo(job.plain())
            return
        shell.out.print(f"Job [bold]{escape(printable(job.id))}[/] is {job_report.status(job)}", soft_wrap=True)
