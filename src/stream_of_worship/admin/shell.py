"""What every command has at hand: the services, the two output streams, and the way errors are told."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field

import typer
from rich.console import Console
from rich.markup import escape

from stream_of_worship.admin import failures
from stream_of_worship.admin.failures import ExitCode
from stream_of_worship.admin.services import Services
from stream_of_worship.admin.text import printable


def stdout() -> Console:
    """Follows `sys.stdout`; nothing is coloured or marked up but what asks for it."""
    return Console(highlight=False)


def stderr() -> Console:
    """Follows `sys.stderr`."""
    return Console(stderr=True, highlight=False)


@dataclass(frozen=True)
class Shell:
    """Passed to each command as `typer.Context.obj`."""

    services: Services
    debug: bool = False
    out: Console = field(default_factory=stdout)
    err: Console = field(default_factory=stderr)

    @staticmethod
    def of(context: typer.Context) -> Shell:
        return context.find_object(Shell) or Shell(Services())

    def tell(self, message: str) -> None:
        """One line on stderr, never wrapped, so that a script can read it too."""
        self.err.print(printable(message), markup=False, soft_wrap=True)

    @contextmanager
    def reporting(self, stopped: str | Callable[[], str] = "Stopped.") -> Generator[None]:
        """Turns whatever goes wrong inside into a message and an exit code; `stopped` is what Ctrl-C is answered with.

        Raises:
            typer.Exit: always in place of the error.
        """
        try:
            yield
        except (typer.Exit, BrokenPipeError):
            raise
        except KeyboardInterrupt:
            self.tell(stopped if isinstance(stopped, str) else stopped())
            raise typer.Exit(ExitCode.INTERRUPTED) from None
        except Exception as error:
            if self.debug:
                traceback.print_exc(file=sys.stderr)
            self.fail(error)
            raise typer.Exit(failures.exit_code(error)) from None

    def fail(self, error: BaseException) -> None:
        """Says what is wrong, and what to do."""
        lines = printable(failures.message(error)).split("\n")
        if remedy := failures.remedy(error):
            lines.append(remedy)
        indent = "\n       "
        self.err.print(f"[bold red]error[/] ({failures.code(error)}): {escape(indent.join(lines))}", soft_wrap=True)
