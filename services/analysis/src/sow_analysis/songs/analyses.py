"""The analyses of songs: one for each recording, in the storage beside it.

There is no table of them. An analysis is worked out from the recording alone, so there are no versions and no edits to
keep apart, and whoever writes one twice writes the same. The storage replaces an object whole or not at all.
"""

from __future__ import annotations

import asyncio
import hashlib
from dataclasses import dataclass

import structlog

from lyric_timing import formats
from music_analysis import DocumentError, MusicAnalysis
from sow_analysis.errors import ObjectNotFoundError
from sow_analysis.sections import with_lyrics
from sow_analysis.songs.errors import AnalysisNotFoundError
from sow_analysis.storage import Storage, keys

_log = structlog.stdlib.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class StoredAnalysis:
    """An analysis, and its document as it is stored."""

    content_hash: str
    analysis: MusicAnalysis
    document: bytes
    etag: str
    """For HTTP, with its quotation marks."""

    def told_by(self, lyrics: str) -> StoredAnalysis:
        """The same with the sections that the song's timed lyrics tell, a document in our JSON.

        It is worked out whenever somebody asks, so edited lyrics count at once, and is never stored.
        """
        analysis = with_lyrics(self.analysis, formats.read(lyrics, "json"))
        document = analysis.to_json().encode()
        return StoredAnalysis(self.content_hash, analysis, document, _etag(document))


class AnalysisStore:
    """Where analyses are read and written."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage

    async def get(self, content_hash: str) -> StoredAnalysis:
        """Give the analysis of a recording.

        Raises:
            AnalysisNotFoundError: there is none.
            StorageError: the storage fails.
        """
        if (found := await self.find(content_hash)) is None:
            raise AnalysisNotFoundError(f"The song {content_hash[:12]} was not analysed.")
        return found

    async def find(self, content_hash: str) -> StoredAnalysis | None:
        """Give the analysis of a recording, if there is one that this program can read.

        Raises:
            StorageError: the storage fails.
        """
        try:
            document = await self._storage.get(keys.analysis(content_hash))
        except ObjectNotFoundError:
            return None
        try:
            return await asyncio.to_thread(_stored, content_hash, document)
        except DocumentError as error:  # damaged, or a newer program's
            _log.warning("analysis_unreadable", content_hash=content_hash, reason=str(error))
            return None

    async def put(self, content_hash: str, analysis: MusicAnalysis) -> StoredAnalysis:
        """Keep an analysis, in place of an older one if there is one.

        Raises:
            StorageError: the storage fails; an older one is then still there.
        """
        document = await asyncio.to_thread(lambda: analysis.to_json().encode())
        await self._storage.put(keys.analysis(content_hash), document, "application/json")
        return StoredAnalysis(content_hash, analysis, document, _etag(document))


def _stored(content_hash: str, document: bytes) -> StoredAnalysis:
    return StoredAnalysis(content_hash, MusicAnalysis.from_json(document), document, _etag(document))


def _etag(document: bytes) -> str:
    return f'"{hashlib.sha256(document).hexdigest()[:16]}"'
