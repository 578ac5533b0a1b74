"""The caches by what is in them. Values are JSON of our own types, or sound; what no longer fits is a miss."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Generic, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray
from pydantic import TypeAdapter, ValidationError

from lyric_timing.heard import Heard
from sow_analysis.caches.disk import CacheCounts, DiskCache
from sow_analysis.caches.keys import ResultKey, TranscriptionKey, VoiceKey
from sow_analysis.lrc import LrcResult

Samples = NDArray[np.float32]
_FULL_SCALE = 32_767


class CacheSettings(Protocol):
    """The settings that say where caches lie and how large they may grow."""

    @property
    def cache_dir(self) -> Path: ...

    @property
    def cache_max_bytes(self) -> int:
        """Bytes for all caches together."""
        ...


class _Key(Protocol):
    @property
    def digest(self) -> str: ...


K = TypeVar("K", bound=_Key)
V = TypeVar("V", Heard, LrcResult)


class _JsonCache(Generic[K, V]):
    """Values of one frozen dataclass by keys of another. No method raises; all may block as long as a disk may."""

    def __init__(self, disk: DiskCache, kind: type[V]) -> None:
        self._disk = disk
        self._adapter: TypeAdapter[V] = TypeAdapter(kind)

    @property
    def counts(self) -> CacheCounts:
        """What happened so far in all caches of the same folder."""
        return self._disk.counts

    def get(self, key: K) -> V | None:
        """Give the value that was put under an equal key, if it is still there and sound."""
        data = self._disk.get(key.digest)
        if data is None:
            return None
        try:
            return self._adapter.validate_python(json.loads(data))
        except (ValueError, ValidationError, RecursionError):  # written by a version that had other fields
            self._disk.discard(key.digest)
            return None

    def put(self, key: K, value: V) -> bool:
        """Keep a value; say whether it was kept."""
        return self._disk.put(key.digest, json.dumps(asdict(value), separators=(",", ":")).encode("ascii"))


class TranscriptionCache(_JsonCache[TranscriptionKey, Heard]):
    """What was heard, by sound, model and settings."""

    def __init__(self, disk: DiskCache) -> None:
        super().__init__(disk, Heard)


def _voice_of(data: bytes) -> Samples:
    return np.frombuffer(data, "<i2").astype(np.float32) / np.float32(_FULL_SCALE)


class SongMemory:
    """What an engine process remembers of songs: the `Memory` that the pipeline asks.

    Voices are kept as samples of 16 bits, about 2 MB for each minute.
    """

    def __init__(self, disk: DiskCache) -> None:
        self._disk = disk
        self._heard = TranscriptionCache(disk)
        self.recalled: bool | None = None
        """Whether anything that is heard was remembered; None until it is asked for."""

    def recall(self, key: TranscriptionKey) -> Heard | None:
        """Give what was heard under an equal key."""
        heard = self._heard.get(key)
        self.recalled = bool(self.recalled) or heard is not None
        return heard

    def keep(self, key: TranscriptionKey, heard: Heard) -> None:
        """Remember what was heard."""
        self._heard.put(key, heard)

    def recall_voice(self, key: VoiceKey) -> Samples | None:
        """Give the voice that was separated under an equal key."""
        data = self._disk.get(key.digest)
        return None if data is None else _voice_of(data)

    def keep_voice(self, key: VoiceKey, voice: Samples) -> Samples:
        """Remember a separated voice; give it back as it will be recalled."""
        data = np.rint(np.clip(voice, -1, 1) * _FULL_SCALE).astype("<i2").tobytes()
        self._disk.put(key.digest, data)
        return _voice_of(data)


class ResultCache(_JsonCache[ResultKey, LrcResult]):
    """Timed lyrics, by sound, words, options and version."""

    def __init__(self, disk: DiskCache) -> None:
        super().__init__(disk, LrcResult)


@dataclass(frozen=True, slots=True)
class Caches:
    """All caches; they share one folder and one bound."""

    transcriptions: TranscriptionCache
    results: ResultCache


def open_caches(settings: CacheSettings) -> Caches:
    """Open the caches in the settings' folder. Nothing is read or written yet."""
    disk = DiskCache(settings.cache_dir, settings.cache_max_bytes)
    return Caches(TranscriptionCache(disk), ResultCache(disk))
