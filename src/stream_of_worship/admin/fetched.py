"""Which version of its song's lyrics a file was fetched as, so that no edit replaces a version that nobody has seen."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

MOST = 1000
"""Files that are remembered; the oldest are forgotten first."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """Kept in a small file of this user's. Losing it does no harm: the user is asked for the version then."""

    folder: Path

    def etag(self, server: str, content_hash: str, file: Path) -> str | None:
        """The version that was written to `file`, if it is known."""
        return self._read().get(_key(server, content_hash, file))

    def remember(self, server: str, content_hash: str, file: Path, etag: str | None) -> None:
        """`file` is that version now. A folder that cannot be written to is no reason to fail."""
        known = self._read()
        key = _key(server, content_hash, file)
        known.pop(key, None)
        if etag is not None:
            known[key] = etag
        part = self.folder / "fetched.part"
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            part.write_text(json.dumps(dict(list(known.items())[-MOST:])), encoding="utf-8")
            part.replace(self.folder / "fetched.json")
        except OSError:
            return

    def _read(self) -> dict[str, str]:
        try:
            known: Any = json.loads((self.folder / "fetched.json").read_text(encoding="utf-8"))
            return {str(key): str(etag) for key, etag in known.items()}
        except (OSError, ValueError, AttributeError):
            return {}


def _key(server: str, content_hash: str, file: Path) -> str:
    return f"{server} {content_hash} {file.resolve()}"
