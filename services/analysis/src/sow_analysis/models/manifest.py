"""What is known of a model before any of it is fetched."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sow_analysis.models.sources import ModelFile, Source

Converter = Callable[[Path, Path], None]
"""Reads the fetched files from its first folder and writes the model's files into its second."""


@dataclass(frozen=True, slots=True)
class Conversion:
    """How to turn what was fetched into what is loaded."""

    convert: str
    """The `Converter`, as "package.module:function"; imported only when it is needed."""
    outputs: tuple[str, ...]
    """Paths of the files that it writes. Their digests are noted when they are made, and checked from then on."""
    version: str
    """Raise it when the converter writes something else than before: a model of another version is made anew."""


@dataclass(frozen=True, slots=True)
class Model:
    """A model by name. Its folder holds `files`, or the outputs of its conversion."""

    name: str
    kind: str
    """What loads it, for example "whisper"."""
    licence: str
    """SPDX identifier of the weights' licence."""
    summary: str
    files: tuple[ModelFile, ...]
    """What the sources bring. There is no entry without a digest: nothing is taken on trust."""
    sources: tuple[Source, ...]
    """Tried in this order."""
    conversion: Conversion | None = None

    @property
    def size(self) -> int:
        """Bytes to fetch."""
        return sum(file.size for file in self.files)
