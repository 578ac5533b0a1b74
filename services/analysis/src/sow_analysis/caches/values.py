"""The caches by what is in them. Values are JSON of our own types; what no longer fits the type is a miss."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Generic, Protocol, TypeVar

from pydantic import TypeAdapter, ValidationError

from lyric_timing.heard import Heard
from sow_analysis.caches.disk import CacheCounts, DiskCache
from sow_analysis.caches.keys import ResultKey, TranscriptionKey
from sow_analysis.lrc import LrcResult


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

    def recall(self, key: TranscriptionKey) -> Heard | None:
        """Like `get`: the pipeline's word for it."""
        return self.get(key)

    def keep(self, key: TranscriptionKey, heard: Heard) -> None:
        """Like `put`, for those who do not mind whether it was kept."""
        self.put(key, heard)


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
