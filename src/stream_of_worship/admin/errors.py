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


class AnalysisUnreadableError(CommandError):
    """The file does not hold an analysis, or one of a newer program."""

    code = "analysis_unreadable"


class SoundUnavailableError(CommandError):
    """This machine cannot play the recording aloud."""

    code = "sound_unavailable"


class SettingsError(CommandError):
    """A setting of the Analysis Service has a value that it cannot have."""

    code = "settings_invalid"


class ServiceError(CommandError):
    """The Analysis Service answered as it never should.

    Args:
        message: what is wrong, in the service's own words where it gave any.
        reason: the service's stable name for it.
        retry_after: seconds after which the service wants to be asked again.
    """

    code = "service_failed"

    def __init__(self, message: str, reason: str | None = None, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.reason = reason
        self.retry_after = retry_after


class ServiceUnreachableError(ServiceError):
    """Nobody answers at the service's address, or the connection breaks each time."""

    code = "service_unreachable"


class ServiceKeyError(ServiceError):
    """The service wants a key and got none, or another."""

    code = "service_key"


class ServiceBusyError(ServiceError):
    """The service takes no more work for now, also after some waiting."""

    code = "service_busy"


class ServiceRefusedError(ServiceError):
    """The service finds fault with what it was sent."""

    code = "service_refused"


class NotOnServiceError(ServiceError):
    """The service knows no such job or song."""

    code = "not_on_service"


class EditedMeanwhileError(ServiceError):
    """The lyrics on the service are not the version that was edited."""

    code = "edited_meanwhile"


class JobFailedError(ServiceError):
    """The service could not do the job."""

    code = "job_failed"


class JobCancelledError(ServiceError):
    """Someone cancelled the job that was waited for."""

    code = "job_cancelled"


class StillRunningError(ServiceError):
    """The time to wait is over; the job goes on."""

    code = "still_running"
