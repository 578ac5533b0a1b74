"""One suite for every storage."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import anyio
import pytest

from sow_analysis.errors import ObjectKeyError, ObjectNotFoundError, StorageError
from sow_analysis.storage import Storage, open_storage

pytestmark = pytest.mark.anyio

BIG = os.urandom(1 << 20) * 12  # several parts of an upload


async def test_what_is_put_is_got(storage: Storage):
    await storage.put("a/b.txt", b"words", content_type="text/plain")
    assert await storage.get("a/b.txt") == b"words"
    assert await storage.exists("a/b.txt")


async def test_an_empty_object_is_an_object(storage: Storage):
    await storage.put("empty", b"")
    assert await storage.get("empty") == b""
    assert [piece async for piece in storage.stream("empty")] == []


async def test_a_second_put_replaces_the_first(storage: Storage):
    await storage.put("a", b"longer than the second")
    await storage.put("a", b"second")
    assert await storage.get("a") == b"second"


async def test_a_file_of_several_parts_comes_back_whole(storage: Storage, tmp_path: Path):
    (tmp_path / "big").write_bytes(BIG)
    await storage.put("songs/big.wav", tmp_path / "big", content_type="audio/wav")
    await storage.download("songs/big.wav", tmp_path / "copy")
    assert (tmp_path / "copy").read_bytes() == BIG
    pieces = [piece async for piece in storage.stream("songs/big.wav")]
    assert b"".join(pieces) == BIG
    assert len(pieces) > 1


async def test_what_is_not_there_is_named_in_the_error(storage: Storage, tmp_path: Path):
    await storage.put("a/b", b"")
    assert not await storage.exists("a/none")
    assert not await storage.exists("a")
    with pytest.raises(ObjectNotFoundError, match="a/none"):
        await storage.get("a/none")
    with pytest.raises(ObjectNotFoundError):
        _ = [piece async for piece in storage.stream("a/none")]
    with pytest.raises(ObjectNotFoundError):
        await storage.download("a/none", tmp_path / "copy")
    assert list(tmp_path.glob("*copy*")) == []


async def test_a_failed_download_leaves_the_older_file(storage: Storage, tmp_path: Path):
    (tmp_path / "copy").write_bytes(b"older")
    with pytest.raises(ObjectNotFoundError):
        await storage.download("none", tmp_path / "copy")
    assert (tmp_path / "copy").read_bytes() == b"older"


async def test_a_deleted_object_is_gone_and_may_be_deleted_again(storage: Storage):
    await storage.put("a", b"x")
    await storage.delete("a")
    await storage.delete("a")
    assert not await storage.exists("a")


async def test_a_listing_covers_a_folder_not_its_namesakes(storage: Storage):
    for key in ("song/b", "song/a/c", "song", "songs/a", "other"):
        if key != "song":  # on a disk, a folder and a file cannot share a name
            await storage.put(key, b"x")
    assert await storage.list("song") == ["song/a/c", "song/b"]
    assert await storage.list("song/") == ["song/a/c", "song/b"]
    assert await storage.list() == ["other", "song/a/c", "song/b", "songs/a"]
    assert await storage.list("none") == []


async def test_no_method_takes_a_key_that_leads_astray(storage: Storage, tmp_path: Path):
    for key in ("../x", "/etc/passwd", "a/../../x", "a\x00", ""):
        with pytest.raises(ObjectKeyError):
            await storage.put(key, b"x")
        with pytest.raises(ObjectKeyError):
            await storage.get(key)
        with pytest.raises(ObjectKeyError):
            _ = [piece async for piece in storage.stream(key)]
        with pytest.raises(ObjectKeyError):
            await storage.exists(key)
        with pytest.raises(ObjectKeyError):
            await storage.download(key, tmp_path / "copy")
        with pytest.raises(ObjectKeyError):
            await storage.delete(key)
    with pytest.raises(ObjectKeyError):
        await storage.list("../x")


async def test_readers_see_one_writer_or_the_other_never_a_mixture(storage: Storage):
    bodies = [bytes([i]) * 300_000 for i in range(8)]
    await storage.put("a", bodies[0])
    seen: list[bytes] = []

    async def read() -> None:
        for _ in range(10):
            seen.append(await storage.get("a"))

    async with anyio.create_task_group() as group:
        for body in bodies:
            group.start_soon(storage.put, "a", body)
        group.start_soon(read)
    assert set(seen) <= set(bodies)
    assert await storage.get("a") in bodies


async def test_a_storage_that_works_passes_its_check(storage: Storage):
    await storage.put("a", b"x")
    await storage.check()


async def test_a_missing_source_file_is_an_error_and_writes_nothing(storage: Storage, tmp_path: Path):
    with pytest.raises(StorageError):
        await storage.put("a", tmp_path / "none")
    assert not await storage.exists("a")


async def test_a_killed_writers_leftovers_are_not_objects(folder_storage: Storage, tmp_path: Path):
    await folder_storage.put("a/b", b"x")
    (tmp_path / "objects with space" / "a" / "b#1").write_bytes(b"half")
    assert await folder_storage.list("a") == ["a/b"]


async def test_a_folder_that_is_gone_fails_its_check(folder_storage: Storage, tmp_path: Path):
    (tmp_path / "objects with space").rmdir()
    with pytest.raises(StorageError, match="objects with space"):
        await folder_storage.check()


async def test_a_bucket_that_does_not_exist_fails_the_check_by_name(s3_settings: Any, make_settings: Any):
    other = make_settings(
        "s3://no-such-bucket", s3_settings.storage_endpoint,
        storage_key_id=s3_settings.storage_key_id, storage_secret=s3_settings.storage_secret,
    )  # fmt: skip
    with pytest.raises(StorageError, match="no-such-bucket"):
        await open_storage(other).check()


async def test_a_wrong_secret_fails_and_is_not_told(s3_settings: Any, make_settings: Any):
    wrong = make_settings(
        s3_settings.storage_url, s3_settings.storage_endpoint,
        storage_key_id=s3_settings.storage_key_id, storage_secret=type(s3_settings.storage_secret)("wrong-secret"),
    )  # fmt: skip
    with pytest.raises(StorageError) as caught:
        await open_storage(wrong).check()
    assert "wrong-secret" not in str(caught.value)


async def test_an_s3_that_nobody_serves_fails_as_something_that_may_pass(make_settings: Any, unserved_port: int):
    storage = open_storage(make_settings("s3://songs", f"http://127.0.0.1:{unserved_port}"))
    with pytest.raises(StorageError) as caught:
        await storage.check()
    assert caught.value.retryable
