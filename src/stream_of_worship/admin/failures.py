"""From an exception to what the user sees: one line of cause, one of remedy, and an exit code."""

from __future__ import annotations

import errno
from collections.abc import Mapping
from enum import IntEnum
from typing import TypeVar

from lyric_timing.errors import FormatError, LyricsError, LyricTimingError, MetricsError
from song_audio import errors as audio
from sow_analysis import errors as analysis
from stream_of_worship.admin import errors as command


class ExitCode(IntEnum):
    """What a script can tell from `sow`'s exit code."""

    OK = 0
    UNEXPECTED = 1
    INPUT = 2
    ENVIRONMENT = 3
    INTERRUPTED = 130


T = TypeVar("T")

NO_SPACE = {errno.ENOSPC, errno.EDQUOT}

CODES: Mapping[type[Exception], str] = {
    LyricTimingError: "lyric_timing_failed",
    LyricsError: "lyrics_unusable",
    FormatError: "format_unreadable",
    MetricsError: "not_scorable",
    OSError: "system",
    MemoryError: "out_of_memory",
}
"""Stable names for errors that carry none of their own; docs/errors.md explains each."""

EXIT_CODES: Mapping[type[Exception], ExitCode] = {
    analysis.AnalysisError: ExitCode.UNEXPECTED,
    audio.AudioNotFoundError: ExitCode.INPUT,
    audio.AudioUnreadableError: ExitCode.INPUT,
    audio.AudioTooLongError: ExitCode.INPUT,
    audio.AudioSilentError: ExitCode.INPUT,
    analysis.EngineUnavailableError: ExitCode.INPUT,
    analysis.MusicModelsUnavailableError: ExitCode.ENVIRONMENT,
    analysis.MusicModelsFailedError: ExitCode.ENVIRONMENT,
    analysis.MusicModelsAnswerError: ExitCode.ENVIRONMENT,
    analysis.ModelUnavailableError: ExitCode.ENVIRONMENT,
    analysis.StorageError: ExitCode.ENVIRONMENT,
    analysis.StorageMisconfiguredError: ExitCode.ENVIRONMENT,
    analysis.ObjectKeyError: ExitCode.INPUT,
    analysis.ObjectNotFoundError: ExitCode.INPUT,
    audio.FetchError: ExitCode.INPUT,
    audio.UrlRefusedError: ExitCode.INPUT,
    audio.AddressRefusedError: ExitCode.INPUT,
    audio.FetchRejectedError: ExitCode.INPUT,
    audio.FetchTooLargeError: ExitCode.INPUT,
    audio.FetchUnavailableError: ExitCode.ENVIRONMENT,
    audio.FetchTooSlowError: ExitCode.ENVIRONMENT,
    LyricTimingError: ExitCode.INPUT,
    command.CommandError: ExitCode.INPUT,
    command.OutputUnwritableError: ExitCode.ENVIRONMENT,
    command.SoundUnavailableError: ExitCode.ENVIRONMENT,
    command.SettingsError: ExitCode.ENVIRONMENT,
    command.ServiceError: ExitCode.UNEXPECTED,
    command.ServiceUnreachableError: ExitCode.ENVIRONMENT,
    command.ServiceKeyError: ExitCode.ENVIRONMENT,
    command.ServiceBusyError: ExitCode.ENVIRONMENT,
    command.ServiceRefusedError: ExitCode.INPUT,
    command.NotOnServiceError: ExitCode.INPUT,
    command.EditedMeanwhileError: ExitCode.INPUT,
    command.JobFailedError: ExitCode.UNEXPECTED,
    command.JobCancelledError: ExitCode.INPUT,
    command.StillRunningError: ExitCode.ENVIRONMENT,
    OSError: ExitCode.ENVIRONMENT,
    MemoryError: ExitCode.ENVIRONMENT,
}
"""The nearest class in an exception's ancestry decides."""

