"""`sow serve`: the Analysis Service on this machine."""

from __future__ import annotations

from typing import Annotated

import typer

from stream_of_worship.admin.configuration import read_settings
from stream_of_worship.admin.errors import SettingsError
from stream_of_worship.admin.shell import Shell

EXAMPLES = """
[bold]Examples[/]

\b
  sow serve
      on http://127.0.0.1:8000, for this machine only
  SOW_ANALYSIS_API_KEY=... sow serve --host 0.0.0.0
      for the whole network, with a key
"""


def serve(
    context: typer.Context,
    host: Annotated[
        str | None,
        typer.Option("--host", metavar="ADDRESS", help="Address to listen on. Default: 127.0.0.1.", show_default=False),
    ] = None,
    port: Annotated[
        int | None,
        typer.Option(
            "--port",
            "-p",
            metavar="NUMBER",
            min=0,
            max=65535,
            help="Port to listen on; 0 takes a free one. Default: 8000.",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Runs the Analysis Service: the API, the queue and the workers, all in one process.

    Nothing has to be set up. Everything that can be is an environment variable; see docs/settings.md. Ctrl-C stops it;
    jobs that are not done go on the next time.
    """
    shell = Shell.of(context)
    with shell.reporting():
        settings = read_settings(host=host, port=port)
        if settings.api_key is None and not settings.listens_on_loopback:
            raise SettingsError(
                f"anyone who reaches {settings.host} could use the service; "
                "set SOW_ANALYSIS_API_KEY, or listen on 127.0.0.1"
            )
        shell.services.serve(settings)
