"""Uploads: the recording is streamed to disk, hashed on the way, looked into, and put into the storage."""

from __future__ import annotations

import hashlib
import tempfile
from pathlib import Path
from typing import Annotated
from urllib.parse import unquote

import anyio
from fastapi import APIRouter, Header, Request

from sow_analysis.api.codes import responses
from sow_analysis.api.context import Runtime
from sow_analysis.api.documents import UploadDocument
from sow_analysis.fetching import upload_url
from sow_analysis.songs import Recording
from sow_analysis.songs.recordings import FILE_NAME

_WRITE_BYTES = 1 << 20


def router(max_bytes: int) -> APIRouter:
    """The routes of uploads, which may be that large."""
    made = APIRouter(tags=["audio"])
    made.add_api_route(
        "/audio",
        upload,
        methods=["POST"],
        status_code=201,
        max_body_size=max_bytes,
        responses=responses("too_large", "audio_unreadable", "audio_too_long", "engine_crashed", "storage_failed"),
        openapi_extra={
            "requestBody": {
                "required": True,
                "description": "The file's bytes, as they are.",
                "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
            }
        },
    )
    return made


async def upload(
    request: Request,
    runtime: Runtime,
    x_filename: Annotated[
        str | None, Header(max_length=1000, description="The file's name, percent-encoded. Only its suffix is kept.")
    ] = None,
) -> UploadDocument:
    """Store a recording.

    The body is the file itself, of any kind that holds sound. The same file again is recognised by its content.
    """
    with tempfile.TemporaryDirectory(prefix="sow-upload-") as folder:
        path = Path(folder) / FILE_NAME
        content_hash = await _receive(request, path)
        known = await runtime.recordings.find(content_hash)
        if known is not None and await runtime.storage.exists(known.storage_key):
            return _document(known)
        arguments = {"audio": str(path), "max_seconds": runtime.settings.max_audio_seconds}
        found = await runtime.engines.run("probe", arguments, lambda _stage, _share: None)
        name = unquote(x_filename or "")
        return _document(await runtime.recordings.keep(path, content_hash, name, found["duration"]))


async def _receive(request: Request, path: Path) -> str:
    digest, waiting = hashlib.sha256(), bytearray()
    async with await anyio.open_file(path, "wb") as file:

        async def flush() -> None:
            await anyio.to_thread.run_sync(digest.update, bytes(waiting))
            await file.write(bytes(waiting))
            waiting.clear()

        async for piece in request.stream():
            waiting += piece
            if len(waiting) >= _WRITE_BYTES:
                await flush()
        await flush()
    return digest.hexdigest()


def _document(recording: Recording) -> UploadDocument:
    return UploadDocument(
        audio_url=upload_url(recording.content_hash),
        content_hash=recording.content_hash,
        duration_seconds=recording.duration,
    )
