"""Uploads."""

from __future__ import annotations

import hashlib
from pathlib import Path

import httpx2
import pytest
from callers import Opener

pytestmark = pytest.mark.anyio


async def test_an_upload_is_known_by_its_content(client: httpx2.AsyncClient, recording: bytes, tmp_path: Path):
    headers = {"X-Filename": "Morning%20Light.WAV"}
    first = await client.post("/audio", content=recording, headers=headers)
    again = await client.post("/audio", content=recording)

    content_hash = hashlib.sha256(recording).hexdigest()
    assert first.status_code == again.status_code == 201
    assert first.json() == again.json()
    assert first.json() == {
        "audio_url": f"sow://audio/{content_hash}",
        "content_hash": content_hash,
        "duration_seconds": 1.0,
    }
    assert (tmp_path / content_hash / "audio.wav").read_bytes() == recording


@pytest.mark.parametrize("filename", ["../../etc/passwd", "a.b/c", "x.%00", "x." + "y" * 50])
async def test_a_files_name_leads_nowhere(client: httpx2.AsyncClient, recording: bytes, tmp_path: Path, filename: str):
    answer = await client.post("/audio", content=recording, headers={"X-Filename": filename})

    assert answer.status_code == 201
    folder = tmp_path / answer.json()["content_hash"]
    assert [path.name for path in folder.iterdir()] == ["audio.bin"]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"just text",
        b"#EXTM3U\nhttp://example.com/a.mp3\n",
        b"ffconcat version 1.0\nfile /etc/passwd\n",
        bytes(5000),
    ],
)
async def test_what_is_no_recording_is_refused_and_not_kept(client: httpx2.AsyncClient, tmp_path: Path, content: bytes):
    answer = await client.post("/audio", content=content)

    assert (answer.status_code, answer.json()["code"]) == (422, "audio_unreadable")
    assert answer.json()["detail"].startswith("The file is ")
    assert not list(tmp_path.glob("*/audio.*"))


async def test_an_upload_beyond_the_limit_is_refused_announced_or_not(opened: Opener, recording: bytes):
    async def in_pieces():
        for start in range(0, len(recording), 1000):
            yield recording[start : start + 1000]

    async with opened(max_upload_bytes=10_000) as client:
        for content in (recording, in_pieces()):
            answer = await client.post("/audio", content=content)
            assert (answer.status_code, answer.json()["code"]) == (413, "too_large")
            assert answer.headers["content-type"] == "application/problem+json"
            assert "10000 bytes" in answer.json()["detail"]


async def test_an_upload_longer_than_the_limit_is_refused(opened: Opener, recording: bytes):
    async with opened(max_audio_seconds=0.5) as client:
        answer = await client.post("/audio", content=recording)

    assert (answer.status_code, answer.json()["code"]) == (422, "audio_too_long")
