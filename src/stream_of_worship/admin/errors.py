"""Errors of the command itself. `code` is stable, the message is meant for the user."""

from __future__ import annotations

from typing import ClassVar


class CommandError(Exception):
    """Base class. Subclasses name one cause each."""

    code: ClassVar[str] = "command_failed"


class UsageError(CommandError):
    """The arguments contradict each other, or one has no meaning."""

    code = "usage"


class ArgumentsSwappedError(CommandError):
    """The lyrics came where the recording belongs."""

    code = "arguments_swapped"


class OutputExistsError(CommandError):
    """The file to write is there already."""

    code = "output_exists"


class OutputUnwritableError(CommandError):
    """The output cannot be written: no such folder, no permission, no space."""

    code = "output_unwritable"


class SoundUnavailableError(CommandError):
    """This machine cannot play the recording aloud."""

    code = "sound_unavailable"
