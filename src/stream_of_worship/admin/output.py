"""Where the timed lyrics go: never over an existing file unasked, and whole or not at all."""

from __future__ import annotations

import os
import secrets
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from stream_of_worship.admin.errors import OutputExistsError, OutputUnwritableError
from stream_of_worship.admin.failures import NO_SPACE


def write_bytes(path: Path, data: bytes) -> None:
    """Writes through to the disk, so that a full one is noticed here and not after the rename."""
    with path.open("xb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


@dataclass(frozen=True, slots=True)
class Destination:
    """A file, or with `path` None the standard output."""

    path: Path | None
    force: bool = False
    write_bytes: Callable[[Path, bytes], None] = write_bytes

    @property
    def is_special(self) -> bool:
        """A device or pipe, such as /dev/stdout, which takes the text but cannot be replaced."""
        return self.path is not None and self.path.exists() and not self.path.is_file()

    def check(self) -> None:
        """Finds out before the long work whether the result can be written.

        Raises:
            OutputExistsError: the file exists and may not be replaced.
            OutputUnwritableError: its folder does not exist or takes no new file.
        """
        if self.path is None or self.is_special:
            return
        if self.path.exists() and not self.force:
            raise OutputExistsError(f"{self.path} exists already")
        probe = self._part()
        try:
            self.write_bytes(probe, b"")
        except OSError as error:
            raise self._unwritable(error) from error
        finally:
            _discard(probe)

    def write(self, content: str | bytes) -> None:
        """Writes `content`, text in UTF-8: beside the destination first, then under its name.

        Raises:
            OutputExistsError: the file appeared since `check`.
            OutputUnwritableError: the disk is full, or the folder takes no new file any more. Nothing is left behind.
        """
        data = content.encode("utf-8") if isinstance(content, str) else content
        if self.path is None:
            _write_stdout(data)
            return
        try:
            if self.is_special:
                with self.path.open("wb") as device:
                    device.write(data)
                return
            if self.path.exists() and not self.force:
                raise OutputExistsError(f"{self.path} was written by someone else in the meantime")
            part = self._part()
            try:
                self.write_bytes(part, data)
                part.replace(self._target())
            finally:
                _discard(part)
        except OSError as error:
            raise self._unwritable(error) from error

    def _target(self) -> Path:
        """The file itself where `path` is a symbolic link, which then goes on to lead to it."""
        assert self.path is not None
        return self.path.resolve()

    def _part(self) -> Path:
        return self._target().with_name(f".sow-{secrets.token_hex(6)}.part")

    def _unwritable(self, error: OSError) -> OutputUnwritableError:
        assert self.path is not None
        folder = self.path.parent
        if error.errno in NO_SPACE:
            return OutputUnwritableError(f"{self.path} cannot be written: no space left on the disk")
        if not folder.exists():
            return OutputUnwritableError(f"{self.path} cannot be written: there is no folder {folder}")
        if not folder.is_dir():
            return OutputUnwritableError(f"{self.path} cannot be written: {folder} is not a folder")
        return OutputUnwritableError(f"{self.path} cannot be written: {error.strerror or error}")


def _discard(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError:  # such as a parent that is no folder; there is nothing to discard then
        return


def _write_stdout(data: bytes) -> None:
    sys.stdout.flush()
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()
