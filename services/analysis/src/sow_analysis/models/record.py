"""Remembers which files of a model were checked, so that a gigabyte is not hashed at every start.

A file whose size and time of change are those of its last check is the file that was checked. The record is a help, not
a proof: `ModelStore.verify` reads every byte again. It lies beside the files as `.record.json`; when it is missing,
damaged or cannot be written, files are simply hashed again.
"""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel, ValidationError

from sow_analysis.models.sources import sha256_of

_NAME = ".record.json"


class _Checked(BaseModel):
    sha256: str
    size: int
    mtime_ns: int


class Record(BaseModel):
    """What is known of the files in one model's folder."""

    files: dict[str, _Checked] = {}
    conversion: str | None = None
    """Version of the conversion that made the files; None if they are as fetched."""
    outputs: dict[str, str] = {}
    """SHA-256 of each file that the conversion made, by path."""

    @classmethod
    def read(cls, folder: Path) -> Record:
        try:
            return cls.model_validate_json((folder / _NAME).read_bytes())
        except (OSError, ValidationError):
            return cls()

    def write(self, folder: Path) -> None:
        if self == Record.read(folder):
            return
        new = folder / f"{_NAME}.new"
        try:
            new.write_text(self.model_dump_json(indent=1), "utf-8")
            new.replace(folder / _NAME)
        except OSError:  # a store that is shared read-only
            return

    def digest(self, folder: Path, path: str, *, afresh: bool = False) -> str:
        """Give the SHA-256 of a file in `folder`: from the last check if the file has not changed since."""
        target = folder / path
        status = target.stat()
        known = self.files.get(path)
        if known and not afresh and (known.size, known.mtime_ns) == (status.st_size, status.st_mtime_ns):
            return known.sha256
        digest = sha256_of(target)
        self.files[path] = _Checked(sha256=digest, size=status.st_size, mtime_ns=status.st_mtime_ns)
        return digest
