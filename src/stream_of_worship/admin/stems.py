"""Stems as commands write them: files in a folder, never over others unasked, and all of them or none."""

from __future__ import annotations

import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from stream_of_worship.admin.errors import OutputExistsError, OutputUnwritableError
from stream_of_worship.admin.failures import NO_SPACE


@dataclass(frozen=True, slots=True)
class StemFolder:
    """Where stems go, each as NAME.flac. The folder is made if it is not there."""

    path: Path
    force: bool = False

    def check(self, names: tuple[str, ...] = ()) -> None:
        """Finds out before the long work whether stems of these names can be written.

        Raises:
            OutputExistsError: one is there, and may not be replaced.
            OutputUnwritableError: the folder cannot be made, or takes no file.
        """
        for name in names:
            if (file := self._file(name)).exists() and not self.force:
                raise OutputExistsError(f"{file} exists already")
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=self.path):
                pass
        except OSError as error:
            raise self._unwritable(error) from error

    @contextmanager
    def filling(self) -> Generator[Path]:
        """A folder for files on their way; at the end of the block they go where they belong.

        Raises:
            OutputExistsError: a file appeared since `check`.
            OutputUnwritableError: the disk is full. None of the files is left behind.
        """
        try:
            with tempfile.TemporaryDirectory(prefix=".sow-stems-", dir=self.path, ignore_cleanup_errors=True) as name:
                yield Path(name)
                files = sorted(Path(name).iterdir())
                self.check(tuple(file.stem for file in files))
                for file in files:
                    file.replace(self.path / file.name)
        except OSError as error:
            raise self._unwritable(error) from error

    def _file(self, name: str) -> Path:
        return self.path / f"{name}.flac"

    def _unwritable(self, error: OSError) -> OutputUnwritableError:
        if isinstance(error, FileExistsError | NotADirectoryError):
            return OutputUnwritableError(
                f"stems cannot be written into {self.path}: it is not a folder, or lies in none"
            )
        reason = "no space left on the disk" if error.errno in NO_SPACE else error.strerror or str(error)
        return OutputUnwritableError(f"stems cannot be written into {self.path}: {reason}")
