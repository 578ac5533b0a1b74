"""Copies of lyrics in the storage, for those who read the bucket: `lyrics.lrc`, `lyrics.json` and every version.

The database has the lyrics; the copies follow it. Who commits a version publishes it right away, and `publish_all`
catches up on what a crash left undone. Whoever has copied a song's current version looks whether it still is, and else
copies again, so that an older one does not come to lie over a newer one for good.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict

import structlog

from lyric_timing import formats
from sow_analysis.errors import StorageError
from sow_analysis.songs.lyrics import LyricsStore, VersionInfo
from sow_analysis.storage import Storage, keys

_log = structlog.stdlib.get_logger(__name__)


class Publisher:
    """Writes copies of versions."""

    def __init__(self, lyrics: LyricsStore, storage: Storage) -> None:
        self._lyrics = lyrics
        self._storage = storage
        self._turns: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def publish(self, info: VersionInfo) -> None:
        """Write a version's copy, and those of the song's current version.

        Raises:
            StorageError: the storage fails; the next round of `publish_all` tries again.
        """
        song = info.content_hash
        async with self._turns[song]:
            version = await self._lyrics.get(song, info.number)
            await self._storage.put(keys.version(song, info.number), version.document.encode(), "application/json")
            copied: int | None = None
            while (current := await self._lyrics.get(song)).info.number != copied:
                lrc = await asyncio.to_thread(_lrc, current.document)
                await self._storage.put(keys.lyrics(song, "json"), current.document.encode(), "application/json")
                await self._storage.put(keys.lyrics(song, "lrc"), lrc.encode(), "text/plain; charset=utf-8")
                copied = current.info.number
            await self._lyrics.mark_published(info)
        if not self._turns[song].locked():
            self._turns.pop(song, None)

    async def publish_or_leave(self, info: VersionInfo) -> None:
        """Like `publish`, but what fails is left to the next round of `publish_all`."""
        try:
            await self.publish(info)
        except StorageError as error:
            _log.warning("publishing_failed", version=info.number, reason=str(error))

    async def publish_all(self) -> int:
        """Publish what is not yet; give how many versions that were."""
        versions = await self._lyrics.unpublished()
        for version in versions:
            await self.publish(version.info)
        return len(versions)


def _lrc(document: str) -> str:
    return formats.write(formats.read(document, "json"), "lrc")
