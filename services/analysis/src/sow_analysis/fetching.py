"""Brings a recording here from where its URL says: the web, our own uploads, or our own bucket, and nowhere else.

fetched = await fetch(url, destination, limits=FetchLimits(), storage=storage)
"""

from __future__ import annotations

import re
from pathlib import Path

import anyio

from song_audio.errors import UrlRefusedError
from song_audio.fetching import Fetched, FetchLimits, Network, save
from song_audio.fetching import fetch as fetch_from_web
from song_audio.fetching.fetch import in_time
from sow_analysis.errors import ObjectNotFoundError, StorageError
from sow_analysis.storage import Storage, keys

_UPLOAD = re.compile(r"sow://audio/([0-9a-f]{64})", re.ASCII)


def upload_url(content_hash: str) -> str:
    """Give the URL of a recording that was uploaded to us. Raises ObjectKeyError if it is not a SHA-256 in hex."""
    return f"sow://audio/{keys.content_hash(content_hash)}"


def uploaded(url: str) -> str | None:
    """Give the content hash in the URL of an upload, or None if it is not one."""
    match = _UPLOAD.fullmatch(url)
    return match[1] if match else None


async def fetch(
    url: str,
    destination: Path,
    *,
    limits: FetchLimits,
    storage: Storage | None = None,
    network: Network | None = None,
) -> Fetched:
    """Fetch the recording that `url` names.

    Args:
        url: `http`, `https`, `s3` (in the storage's own bucket), or `sow://audio/SHA256` (an upload).
        destination: the file to write. It appears whole or not at all.
        limits: what this may take.
        storage: where uploads and the bucket are; None refuses such URLs.
        network: the way to servers; by default the real one.

    Raises:
        ObjectNotFoundError, StorageError: there is no such upload, or the storage failed.
        FetchError, OSError: as `song_audio.fetching.fetch`.
    """
    if not url.startswith(("sow:", "s3:")):
        return await fetch_from_web(url, destination, limits=limits, network=network)
    with in_time(limits):
        key = await _key(url, storage)
        assert storage is not None
        fetched = await save(storage.stream(key), destination, limits)
    if uploaded(url) not in (None, fetched.sha256):
        await anyio.Path(destination).unlink()
        raise StorageError("The uploaded recording is damaged in the storage.")
    return fetched


async def _key(url: str, storage: Storage | None) -> str:
    song = uploaded(url)
    if storage is not None and song is not None:
        for key in await storage.list(song):
            if keys.is_audio(key):
                return key
        raise ObjectNotFoundError(f"No recording was uploaded as {url}.")
    key = storage.key_of_url(url) if storage is not None else None
    if key is None:
        raise UrlRefusedError("Of s3 only the configured bucket and folder can be read, of sow only audio/SHA256.")
    return key
