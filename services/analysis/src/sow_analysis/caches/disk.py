"""A bounded cache of bytes in a folder. Whatever happens to the folder, the worst answer is a miss.

Each entry is a file of its own, named by the digest of its key:

    magic (8 bytes) | SHA-256 of all that follows (32) | digest of the key (32) | value

It is written under another name and renamed, so that a reader sees all of it or nothing. Nothing is flushed to the
platter: after a power cut an entry may be empty or torn, but then its checksum is wrong, and a wrong entry is deleted
and counts as a miss. So does an entry under another entry's name. Values are bytes; nothing is ever unpickled.

A hit sets the file's time of change, and that is all the order there is: when the folder outgrows its bound, entries go
from the oldest until there is room again. Each process looks through the folder at its first write, and again after it
has written 1/16 of the bound. So one process keeps to the bound, and each further one may exceed it by 1/16 for a
moment. One process at a time evicts; the others do not wait for it.

Why our own: `diskcache`, the library for this, has had no release since 2023, unpickles what it finds in its folder
(CVE-2025-69872), has no checksums, and raises when its SQLite file is damaged or the disk is full.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from filelock import FileLock, Timeout

_MAGIC = b"SOWCACH1"
_HEAD_BYTES = len(_MAGIC) + 32 + 32
_TEMPORARY = ".writing-"
_ABANDONED_SECONDS = 3600.0


@dataclass(frozen=True, slots=True)
class CacheCounts:
    """What one process saw of a cache since it started."""

    hits: int = 0
    misses: int = 0
    """Corrupt entries count here too."""
    corrupt: int = 0
    unwritten: int = 0
    """Values that could not be written, or were too large."""
    evicted: int = 0


class DiskCache:
    """Bytes by digest. Any number of threads and processes may share the folder. No method raises; all may block.

    Args:
        folder: where entries lie; made at the first write, may be deleted at any time.
        max_bytes: bound of their sizes together. 0 keeps nothing.
    """

    def __init__(self, folder: Path, max_bytes: int) -> None:
        self._folder = folder
        self._max_bytes = max_bytes
        self._max_entry_bytes = max_bytes // 16
        self._unseen_bytes: int | None = None  # written here since the folder was last looked through; None: never was
        self._lock = threading.Lock()
        self._counts = CacheCounts()

    @property
    def counts(self) -> CacheCounts:
        """What happened so far."""
        return self._counts

    def get(self, digest: str) -> bytes | None:
        """Give the value stored under a key's digest (64 hexadecimal digits), or None if there is no sound one."""
        path = self._path(digest)
        try:
            with path.open("rb") as file:
                data = file.read(self._max_entry_bytes + 1)
        except OSError:
            self._count(misses=1)
            return None
        value = _opened(data, digest)
        if value is None:
            self.discard(digest)
            self._count(misses=1)
            return None
        with contextlib.suppress(OSError):
            os.utime(path)
        self._count(hits=1)
        return value

    def put(self, digest: str, value: bytes) -> bool:
        """Store a value; say whether it was stored. Not if the disk is full, nor if it takes over 1/16 of the bound."""
        size = _HEAD_BYTES + len(value)
        if size > self._max_entry_bytes:
            self._count(unwritten=1)
            return False
        try:
            self._write(self._path(digest), _sealed(value, digest))
        except OSError:
            self._count(unwritten=1)
            return False
        self._make_room(size)
        return True

    def discard(self, digest: str) -> None:
        """Delete an entry that turned out to be of no use, and count it as corrupt."""
        self._count(corrupt=1)
        with contextlib.suppress(OSError):
            self._path(digest).unlink()

    def _path(self, digest: str) -> Path:
        return self._folder / digest[:2] / digest

    def _write(self, path: Path, data: bytes) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, temporary = tempfile.mkstemp(prefix=_TEMPORARY, dir=path.parent)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(data)
            Path(temporary).replace(path)
        except BaseException:
            with contextlib.suppress(OSError):
                Path(temporary).unlink()
            raise

    def _make_room(self, written: int) -> None:
        with self._lock:
            if self._unseen_bytes is not None and self._unseen_bytes + written <= self._max_bytes // 16:
                self._unseen_bytes += written
                return
            self._unseen_bytes = 0
        with contextlib.suppress(OSError, Timeout), FileLock(self._folder / ".lock", timeout=0):
            self._evict()

    def _evict(self) -> None:
        entries = sorted(self._entries())
        total = sum(size for _, size, _ in entries)
        if total <= self._max_bytes * 15 // 16:
            return
        for _, size, path in entries:
            if total <= self._max_bytes * 7 // 8:
                return
            with contextlib.suppress(OSError):
                path.unlink()
                self._count(evicted=1)
            total -= size

    def _entries(self) -> Iterator[tuple[int, int, Path]]:
        """Yield time of change, size and path of each entry. What killed processes left half-written is deleted."""
        abandoned = (time.time() - _ABANDONED_SECONDS) * 1e9
        for path in self._folder.glob("??/*"):
            with contextlib.suppress(OSError):
                status = path.stat()
                if not path.name.startswith(_TEMPORARY):
                    yield status.st_mtime_ns, status.st_size, path
                elif status.st_mtime_ns < abandoned:
                    path.unlink()

    def _count(self, *, hits: int = 0, misses: int = 0, corrupt: int = 0, unwritten: int = 0, evicted: int = 0) -> None:
        with self._lock:
            now = self._counts
            self._counts = replace(
                now,
                hits=now.hits + hits,
                misses=now.misses + misses,
                corrupt=now.corrupt + corrupt,
                unwritten=now.unwritten + unwritten,
                evicted=now.evicted + evicted,
            )


def _sealed(value: bytes, digest: str) -> bytes:
    body = bytes.fromhex(digest) + value
    return _MAGIC + hashlib.sha256(body).digest() + body


def _opened(data: bytes, digest: str) -> bytes | None:
    body = data[len(_MAGIC) + 32 :]
    if data[: len(_MAGIC)] != _MAGIC or data[len(_MAGIC) : len(_MAGIC) + 32] != hashlib.sha256(body).digest():
        return None
    return body[32:] if body[:32] == bytes.fromhex(digest) else None
