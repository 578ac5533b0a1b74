"""What the pipeline asks before it separates or listens: whether it has done so before."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Protocol

from lyric_timing.heard import Heard
from sow_analysis import engines, separation
from sow_analysis.caches.keys import TranscriptionKey, VoiceKey
from sow_analysis.engines.protocols import Samples


class Memory(Protocol):
    """Remembers what was heard, or forgets it: neither is an error. `SongMemory` is one."""

    def recall(self, key: TranscriptionKey) -> Heard | None:
        """Give what was heard under an equal key."""
        ...

    def keep(self, key: TranscriptionKey, heard: Heard) -> None:
        """Remember what was heard."""
        ...

    def recall_voice(self, key: VoiceKey) -> Samples | None:
        """Give the voice that was separated under an equal key: float32, shape (n,), 16 kHz."""
        ...

    def keep_voice(self, key: VoiceKey, voice: Samples) -> Samples:
        """Remember a separated voice; give it back as it will be recalled, so that both times come to the same."""
        ...


@cache
def ear_version() -> str:
    """A digest of the engines' source and of what they listen with.

    So a changed ear never finds what an older one heard, and nobody has to remember to count a number up.
    """
    folder = Path(engines.__file__ or "").parent
    sources = [*folder.glob("whisper*.py"), *folder.glob("*transcript*.py")]
    return _digest(f"{version('faster-whisper')} {version('ctranslate2')}", sources)


@cache
def separator_version() -> str:
    """The same of the separation."""
    return _digest(version("onnxruntime"), Path(separation.__file__ or "").parent.glob("*.py"))


def _digest(libraries: str, sources: Iterable[Path]) -> str:
    digest = hashlib.sha256(libraries.encode())
    for path in sorted(sources):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]
