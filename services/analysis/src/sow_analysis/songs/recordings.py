"""The recordings that the service holds: uploaded ones, and those that it fetched for jobs."""

from __future__ import annotations

import asyncio
import re
import time
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from sqlalchemy import select

from sow_analysis.database import Database
from sow_analysis.database.tables import recordings
from sow_analysis.songs.errors import RecordingNotFoundError
from sow_analysis.storage import Storage, keys

FILE_NAME = "The file"
"""What a recording is called while it is looked into or worked on: messages about it begin with its name."""
_SUFFIX = re.compile(r"[a-z0-9]{1,10}")
_UNKNOWN_SUFFIX = "bin"
_REMEMBERED = 1000
"""Recordings that need not be looked up again."""


@dataclass(frozen=True, slots=True)
class Recording:
    """A recording in the storage. `duration` is in seconds, None where the file does not tell."""

    content_hash: str
    storage_key: str
    size: int
    duration: float | None


class RecordingStore:
    """Where recordings are kept and noted."""

    def __init__(self, database: Database, storage: Storage) -> None:
        self._database = database
        self._storage = storage
        self._found: dict[str, Recording] = {}

    async def find(self, content_hash: str) -> Recording | None:
        """Give the recording of that hash, if it was uploaded."""
        if (found := self._found.get(content_hash)) is not None:  # no row ever changes
            return found
        async with self._database.read() as connection:
            row = (
                await connection.execute(select(recordings).where(recordings.c.content_hash == content_hash))
            ).one_or_none()
        if row is None:
            return None
        if len(self._found) >= _REMEMBERED:
            self._found.clear()
        found = Recording(row.content_hash, row.storage_key, row.size, row.duration)
        self._found[content_hash] = found
        return found

    async def get(self, content_hash: str) -> Recording:
        """Give the recording of that hash.

        Raises:
            RecordingNotFoundError: it was not uploaded.
        """
        if (found := await self.find(content_hash)) is None:
            raise RecordingNotFoundError(f"No recording {content_hash[:12]} was uploaded here.")
        return found

    async def keep(self, path: Path, content_hash: str, name: str, duration: float | None) -> Recording:
        """Put a recording into the storage and note it.

        Args:
            path: the file, whose bytes have that hash.
            content_hash: names it from now on.
            name: what it was called, of which only the suffix is kept.
            duration: in seconds, if it is known.

        Raises:
            StorageError: the storage fails.
        """
        key = keys.audio(content_hash, _suffix(name))
        await self._storage.put(key, path)
        size = (await asyncio.to_thread(path.stat)).st_size
        recording = Recording(content_hash, key, size, duration)
        await self.add(recording)
        return recording

    async def add(self, recording: Recording) -> None:
        """Note a recording whose bytes are in the storage. One that is noted already stays."""
        values = {
            "content_hash": recording.content_hash,
            "storage_key": recording.storage_key,
            "size": recording.size,
            "duration": recording.duration,
            "created_at": time.time(),
        }
        async with self._database.write() as connection:
            await self._database.insert_if_absent(connection, recordings, values)


def _suffix(name: str) -> str:
    suffix = PurePosixPath(name).suffix.lower().removeprefix(".")
    return suffix if _SUFFIX.fullmatch(suffix) else _UNKNOWN_SUFFIX
