"""Which recordings were uploaded, and where they lie in the storage."""

from __future__ import annotations

import time
from dataclasses import dataclass

from sqlalchemy import select

from sow_analysis.database import Database
from sow_analysis.database.tables import recordings
from sow_analysis.songs.errors import RecordingNotFoundError

_REMEMBERED = 1000
"""Recordings that need not be looked up again."""


@dataclass(frozen=True, slots=True)
class Recording:
    """An uploaded recording. `duration` is in seconds, None where the file does not tell."""

    content_hash: str
    storage_key: str
    size: int
    duration: float | None


class RecordingStore:
    """Where uploads are noted."""

    def __init__(self, database: Database) -> None:
        self._database = database
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
