"""A song's stems: which there are, and their files."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query
from fastapi.responses import StreamingResponse

from sow_analysis.api.codes import responses
from sow_analysis.api.context import ContentHash, Runtime
from sow_analysis.api.documents import StemDocument, StemList
from sow_analysis.songs.stems import MEDIA_TYPE

router = APIRouter(prefix="/songs/{content_hash}/stems", tags=["songs"])

_NAME = r"^[a-z][a-z0-9_-]{0,31}$"


@router.get("", responses=responses("storage_failed"))
async def list_stems(content_hash: ContentHash, runtime: Runtime) -> StemList:
    """List a song's stems; there are none before a job with `generate_stems`."""
    return StemList(stems=[StemDocument.of(stem) for stem in await runtime.stems.list(content_hash)])


@router.get(
    "/{name}",
    response_class=StreamingResponse,
    responses={
        **responses("stem_not_found", "storage_failed"),
        200: {
            "description": "The stem as FLAC.",
            "content": {MEDIA_TYPE: {"schema": {"type": "string", "format": "binary"}}},
        },
    },
)
async def get_stem(
    content_hash: ContentHash,
    name: Annotated[str, Path(pattern=_NAME, description="The stem's name.", examples=["vocals"])],
    runtime: Runtime,
    model: Annotated[
        str | None, Query(pattern=r"^[\w.-]{1,64}$", description="What made it. Default: the first that did.")
    ] = None,
) -> StreamingResponse:
    """Give one stem of a song."""
    stem = await runtime.stems.get(content_hash, name, model)
    headers = {
        "Content-Length": str(stem.size),
        "Content-Disposition": f'attachment; filename="{stem.name}.flac"',
    }
    return StreamingResponse(runtime.storage.stream(stem.key), media_type=MEDIA_TYPE, headers=headers)
