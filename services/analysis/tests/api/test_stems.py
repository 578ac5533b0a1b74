"""Stems through the door: those of a model are there when all of them are."""

from __future__ import annotations

from pathlib import Path

import httpx2
import pytest
from callers import Opener

pytestmark = pytest.mark.anyio

SONG = "ab" * 32
STEMS = f"/songs/{SONG}/stems"


@pytest.fixture
def objects(tmp_path: Path) -> Path:
    """The storage, with both stems of one model and two of the four of another."""
    for name in ("spleeter-2stems/vocals", "spleeter-2stems/accompaniment", "htdemucs/vocals", "htdemucs/drums"):
        path = tmp_path / "objects" / SONG / "stems" / f"{name}.flac"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(name.encode())
    return tmp_path / "objects"


async def codes_of(client: httpx2.AsyncClient, *paths: str) -> list[tuple[int, str]]:
    answers = [await client.get(path) for path in paths]
    return [(answer.status_code, answer.json()["code"]) for answer in answers]


async def test_stems_are_listed_and_given(opened: Opener, objects: Path):
    async with opened(storage_url=objects.as_uri()) as client:
        listed = (await client.get(STEMS)).json()["stems"]
        file = await client.get(listed[0]["url"].removeprefix("/api/v1"))
        unnamed = await client.get(f"{STEMS}/accompaniment")

    assert [stem["name"] for stem in listed] == ["vocals", "accompaniment"]
    assert file.content == b"spleeter-2stems/vocals"
    assert file.headers["content-type"] == "audio/flac"
    assert file.headers["content-disposition"] == 'attachment; filename="vocals.flac"'
    assert listed[0]["size"] == len(file.content)
    assert unnamed.content == b"spleeter-2stems/accompaniment"


async def test_what_is_no_stem_is_not_given(opened: Opener, objects: Path):
    async with opened(storage_url=objects.as_uri()) as client:
        assert await codes_of(
            client,
            f"{STEMS}/drums",
            f"{STEMS}/vocals?model=htdemucs",
            f"{STEMS}/vocals?model=..",
            f"{STEMS}/vocals?model=unknown",
            f"/songs/{'cd' * 32}/stems/vocals",
            f"{STEMS}/..%2Fvocals",
        ) == [(404, "stem_not_found")] * 5 + [(404, "not_found")]
        assert (await client.get(f"/songs/{'cd' * 32}/stems")).json() == {"stems": []}
        assert await codes_of(client, f"{STEMS}/Vocals.flac") == [(422, "request_invalid")]
