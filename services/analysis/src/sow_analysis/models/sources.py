"""What a source of model files is, and the gate that every file passes: its digest, then one atomic rename.

Because of that gate a source does not have to be trusted: a mirror, a stranger's package archive or a copy on a stick
can only bring the announced bytes, or nothing.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

Report = Callable[[int], None]
"""Called with the count of bytes that this source has brought so far, of those it was asked for."""


class SourceError(Exception):
    """A source cannot give what it was asked for; the message says why, for the user."""


@dataclass(frozen=True, slots=True)
class ModelFile:
    """One file of a model: its path below the model's folder, its digest in hex, its size in bytes."""

    path: str
    sha256: str
    size: int


class Source(Protocol):
    """A place that files can be fetched from."""

    @property
    def label(self) -> str:
        """Name the place for the user."""
        ...

    def fetch(self, files: Sequence[ModelFile], folder: Path, report: Report) -> None:
        """Put each file into `folder`, through `admit`; those before a failure stay.

        Raises:
            SourceError: the source cannot give them.
            OSError: they cannot be written here; no other source would do better.
        """
        ...


def admit(arrived: Path, file: ModelFile, folder: Path) -> None:
    """Move a file to its place if it is what was announced; else delete it.

    Raises:
        SourceError: its size or digest is another.
    """
    size = arrived.stat().st_size
    digest = sha256_of(arrived) if size == file.size else None
    if digest != file.sha256:
        arrived.unlink()
        what = f"{size} bytes instead of {file.size}" if digest is None else "its SHA-256 is another"
        raise SourceError(f"{file.path} is not the announced file ({what}); it was thrown away")
    target = folder / file.path
    target.parent.mkdir(parents=True, exist_ok=True)
    arrived.replace(target)


def sha256_of(path: Path) -> str:
    """Give a file's digest in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder on this machine that holds a copy of the model's files, such as a mounted share or a stick."""

    path: Path

    @property
    def label(self) -> str:
        return str(self.path)

    def fetch(self, files: Sequence[ModelFile], folder: Path, report: Report) -> None:
        brought = 0
        for file in files:
            source = self.path / file.path
            if not source.is_file():
                raise SourceError(f"{file.path} is not there")
            if not os.access(source, os.R_OK):
                raise SourceError(f"{file.path} may not be read")
            part = folder / f"{file.path}.copy"
            part.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, part)
            admit(part, file, folder)
            brought += file.size
            report(brought)
