"""The `sow` command: puts the commands together."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from stream_of_worship import __version__
from stream_of_worship.admin import background
from stream_of_worship.admin.commands import (
    align,
    analyze,
    batch,
    cancel,
    doctor,
    jobs,
    lyrics,
    models,
    serve,
    show,
    status,
    submit,
    view,
    worker,
)
from stream_of_worship.admin.commands import eval as eval_command
from stream_of_worship.admin.failures import ExitCode
from stream_of_worship.admin.services import Services
from stream_of_worship.admin.shell import Shell

EXAMPLES = """
[bold]Begin here[/]

\b
  sow align song.mp3 lyrics.txt    writes song.lrc
  sow view song.lrc                shows it moving, with the sound
  sow analyze song.mp3             tells its tempo, key and loudness
  sow serve                        runs the service, for `sow submit`
"""
SERVICE = "Commands for the Analysis Service"


def create_app(services: Services) -> typer.Typer:
    """The command with everything it needs; tests pass services of their own."""
    app = typer.Typer(name="sow", rich_markup_mode="rich", no_args_is_help=True, pretty_exceptions_enable=False)

    @app.callback(epilog=EXAMPLES)
    def sow(  # pyright: ignore[reportUnusedFunction]
        context: typer.Context,
        version: Annotated[
            bool,
            typer.Option("--version", callback=print_version, is_eager=True, help="Print the version and exit."),
        ] = False,
        debug: Annotated[
            bool, typer.Option("--debug", envvar="SOW_DEBUG", help="Print the traceback of an error.")
        ] = False,
    ) -> None:
        """Stream of Worship gives a song its time: a recording and its lyrics in, timed lyrics out."""
        context.obj = Shell(services, debug)

    app.command(epilog=align.EXAMPLES)(align.align)
    app.command(epilog=view.EXAMPLES)(view.view)
    app.command(epilog=analyze.EXAMPLES)(analyze.analyze)
    app.command(epilog=show.EXAMPLES)(show.show)
    app.command(epilog=serve.EXAMPLES, rich_help_panel=SERVICE)(serve.serve)
    app.command(epilog=worker.EXAMPLES, rich_help_panel=SERVICE)(worker.worker)
    app.command(epilog=submit.EXAMPLES, rich_help_panel=SERVICE)(submit.submit)
    app.command(epilog=batch.EXAMPLES, rich_help_panel=SERVICE)(batch.batch)
    app.command(epilog=jobs.EXAMPLES, rich_help_panel=SERVICE)(jobs.jobs)
    app.command(epilog=status.EXAMPLES, rich_help_panel=SERVICE)(status.status)
    app.command(epilog=cancel.EXAMPLES, rich_help_panel=SERVICE)(cancel.cancel)
    app.add_typer(lyrics.create_app(), name="lyrics", rich_help_panel=SERVICE)
    app.command(epilog=doctor.EXAMPLES)(doctor.doctor)
    app.add_typer(models.create_app(), name="models")
    app.command(name="eval", epilog=eval_command.EXAMPLES)(eval_command.evaluate)
    return app


def print_version(wanted: bool) -> None:
    """Comes before everything else, a missing command included."""
    if wanted:
        typer.echo(f"sow {__version__}")
        raise typer.Exit


def main(arguments: Sequence[str] | None = None, services: Services | None = None) -> NoReturn:
    """Runs `sow` and ends the process with its exit code.

    Args:
        arguments: what follows `sow` on the command line; None takes the process's own.
        services: what to work with; None takes the real ones.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a song's title must not break a terminal of another alphabet
    services = services or Services()
    code: int | str | None = ExitCode.OK
    try:
        with Shell(services).reporting():
            create_app(services)(args=arguments, prog_name="sow")
    except SystemExit as leaving:
        code = leaving.code
    except typer.Exit as leaving:
        code = leaving.exit_code
    except BrokenPipeError:
        code = ExitCode.OK
    code = code if isinstance(code, int) else ExitCode.OK if code is None else ExitCode.UNEXPECTED
    background.leave(flush(services, failed=code != ExitCode.OK) or code)


def flush(services: Services, *, failed: bool) -> ExitCode:
    """Writes out what was printed, while a full disk can still be told of; once, if that is why the command failed."""
    try:
        sys.stdout.flush()
    except OSError as error:
        with Path(os.devnull).open("wb") as nowhere:  # Python flushes once more, and complains, when it ends
            os.dup2(nowhere.fileno(), sys.stdout.fileno())
        if failed or isinstance(error, BrokenPipeError):
            return ExitCode.OK
        Shell(services).fail(error)
        return ExitCode.ENVIRONMENT
    return ExitCode.OK
