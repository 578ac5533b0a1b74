import errno
from collections.abc import Iterator

import pytest

from lyric_timing.errors import FormatError, LyricsError
from song_audio.errors import AudioUnreadableError, CodedError
from sow_analysis.errors import AnalysisError, EngineUnavailableError, ModelUnavailableError
from stream_of_worship.admin import failures
from stream_of_worship.admin.errors import OutputExistsError, OutputUnwritableError


def descendants(kind: type[Exception]) -> Iterator[type[Exception]]:
    for child in kind.__subclasses__():
        yield child
        yield from descendants(child)


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (AudioUnreadableError("x"), 2),
        (EngineUnavailableError("x"), 2),
        (LyricsError("x"), 2),
        (FormatError("x"), 2),
        (OutputExistsError("x"), 2),
        (ModelUnavailableError("x"), 3),
        (OutputUnwritableError("x"), 3),
        (PermissionError(errno.EACCES, "Permission denied", "x"), 3),
        (MemoryError(), 3),
        (ValueError("x"), 1),
        (AnalysisError("x"), 1),
    ],
)
def test_the_exit_code_tells_whose_fault_it_is(error: Exception, code: int):
    assert failures.exit_code(error) == code


MODULES = (CodedError.__module__, AnalysisError.__module__)


@pytest.mark.parametrize(
    "kind",
    [kind for kind in descendants(CodedError) if kind.__module__ in MODULES and kind is not AnalysisError],
)
def test_every_error_of_the_analysis_has_an_exit_code_of_its_own(kind: type[Exception]):
    assert failures.exit_code(kind("x")) in (2, 3), "add it to failures.EXIT_CODES"


def test_what_was_tried_keeps_its_lines():
    assert failures.message(ModelUnavailableError("Tried:\n  a hub\n")) == "Tried:\n  a hub"


def test_the_systems_errors_name_the_file():
    assert (
        failures.message(PermissionError(errno.EACCES, "Permission denied", "song.mp3"))
        == "song.mp3: Permission denied"
    )
    assert failures.message(OSError(errno.ENOSPC, "No space left on device")) == "no space left on the disk"


def test_a_fault_of_the_program_is_named_as_one():
    assert failures.message(KeyError("x")) == "KeyError: 'x'"
    assert "fault of the program" in str(failures.remedy(KeyError("x")))
