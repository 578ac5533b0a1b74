"""A model hub as a source: one repository at one commit, over plain HTTPS."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from sow_analysis.models.sources import ModelFile, Report, admit


@dataclass(frozen=True, slots=True)
class Hub:
    """A repository on the Hugging Face hub, at a fixed commit.

    The environment variable HF_ENDPOINT names a mirror, as it does for the hub's own tools.
    """

    repository: str
    revision: str

    @property
    def label(self) -> str:
        return f"{_without_password(self._endpoint)}/{self.repository}"

    @property
    def _endpoint(self) -> str:
        return (os.environ.get("HF_ENDPOINT") or "https://huggingface.co").rstrip("/")

    def fetch(self, files: Sequence[ModelFile], folder: Path, report: Report) -> None:
        # Here, because the HTTP client takes a fifth of a second to import, and most runs have their models.
        from sow_analysis.models.download import Downloader

        brought = 0
        with Downloader() as downloader:
            for file in files:
                part = folder / f"{file.path}.part"
                part.parent.mkdir(parents=True, exist_ok=True)
                url = f"{self._endpoint}/{self.repository}/resolve/{self.revision}/{quote(file.path)}"
                downloader.fill(part, url, file.size, lambda count, before=brought: report(before + count))
                admit(part, file, folder)
                brought += file.size
                report(brought)


def _without_password(url: str) -> str:
    """The address for messages; a mirror's may hold a user and a password."""
    scheme, _, rest = url.partition("://")
    host, slash, path = rest.partition("/")
    return f"{scheme}://{host.rpartition('@')[2]}{slash}{path}"
