"""Runs the program of music models once: one task, answers line by line, an end in any case.

It is a process, so that torch's memory goes back to the machine with it, and so that a fault of it is one failed task.
The caller is asked again and again, answers or none, whether the work is still wanted: a network may be silent for
minutes. The program leads a process group of its own, which is killed as one. Should this process itself be killed, the
program sees its standard input close, and ends too.
"""

from __future__ import annotations

import os
import re
import selectors
import signal
import subprocess
import time
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from sow_analysis.errors import (
    AnalysisError,
    MusicModelsAnswerError,
    MusicModelsFailedError,
    MusicModelsUnavailableError,
)

Tell = Callable[[str, float], None]
"""Called with the stage and the share of it that is done, 0 to 1; what it raises ends the work."""

START = "start"
"""The stage that is told until the program says another."""
_ASK_SECONDS = 0.25
_LONGEST_LINE = 16_000_000  # bytes; an hour of beats is a hundredth of it
_TAIL = 4_000  # bytes of what the program says on its standard error
_LONGEST_REASON = 300
_UNAVAILABLE = {"model_unavailable", "model_unusable", "device_unavailable", "music_models_failed"}
_SECRET = re.compile(r"(?i)(token|key|secret|password|credential)")
_OURS = "SOW_"


class _Error(BaseModel):
    model_config = ConfigDict(strict=True, extra="ignore")

    code: str
    message: str


class _Line(BaseModel):
    """One of the three."""

    model_config = ConfigDict(strict=True, extra="forbid")

    progress: tuple[Annotated[str, Field(max_length=100)], Annotated[float, Field(ge=0, le=1)]] | None = None
    result: dict[str, object] | None = None
    error: _Error | None = None

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.progress, self.result, self.error).count(None) != 2:
            raise ValueError("it must be one of progress, result and error")
        return self


def run(command: Sequence[str], limit_seconds: float, tell: Tell) -> dict[str, object]:
    """Run the program.

    Args:
        command: with its arguments.
        limit_seconds: time that it may take.
        tell: told how far it is, and at least four times a second.

    Returns:
        Its result, not checked.

    Raises:
        MusicModelsUnavailableError: it cannot be started, or says that it lacks something.
        MusicModelsFailedError: it says that it failed, dies, or takes too long.
        MusicModelsAnswerError: what it says is not in its language.
    """
    until = time.monotonic() + limit_seconds
    stage, share = START, 0.0
    with _started(command) as process, _Ears(process) as ears:
        while True:
            tell(stage, share)
            if time.monotonic() > until:
                raise MusicModelsFailedError(
                    f"The music models took longer than {limit_seconds:g} s and were stopped. Give them a GPU."
                )
            status = process.poll()  # before listening: whatever was said by a dead one is heard then
            for line in ears.lines(min(_ASK_SECONDS, max(0.0, until - time.monotonic()))):
                answer = _parsed(line)
                if answer.error is not None:
                    raise _told(answer.error)
                if answer.result is not None:
                    return answer.result
                if answer.progress is not None:
                    stage, share = answer.progress
            if ears.closed:
                status = process.poll()
            if ears.quiet and status is not None:
                raise _dead(status, ears.tail)


class _Ears:
    """Listens to both outputs of a process at once, so that neither fills up and holds it."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        assert process.stdout is not None
        assert process.stderr is not None
        self._said, self._muttered = process.stdout, process.stderr
        self._pending, self._tail = bytearray(), bytearray()
        self._selector = selectors.DefaultSelector()
        self._quiet = False

    def __enter__(self) -> _Ears:
        for stream in (self._said, self._muttered):
            os.set_blocking(stream.fileno(), False)
            self._selector.register(stream, selectors.EVENT_READ)
        return self

    def __exit__(self, *_: object) -> None:
        self._selector.close()

    @property
    def closed(self) -> bool:
        """Whether nothing more can come."""
        return not self._selector.get_map()

    @property
    def quiet(self) -> bool:
        """Whether nothing came of late. What the program has started may outlive it and hold its outputs open."""
        return self._quiet or self.closed

    @property
    def tail(self) -> str:
        """The end of what it said on its standard error."""
        return self._tail.decode("utf-8", "replace")

    def lines(self, seconds: float) -> Generator[bytes]:
        """Yield the lines that come within that time; the last, if it has no end, when the stream ends."""
        ready = self._selector.select(seconds)
        self._quiet = not ready
        for key, _ in ready:
            chunk = os.read(key.fd, 65_536)
            if not chunk:
                self._selector.unregister(key.fileobj)
            if key.fileobj is self._muttered:
                self._tail = (self._tail + chunk)[-_TAIL:]
                continue
            self._pending += chunk
            *whole, rest = bytes(self._pending).split(b"\n")
            if len(rest) > _LONGEST_LINE:
                raise MusicModelsAnswerError("The answer of the music models is too long to be one.")
            self._pending = bytearray(rest)
            yield from whole if chunk else [*whole, rest] if rest else whole


@contextmanager
def _started(command: Sequence[str]) -> Generator[subprocess.Popen[bytes]]:
    """Start the program, and leave nothing of it behind."""
    try:
        process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={name: value for name, value in os.environ.items() if not name.startswith(_OURS)},
            process_group=0,
        )
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise MusicModelsUnavailableError(
            f"The program of the music models, {command[0]}, cannot be started: {reason}."
        ) from error
    with process:
        try:
            yield process
        finally:
            _kill(process)


def _kill(process: subprocess.Popen[bytes]) -> None:
    """End the whole group: the program, if it lives, and what it left behind."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)


def _parsed(line: bytes) -> _Line:
    try:
        return _Line.model_validate_json(line)
    except ValidationError:
        shown = line[:80].decode("utf-8", "replace")
        raise MusicModelsAnswerError(f"The music models said what is no answer: {_without_secrets(shown)!r}.") from None


def _told(error: _Error) -> AnalysisError:
    message = f"The music models say: {error.message[:_LONGEST_REASON]}"
    return MusicModelsUnavailableError(message) if error.code in _UNAVAILABLE else MusicModelsFailedError(message)


def _dead(status: int, tail: str) -> MusicModelsFailedError:
    how = f"were ended by {_signal(-status)}" if status < 0 else f"ended with status {status} and without an answer"
    lines = [line.strip() for line in tail.splitlines() if line.strip()]
    last = f" Their last words: {_without_secrets(lines[-1])[-_LONGEST_REASON:]}" if lines else ""
    return MusicModelsFailedError(f"The music models {how}.{last}")


def _signal(number: int) -> str:
    name = signal.Signals(number).name
    return f"{name}, for want of memory most likely" if number == signal.SIGKILL else name


def _without_secrets(text: str, environment: Mapping[str, str] = os.environ) -> str:
    """Take out the values of variables that are called secret, and what stands before the @ of an address."""
    for name, value in environment.items():
        if len(value) >= 6 and _SECRET.search(name):
            text = text.replace(value, "***")
    return re.sub(r"(?<=://)[^/@\s]+@", "***@", text)
