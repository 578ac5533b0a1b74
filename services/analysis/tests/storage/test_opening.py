from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from sow_analysis.errors import StorageMisconfiguredError
from sow_analysis.storage import open_storage

Make = Callable[..., Any]


def test_a_folder_is_made_when_it_is_opened(make_settings: Make, tmp_path: Path):
    open_storage(make_settings((tmp_path / "new" / "folder").as_uri()))
    assert (tmp_path / "new" / "folder").is_dir()


@pytest.mark.parametrize(
    "url",
    [
        "",
        "objects",
        "/objects",
        "file://objects",
        "file://host/objects",
        "http://host/bucket",
        "s3://",
        "s3:///prefix",
        "s3://bucket/../x",
        "s3://bucket/a b",
        "s3://bucket?x=1",
        "s3://key:secret@bucket",
        "s3://[bucket",
    ],
)
def test_a_url_that_names_no_storage_is_refused(make_settings: Make, url: str):
    with pytest.raises(StorageMisconfiguredError) as caught:
        open_storage(make_settings(url))
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("half", [{"storage_key_id": "id"}, {"storage_secret": SecretStr("hush")}])
def test_half_an_access_key_is_refused(make_settings: Make, half: dict[str, Any]):
    with pytest.raises(StorageMisconfiguredError, match="only one is set") as caught:
        open_storage(make_settings("s3://bucket", **half))
    assert "hush" not in str(caught.value)


def test_a_folder_that_cannot_be_made_is_named(make_settings: Make, tmp_path: Path):
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(StorageMisconfiguredError, match="file/folder"):
        open_storage(make_settings((tmp_path / "file" / "folder").as_uri()))


def test_only_urls_of_the_own_bucket_and_prefix_name_a_key(make_settings: Make, tmp_path: Path):
    storage = open_storage(make_settings("s3://songs/church", "http://127.0.0.1:1"))
    assert storage.key_of_url("s3://songs/church/a/audio.mp3") == "a/audio.mp3"
    for url in (
        "s3://songs/a",
        "s3://songs/churchyard/a",
        "s3://songs/church/",
        "s3://songs/church/../a",
        "s3://other/church/a",
        "s3://songs/church/%2e%2e/a",
        "s3://songs@evil/church/a",
        "https://songs/church/a",
        "s3://songs/church/a?x",
        "s3:church/a",
    ):
        assert storage.key_of_url(url) is None, url
    assert open_storage(make_settings(tmp_path.as_uri())).key_of_url("s3://None/a") is None
