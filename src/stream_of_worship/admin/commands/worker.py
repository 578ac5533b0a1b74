"""`sow worker`: more hands for an Analysis Service."""

from __future__ import annotations

import typer

from stream_of_worship.admin.configuration import read_settings
from stream_of_worship.admin.shell import Shell

EXAMPLES = """
[bold]Examples[/]

\b
  SOW_ANALYSIS_QUEUE_URL=redis://queue:6379/0 sow worker
      works for the service that has the same queue, database and storage
"""


def worker(context: typer.Context) -> None:
    """Runs a worker without the API, for a service whose database and storage it shares.

    Takes the same environment variables as `sow serve`. With a Redis queue it hears of a job at once; with the queue
    in memory it looks into the database every few seconds.
    """
    shell = Shell.of(context)
    with shell.reporting():
        shell.services.work(read_settings())
