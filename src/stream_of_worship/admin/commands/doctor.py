"""`sow doctor`: what is there, what is missing, and what that means."""

from __future__ import annotations

import os
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import typer
from rich.markup import escape
from rich.table import Table

from stream_of_worship.admin import background
from stream_of_worship.admin.failures import ExitCode
from stream_of_worship.admin.qwen3 import URL
from stream_of_worship.admin.remote import DEFAULT_SERVER, AsJson, Server, connected, echo
from stream_of_worship.admin.shell import Shell
from stream_of_worship.admin.text import count, printable

if TYPE_CHECKING:
    from stream_of_worship.admin.diagnosis import Finding

EXAMPLES = """
[bold]Examples[/]

\b
  sow doctor
  sow doctor --server http://studio:8000 --json
"""


def doctor(context: typer.Context, as_json: AsJson = False, server: Server = DEFAULT_SERVER) -> None:
    """Examines this machine, its settings and the Analysis Service, and says what each thing means.

    Exits with 3 if something that was set up does not work.
    """
    from stream_of_worship.admin import diagnosis
    from stream_of_worship.admin.diagnosis import State

    shell = Shell.of(context)
    with shell.reporting():

        def work(_: object) -> list[Finding]:
            store = shell.services.open_store()
            found = [*diagnosis.program(), *diagnosis.engines(store), *diagnosis.analysis(store)]
            found += [*diagnosis.qwen3(os.environ.get(URL)), *diagnosis.api_servers(os.environ), *diagnosis.sound()]
            settings, findings = diagnosis.settings(os.environ)
            found += findings
            places: dict[str, Path] = {"models": store.root}
            if settings is not None:
                places |= {"data": settings.data_dir, "caches": settings.cache_dir}
                found.append(diagnosis.music_models(settings.music_models_command))
            found += diagnosis.room(places)
            with connected(shell, server) as service:
                found += diagnosis.service(service, chosen=server != DEFAULT_SERVER)
            return found

        found = background.run(work)
        bad = sum(finding.state is State.BAD for finding in found)
        if as_json:
            echo({"ok": not bad, "findings": [asdict(finding) for finding in found]})
        else:
            shell.out.print(table(found))
            shell.out.print(
                f"[red]{count(bad, 'thing')} to put right[/]" if bad else "[green]All that is set up works[/]"
            )
        if bad:
            raise typer.Exit(ExitCode.ENVIRONMENT)


def table(found: list[Finding]) -> Table:
    """One row for each finding, and what it means below it."""
    from stream_of_worship.admin.diagnosis import State

    colours = {State.OK: "green", State.NOTE: "yellow", State.BAD: "red"}
    result = Table(box=None, pad_edge=False, show_header=False)
    for _ in range(3):
        result.add_column(overflow="fold")
    for finding in found:
        text = finding.detail if not finding.meaning else f"{finding.detail}. {finding.meaning}"
        colour = colours[finding.state]
        result.add_row(f"[{colour}]{finding.state.value}[/]", finding.name, escape(printable(text)))
    return result
