"""`sow models`: what the engines have learnt, kept on this machine."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn, TransferSpeedColumn
from rich.table import Table

from sow_analysis.models import ModelState, ModelStatus, ModelStore
from stream_of_worship.admin import background
from stream_of_worship.admin.failures import ExitCode
from stream_of_worship.admin.shell import Shell
from stream_of_worship.admin.text import megabytes, printable

EXAMPLES = """
[bold]Examples[/]

\b
  sow models list
  sow models get base        fetches Whisper base, 148 MB
  sow models verify          reads every byte of every model on this machine
  sow models remove medium   makes room
"""

Name = Annotated[
    str,
    typer.Argument(metavar="NAME", help="As `sow models list` has it; `whisper-` may be left out.", show_default=False),
]


def create_app() -> typer.Typer:
    """The group of commands."""
    app = typer.Typer(
        help="Lists, fetches, checks and removes the models that the engines need.",
        no_args_is_help=True,
        epilog=EXAMPLES,
    )
    app.command(name="list")(list_models)
    app.command(name="get")(get)
    app.command(name="verify")(verify)
    app.command(name="remove")(remove)
    return app


def list_models(context: typer.Context) -> None:
    """Lists every model that there is, and which are on this machine."""
    shell = Shell.of(context)
    with shell.reporting():
        store = shell.services.open_store()
        table = Table(box=None, pad_edge=False)
        for heading in ("name", "state", "size", "licence", ""):
            table.add_column(heading, justify="right" if heading == "size" else "left", overflow="fold")
        for status in store.list():
            model = status.model
            table.add_row(model.name, status.state.value, megabytes(model.size), model.licence, model.summary)
        shell.out.print(table)
        shell.out.print(f"They are kept in {printable(str(store.root))}", markup=False, soft_wrap=True)


def get(context: typer.Context, name: Name) -> None:
    """Fetches a model, or what is missing of it, and checks it."""
    shell = Shell.of(context)
    with shell.reporting("Stopped. What has arrived is kept: the same command goes on from there."):
        store = shell.services.open_store()
        known = full_name(store, name)
        folder = fetch(shell, store, known)
        shell.out.print(f"{known} is in {printable(str(folder))}", markup=False, soft_wrap=True)


def verify(
    context: typer.Context,
    name: Annotated[
        str | None,
        typer.Argument(metavar="[NAME]", help="One model. Default: all that are on this machine.", show_default=False),
    ] = None,
) -> None:
    """Reads every byte of a model again and compares it with what was published."""
    shell = Shell.of(context)
    with shell.reporting():
        store = shell.services.open_store()
        names = (
            [full_name(store, name)]
            if name
            else [s.model.name for s in store.list() if s.state is not ModelState.ABSENT]
        )
        if not names:
            shell.tell("There is no model on this machine yet. Get one with: sow models get base")
        sound = True
        for each in names:
            status = background.run(lambda check, each=each: store.verify(each))
            sound = sound and status.state is ModelState.PRESENT
            shell.out.print(verdict(status), markup=False, soft_wrap=True)
        if not sound:
            raise typer.Exit(ExitCode.ENVIRONMENT)


def remove(context: typer.Context, name: Name) -> None:
    """Deletes a model from this machine; it can be fetched again."""
    shell = Shell.of(context)
    with shell.reporting():
        store = shell.services.open_store()
        known = full_name(store, name)
        freed = store.remove(known)
        what = f"removed, {megabytes(freed)} freed" if freed else "was not on this machine"
        shell.out.print(f"{known}: {what}", markup=False, soft_wrap=True)


def full_name(store: ModelStore, name: str) -> str:
    """`base` as `whisper-base`; a name that the store does not know stays, for the store to refuse."""
    known = {status.model.name for status in store.list()}
    return next((full for full in (name, f"whisper-{name}") if full in known), name)


def fetch(shell: Shell, store: ModelStore, name: str) -> Path:
    """Fetches with a progress bar on stderr."""
    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(bar_width=30),
        DownloadColumn(),
        TransferSpeedColumn(),
        TimeRemainingColumn(),
        console=shell.err,
        disable=not shell.err.is_terminal,
    )
    with bar:
        task = bar.add_task(name, total=None)

        def work(check: Callable[[], None]) -> Path:
            def progress(here: int, total: int) -> None:
                check()
                bar.update(task, completed=here, total=total)

            return store.get(name, progress)

        return background.run(work)


def verdict(status: ModelStatus) -> str:
    """What `verify` says of one model."""
    name = status.model.name
    return {
        ModelState.PRESENT: f"{name}: right, to the byte",
        ModelState.ABSENT: f"{name}: not on this machine; get it with: sow models get {name}",
        ModelState.PARTIAL: f"{name}: not whole; go on with: sow models get {name}",
        ModelState.CORRUPT: f"{name}: damaged; get it again with: sow models get {name}",
    }[status.state]
