"""What the pipeline asks before it listens: whether it has heard the same before."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Protocol

from lyric_timing.heard import Heard
from sow_analysis import engines
from sow_analysis.caches.keys import TranscriptionKey


class Memory(Protocol):
    """Remembers what was heard, or forgets it: neither is an error. `TranscriptionCache` is one."""

    def recall(self, key: TranscriptionKey) -> Heard | None:
        """Give what was heard under an equal key."""
        ...

    def keep(self, key: TranscriptionKey, heard: Heard) -> None:
        """Remember what was heard."""
        ...


@cache
def ear_version() -> str:
    """A digest of the engines' source and of what they listen with.

    So a changed ear never finds what an older one heard, and nobody has to remember to count a number up.
    """
    digest = hashlib.sha256(f"{version('faster-whisper')} {version('ctranslate2')}".encode())
    folder = Path(engines.__file__ or "").parent
    for path in sorted([*folder.glob("whisper*.py"), *folder.glob("*transcript*.py")]):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]
