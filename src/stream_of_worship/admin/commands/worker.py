"""`sow worker`: more hands for an Analysis Service."""

from __future__ import annotations

import typer

from stream_of_worship.admin.configuration import read_settings
from stream_of_worship.admin.errors import UsageError
from stream_of_worship.admin.shell import Shell

EXAMPLES = """
[bold]Examples[/]

\b
  SOW_ANALYSIS_QUEUE_URL=redis://queue:6379/0 sow worker
      works for every service that has the same queue, database and storage
"""


def worker(context: typer.Context) -> None:
    """Runs a worker without the API, for a service whose queue, database and storage it shares.

    Takes the same environment variables as `sow serve`. The queue must be one that several processes can share: Redis.
    """
    shell = Shell.of(context)
    with shell.reporting():
        settings = read_settings()
        if settings.queue_url.startswith("memory:"):
            raise UsageError(
                "the queue is in the memory of one process, which `sow serve` works off itself; "
                "a worker needs SOW_ANALYSIS_QUEUE_URL=redis://..."
            )
        shell.tell("Working; Ctrl-C stops it.")
        shell.services.work(settings)
