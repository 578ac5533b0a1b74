"""Recordings that are in our own storage already."""

from __future__ import annotations

import hashlib
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from song_audio.errors import FetchTooLargeError, UrlRefusedError
from song_audio.fetching import FetchLimits
from sow_analysis.errors import ObjectKeyError, ObjectNotFoundError, StorageError
from sow_analysis.fetching import fetch, upload_url
from sow_analysis.storage import Storage, keys, open_storage

pytestmark = pytest.mark.anyio

BODY = b"song" * 1000
SONG = hashlib.sha256(BODY).hexdigest()
LIMITS = FetchLimits()


@dataclass(frozen=True)
class Settings:
    storage_url: str
    storage_endpoint: str | None = None
    storage_region: str = "auto"
    storage_key_id: str | None = None
    storage_secret: SecretStr | None = None


@pytest.fixture
def storage(tmp_path: Path) -> Storage:
    return open_storage(Settings((tmp_path / "objects").as_uri()))


async def test_an_upload_is_found_by_its_hash_whatever_its_suffix(storage: Storage, tmp_path: Path):
    await storage.put(keys.audio(SONG, "ogg"), BODY)
    await storage.put(keys.stem(SONG, "htdemucs", "vocals"), b"a stem")
    fetched = await fetch(upload_url(SONG), tmp_path / "song", limits=LIMITS, storage=storage)
    assert fetched.path.read_bytes() == BODY
    assert fetched.sha256 == SONG


async def test_what_was_not_uploaded_is_not_found(storage: Storage, tmp_path: Path):
    with pytest.raises(ObjectNotFoundError) as caught:
        await fetch(upload_url("ab" * 32), tmp_path / "song", limits=LIMITS, storage=storage)
    assert not caught.value.retryable


async def test_an_upload_that_rotted_in_the_storage_is_refused(storage: Storage, tmp_path: Path):
    await storage.put(keys.audio(SONG, "ogg"), BODY[:-1])
    with pytest.raises(StorageError, match="damaged"):
        await fetch(upload_url(SONG), tmp_path / "song", limits=LIMITS, storage=storage)
    assert not (tmp_path / "song").exists()


async def test_the_limit_of_bytes_holds_for_uploads_too(storage: Storage, tmp_path: Path):
    await storage.put(keys.audio(SONG, "ogg"), BODY)
    with pytest.raises(FetchTooLargeError):
        await fetch(upload_url(SONG), tmp_path / "song", limits=FetchLimits(max_bytes=100), storage=storage)


@pytest.mark.parametrize(
    "url",
    ["sow://audio/x", "sow://audio/" + "A" * 64, f"sow://audio/{SONG}/x", f"sow://lyrics/{SONG}", "sow:", "s3://b/k"],
)
async def test_other_urls_of_ours_are_refused(storage: Storage, tmp_path: Path, url: str):
    with pytest.raises(UrlRefusedError):
        await fetch(url, tmp_path / "song", limits=LIMITS, storage=storage)


def test_an_upload_is_named_by_a_hash_only():
    with pytest.raises(ObjectKeyError):
        upload_url("../x")


async def test_of_s3_the_configured_bucket_and_folder_can_be_read_and_nothing_else(s3_server: Any, tmp_path: Path):
    prefix = uuid.uuid4().hex
    secret = SecretStr(s3_server.secret)
    for folder in (prefix, f"{prefix}-other"):
        url = f"s3://songs/{folder}"
        storage = open_storage(
            Settings(url, s3_server.endpoint, storage_key_id=s3_server.key_id, storage_secret=secret)
        )
        await storage.put("church/amen.mp3", BODY)
    url = f"s3://songs/{prefix}-other/church/amen.mp3"
    fetched = await fetch(url, tmp_path / "song", limits=LIMITS, storage=storage)
    assert fetched.sha256 == SONG
    for other in (f"s3://songs/{prefix}/church/amen.mp3", f"s3://other/{prefix}-other/church/amen.mp3"):
        with pytest.raises(UrlRefusedError):
            await fetch(other, tmp_path / "song", limits=LIMITS, storage=storage)
    with pytest.raises(ObjectNotFoundError):
        await fetch(f"{url}.bak", tmp_path / "song", limits=LIMITS, storage=storage)
