"""One storage, whatever is behind it. Nothing here blocks the event loop.

A write is atomic: a reader sees the old object or the new one, whole. The local folder writes a temporary file and
renames it, S3 shows an object only when its upload is complete. A process that is killed while it writes leaves at most
such a temporary file, or parts of an upload, which no key names (S3: let a lifecycle rule delete unfinished uploads).
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import AsyncIterator, Generator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import anyio
import anyio.to_thread
import obstore
from obstore.exceptions import BaseError
from obstore.store import LocalStore, S3Store

from sow_analysis.errors import ObjectKeyError, ObjectNotFoundError, StorageError
from sow_analysis.storage import keys

_CHUNK_BYTES = 1 << 20
_CHECK_SECONDS = 5.0
_NOWHERE = "readiness"  # no song's folder has this name


class Storage:
    """Objects by key. `open_storage` makes it; keys are those of `storage.keys`.

    Every method raises ObjectKeyError for a key that may not be, and StorageError when the storage fails.
    """

    def __init__(
        self, store: LocalStore | S3Store, *, folder: Path | None = None, bucket: str | None = None, prefix: str = ""
    ) -> None:
        self._store = store
        self._folder = folder
        self._bucket = bucket
        self._prefix = prefix

    async def put(self, key: str, data: bytes | Path, content_type: str | None = None) -> None:
        """Write an object, over an older one if there is one. A file is streamed, never held in memory whole.

        Args:
            key: its name.
            data: its bytes, or a file of them.
            content_type: its media type; S3 keeps it, a folder does not.

        Raises:
            StorageError: it cannot be written; an older object is then still there.
        """
        keys.valid(key)
        attributes = {"Content-Type": content_type} if content_type and isinstance(self._store, S3Store) else None
        with _translated(key):
            await obstore.put_async(self._store, key, data, attributes=attributes, max_concurrency=4)

    async def get(self, key: str) -> bytes:
        """Give an object's bytes. For small ones: it is held in memory whole.

        Raises:
            ObjectNotFoundError: there is none.
        """
        keys.valid(key)
        with _translated(key):
            result = await obstore.get_async(self._store, key)
            return bytes(await result.bytes_async())

    async def stream(self, key: str) -> AsyncIterator[bytes]:
        """Yield an object's bytes in pieces of about 1 MiB.

        Raises:
            ObjectNotFoundError: there is none; raised when the first piece is asked for.
            StorageError: fewer bytes came than the object has.
        """
        keys.valid(key)
        with _translated(key):
            result = await obstore.get_async(self._store, key)
            missing = result.meta["size"]
            pieces = result.stream(min_chunk_size=_CHUNK_BYTES)
        while True:
            with _translated(key):
                try:
                    piece = bytes(await pieces.__anext__())
                except StopAsyncIteration:
                    break
            missing -= len(piece)
            yield piece
        if missing:
            raise StorageError(f"{key} came incomplete from the storage.")

    async def size(self, key: str) -> int | None:
        """Bytes of an object; None if there is none of that key."""
        keys.valid(key)
        try:
            with _translated(key):
                return (await obstore.head_async(self._store, key))["size"]
        except ObjectNotFoundError:
            return None

    async def exists(self, key: str) -> bool:
        """Whether there is an object of that key."""
        return await self.size(key) is not None

    async def download(self, key: str, destination: Path) -> None:
        """Copy an object to a file, which is there whole or not at all.

        Raises:
            ObjectNotFoundError: there is no such object.
            OSError: the file cannot be written.
        """
        descriptor, name = await anyio.to_thread.run_sync(_temporary_beside, destination)
        part = anyio.Path(name)
        try:
            async with await anyio.open_file(descriptor, "wb") as file:
                async for piece in self.stream(key):
                    await file.write(piece)
            await part.replace(destination)
        finally:
            with anyio.CancelScope(shield=True):
                await part.unlink(missing_ok=True)

    async def list(self, prefix: str = "") -> list[str]:
        """Give the keys below a folder, in order; all keys without one. `a/b` does not cover `a/bc`."""
        with _translated(prefix):
            listing = obstore.list(self._store, prefix=keys.valid(prefix.rstrip("/")) if prefix else None)
            return sorted([meta["path"] async for batch in listing for meta in batch])

    async def delete(self, key: str) -> None:
        """Delete an object. One that is not there is no error."""
        keys.valid(key)
        try:
            with _translated(key):
                await obstore.delete_async(self._store, key)
        except ObjectNotFoundError:
            return

    async def check(self) -> None:
        """Find out in one small request whether the storage can be used; give up after 5 s.

        Raises:
            StorageError: it cannot; the message says why.
        """
        if self._folder is not None:
            if not await anyio.to_thread.run_sync(os.access, self._folder, os.W_OK | os.X_OK):
                raise StorageError(f"The storage folder {self._folder} is not there, or may not be written to.")
            return
        try:
            with anyio.fail_after(_CHECK_SECONDS):
                await self.list(_NOWHERE)
        except TimeoutError:
            raise StorageError(f"The storage did not answer within {_CHECK_SECONDS:.0f} s.") from None
        except ObjectNotFoundError:
            raise StorageError(f"The storage has no bucket {self._bucket}.") from None

    def key_of_url(self, url: str) -> str | None:
        """Give the key that an `s3://` URL names, or None if it lies outside this storage."""
        parts = urlsplit(url)
        key = parts.path.removeprefix("/")
        folder = f"{self._prefix}/" if self._prefix else ""
        if parts.scheme != "s3" or not self._bucket or parts.netloc != self._bucket or not key.startswith(folder):
            return None
        if parts.query or parts.fragment:
            return None
        try:
            return keys.valid(key.removeprefix(folder))
        except ObjectKeyError:
            return None


@contextmanager
def _translated(key: str) -> Generator[None]:
    """Turn the errors of obstore into ours. Their first line is the cause; the rest is for its own developers."""
    try:
        yield
    except FileNotFoundError as error:
        raise ObjectNotFoundError(f"The storage has no object {key}.") from error
    except (BaseError, OSError, ValueError) as error:
        reason = str(error).partition("\n")[0].removeprefix("Generic ").rstrip(".:")
        raise StorageError(f"The storage failed at {key or 'its root'}: {reason[:300]}.") from error


def _temporary_beside(path: Path) -> tuple[int, str]:
    return tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
