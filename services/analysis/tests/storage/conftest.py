"""The storages that there are; a test that asks for `storage` runs on each."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from pydantic import SecretStr

from sow_analysis.storage import Storage, open_storage


@dataclass(frozen=True)
class Settings:
    storage_url: str
    storage_endpoint: str | None = None
    storage_region: str = "auto"
    storage_key_id: str | None = None
    storage_secret: SecretStr | None = None


@pytest.fixture
def make_settings() -> Callable[..., Settings]:
    return Settings


@pytest.fixture
def folder_storage(tmp_path: Path) -> Storage:
    return open_storage(Settings((tmp_path / "objects with space").as_uri()))


@pytest.fixture
def s3_settings(request: pytest.FixtureRequest) -> Settings:
    """A bucket and a folder in it that no other test has."""
    server = request.getfixturevalue("s3_server")
    return Settings(
        f"s3://songs/{uuid.uuid4().hex}", server.endpoint,
        storage_key_id=server.key_id, storage_secret=SecretStr(server.secret),
    )  # fmt: skip


@pytest.fixture(params=["folder", "s3"])
def storage(request: pytest.FixtureRequest) -> Storage:
    if request.param == "folder":
        return request.getfixturevalue("folder_storage")
    return open_storage(request.getfixturevalue("s3_settings"))
