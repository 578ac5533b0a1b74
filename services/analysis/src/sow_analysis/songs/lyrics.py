"""The versions of each song's timed lyrics. All are kept; one is the current one.

A version's document is in the database, in the same transaction as what it belongs to: the job that made it, or the
check that nobody else edited meanwhile. Its copies in the storage are written afterwards, by `publishing`.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import Row, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from sow_analysis.database import Database
from sow_analysis.database.tables import lyrics_versions, songs
from sow_analysis.songs.errors import EditedMeanwhileError, LyricsNotFoundError, PreconditionMissingError

ANY = "*"
"""As a condition: whatever is there."""


class Origin(StrEnum):
    """Who made a version."""

    JOB = "job"
    HAND = "hand"


@dataclass(frozen=True, slots=True)
class VersionInfo:
    """A version without its words. `number` counts from 1."""

    content_hash: str
    number: int
    origin: Origin
    job_id: str | None
    digest: str
    created_at: float
    is_current: bool

    @property
    def etag(self) -> str:
        """For HTTP, with its quotation marks."""
        return f'"{self.number}-{self.digest[:16]}"'


@dataclass(frozen=True, slots=True)
class Version:
    """A version and its document, our JSON of timed lyrics."""

    info: VersionInfo
    document: str


@dataclass(frozen=True, slots=True)
class Condition:
    """What the current version must be for an edit to be accepted, as HTTP says it."""

    if_match: Sequence[str] = ()
    """ETags, one of which must be the current one's; or `*`."""
    if_none_match: bool = False
    """There must be no version yet."""

    def check(self, current: VersionInfo | None) -> None:
        """Raise an error if the current version is another."""
        if self.if_none_match and current is not None:
            raise EditedMeanwhileError(f"The song has lyrics already: version {current.number}.")
        if self.if_match:
            if current is None:
                raise EditedMeanwhileError("The song has no lyrics yet, so none can have been edited.")
            if ANY not in self.if_match and current.etag not in self.if_match:
                raise EditedMeanwhileError(
                    f"The lyrics were changed meanwhile; the current version is {current.number}."
                )
        elif current is not None and not self.if_none_match:
            raise PreconditionMissingError("Say with If-Match which version was edited; its ETag came with the lyrics.")


class LyricsStore:
    """Where versions are read and written."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def get(self, content_hash: str, number: int | None = None) -> Version:
        """Give a version; without a number, the current one.

        Raises:
            LyricsNotFoundError: there is none.
        """
        wanted = lyrics_versions.c.number == (songs.c.current if number is None else number)
        async with self._database.read() as connection:
            row = (await connection.execute(_versions(content_hash).where(wanted))).one_or_none()
        if row is None:
            which = "no timed lyrics" if number is None else f"no version {number} of its lyrics"
            raise LyricsNotFoundError(f"The song {content_hash[:12]} has {which}.")
        return Version(_info(row), row.document)

    async def list(self, content_hash: str) -> tuple[VersionInfo, ...]:
        """Give every version, the newest first.

        Raises:
            LyricsNotFoundError: there is none.
        """
        async with self._database.read() as connection:
            rows = await connection.execute(_versions(content_hash).order_by(lyrics_versions.c.number.desc()))
            found = tuple(map(_info, rows))
        if not found:
            raise LyricsNotFoundError(f"The song {content_hash[:12]} has no timed lyrics.")
        return found

    async def put_edit(self, content_hash: str, document: str, condition: Condition) -> VersionInfo:
        """Make a hand-edited document the current version.

        Raises:
            EditedMeanwhileError: the current version is not the one that was edited.
            PreconditionMissingError: there is a current version, and `condition` says nothing of it.
        """
        async with self._database.write() as connection:
            current = await self._lock(connection, content_hash)
            condition.check(current)
            return await self._add(connection, content_hash, document, Origin.HAND, None, become_current=True)

    async def put_result(
        self, connection: AsyncConnection, content_hash: str, document: str, job_id: str, *, force: bool
    ) -> VersionInfo:
        """Keep what a job made, in the transaction that completes the job.

        It becomes the current version, unless that is a hand edit and `force` is off.
        """
        current = await self._lock(connection, content_hash)
        become_current = force or current is None or current.origin is not Origin.HAND
        return await self._add(connection, content_hash, document, Origin.JOB, job_id, become_current=become_current)

    async def unpublished(self, limit: int = 100) -> tuple[Version, ...]:
        """Give versions whose copies in the storage are yet to be written, oldest first."""
        wanted = _versions(None).where(lyrics_versions.c.published.is_(False))
        async with self._database.read() as connection:
            rows = await connection.execute(wanted.order_by(lyrics_versions.c.created_at).limit(limit))
            return tuple(Version(_info(row), row.document) for row in rows)

    async def mark_published(self, info: VersionInfo) -> None:
        """Note that a version's copies are in the storage."""
        async with self._database.write() as connection:
            await connection.execute(
                update(lyrics_versions)
                .where(lyrics_versions.c.content_hash == info.content_hash, lyrics_versions.c.number == info.number)
                .values(published=True)
            )

    async def _lock(self, connection: AsyncConnection, content_hash: str) -> VersionInfo | None:
        """Keep others from changing the song until the transaction ends; give its current version."""
        empty = {"content_hash": content_hash, "current": 0, "newest": 0}
        await self._database.insert_if_absent(connection, songs, empty)
        locked = select(songs.c.current).where(songs.c.content_hash == content_hash).with_for_update()
        number = (await connection.execute(locked)).scalar_one()
        row = (
            await connection.execute(_versions(content_hash).where(lyrics_versions.c.number == number))
        ).one_or_none()
        return None if row is None else _info(row)

    async def _add(
        self,
        connection: AsyncConnection,
        content_hash: str,
        document: str,
        origin: Origin,
        job_id: str | None,
        *,
        become_current: bool,
    ) -> VersionInfo:
        counted = update(songs).where(songs.c.content_hash == content_hash).values(newest=songs.c.newest + 1)
        number = (await connection.execute(counted.returning(songs.c.newest))).scalar_one()
        digest, now = hashlib.sha256(document.encode()).hexdigest(), time.time()
        await connection.execute(
            insert(lyrics_versions).values(
                content_hash=content_hash,
                number=number,
                origin=origin,
                job_id=job_id,
                document=document,
                digest=digest,
                published=False,
                created_at=now,
            )
        )
        if become_current:
            await connection.execute(update(songs).where(songs.c.content_hash == content_hash).values(current=number))
        return VersionInfo(content_hash, number, origin, job_id, digest, now, become_current)


def _versions(content_hash: str | None) -> Any:
    wanted = select(lyrics_versions, songs.c.current).join(
        songs, songs.c.content_hash == lyrics_versions.c.content_hash
    )
    return wanted if content_hash is None else wanted.where(lyrics_versions.c.content_hash == content_hash)


def _info(row: Row[Any]) -> VersionInfo:
    return VersionInfo(
        row.content_hash,
        row.number,
        Origin(row.origin),
        row.job_id,
        row.digest,
        row.created_at,
        row.number == row.current,
    )