REMEDIES: Mapping[type[Exception], str] = {
    audio.AudioNotFoundError: "Check the path. Where lyrics are given too, the recording comes first.",
    audio.AudioTooLongError: "Cut the recording into songs and time them one by one.",
    audio.AudioSilentError: "Check that this is the right file, and that it can be heard in a player.",
    analysis.EngineUnavailableError: "Leave --engines out to use every engine that can run here.",
    analysis.MusicModelsUnavailableError: "docs/use-allin1-and-demucs.md tells how it is set up.",
    LyricsError: "Give a text file with the words of the song, one sung line per line.",
    MetricsError: "See `sow eval --help` for what the two folders hold.",
    command.UsageError: "See the command's --help.",
    command.ArgumentsSwappedError: "Put the recording first: sow align AUDIO LYRICS",
    command.OutputExistsError: "Use --force to replace it, or name another place.",
    command.OutputUnwritableError: "Name another place, or make room there.",
    command.AnalysisUnreadableError: "`sow analyze AUDIO -o FILE` writes one.",
    command.SettingsError: "docs/settings.md explains every setting.",
    command.ServiceError: "Look into the service's log; `sow doctor` says how the service is.",
    command.ServiceUnreachableError: "Start it with `sow serve`, or name another with --server URL or SOW_SERVER.",
    command.ServiceKeyError: "Set SOW_ANALYSIS_API_KEY to the key that the service was started with.",
    command.ServiceBusyError: "Try again later; nothing is lost.",
    command.ServiceRefusedError: "",  # its message says what to put right
    command.NotOnServiceError: "`sow jobs` lists the jobs that there are; --server URL asks another service.",
    command.EditedMeanwhileError: "Get the newer version with `sow lyrics get`, or replace it with --force.",
    command.JobFailedError: "`sow status ID` shows what was tried.",
    command.JobCancelledError: "Submit it again if it is still wanted.",
    command.StillRunningError: "`sow status ID --watch` goes on watching.",
    MemoryError: "Close other programs, choose a smaller --model, or cut the recording.",
}
"""For errors whose message does not already say what to do."""


def named(reason: str | None) -> type[Exception] | None:
    """The analysis's own error of that name, which a job on a service ended with just as `sow align` would."""
    return next((kind for kind in EXIT_CODES if issubclass(kind, audio.CodedError) and kind.code == reason), None)


def kind_of(error: BaseException) -> type[BaseException]:
    """What `error` counts as: itself, or the error that a service names in it."""
    return (named(error.reason) if isinstance(error, command.ServiceError) else None) or type(error)


def nearest(table: Mapping[type[Exception], T], kind: type[BaseException]) -> T | None:
    """The entry of the first class in `kind`'s ancestry that `table` holds."""
    for ancestor in kind.__mro__:
        for known, value in table.items():
            if known is ancestor:
                return value
    return None


def exit_code(error: BaseException) -> ExitCode:
    """What `sow` exits with after `error`."""
    return nearest(EXIT_CODES, kind_of(error)) or ExitCode.UNEXPECTED


def code(error: BaseException) -> str:
    """The stable name of `error`, under which docs/errors.md explains it."""
    kind = kind_of(error)
    if issubclass(kind, audio.CodedError | command.CommandError):
        return kind.code
    return nearest(CODES, kind) or "unexpected"


def message(error: BaseException) -> str:
    """What is wrong. One line, but for errors that list what was tried."""
    if isinstance(error, OSError) and error.errno is not None:
        what = "no space left on the disk" if error.errno in NO_SPACE else (error.strerror or "cannot be used")
        return f"{error.filename}: {what}" if error.filename else what
    if isinstance(error, MemoryError):
        return "this machine has not enough free memory for that"
    text = str(error).strip()
    if isinstance(error, command.ServiceError) and error.reason not in (None, code(error)):
        first, *rest = text.split("\n")
        return "\n".join([f"{first} [{error.reason}]", *rest])
    if nearest(EXIT_CODES, type(error)) is None:
        return f"{type(error).__name__}: {text}" if text else type(error).__name__
    return text or type(error).__name__


def remedy(error: BaseException) -> str | None:
    """What the user can do about it."""
    if nearest(EXIT_CODES, type(error)) is None:
        return "This is a fault of the program. Run it again with `sow --debug ...` and report what it prints."
    return nearest(REMEDIES, kind_of(error)) or None
