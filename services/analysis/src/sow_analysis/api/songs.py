"""A song's timed lyrics: reading them in any format, putting an edited version, listing versions."""

from __future__ import annotations

import asyncio
from enum import StrEnum
from typing import Annotated

from fastapi import APIRouter, Header, Query, Request, Response

from lyric_timing import formats
from lyric_timing.errors import FormatError
from sow_analysis.api.codes import responses
from sow_analysis.api.conditions import etags, has
from sow_analysis.api.context import ContentHash, Runtime
from sow_analysis.api.documents import VersionDocument, VersionList
from sow_analysis.songs.lyrics import Condition
from sow_web.problems import ProblemError

router = APIRouter(prefix="/songs/{content_hash}", tags=["songs"])


class FormatName(StrEnum):
    """The formats of `lyric_timing.formats`."""

    LRC = "lrc"
    ELRC = "elrc"
    SRT = "srt"
    VTT = "vtt"
    ASS = "ass"
    TTML = "ttml"
    JSON = "json"


_JSON = "application/json"
_EXAMPLE = "[00:12.00]Morning light is breaking\n[00:15.50]Over sea and stone\n"


@router.get(
    "/lyrics.{format_name}",
    response_class=Response,
    responses={
        **responses("lyrics_not_found"),
        200: {
            "description": "The lyrics.",
            "content": {"text/plain": {"schema": {"type": "string"}, "example": _EXAMPLE}},
            "headers": {"ETag": {"description": "Names this version.", "schema": {"type": "string"}}},
        },
        304: {"description": "The caller has this version already."},
    },
)
async def get_lyrics(
    content_hash: ContentHash,
    format_name: FormatName,
    runtime: Runtime,
    version: Annotated[int | None, Query(ge=1, le=2**31 - 1, description="Default: the current one.")] = None,
    if_none_match: Annotated[str | None, Header(max_length=2000, description="ETags that the caller has.")] = None,
) -> Response:
    """Give a song's timed lyrics in a format."""
    found = await runtime.lyrics.get(content_hash, version)
    headers = {"ETag": found.info.etag, "Cache-Control": "no-cache"}
    if has(if_none_match, found.info.etag):
        return Response(status_code=304, headers=headers)
    form = formats.FORMATS[format_name.value]
    text = await asyncio.to_thread(_converted, found.document, form.name)
    return Response(text, media_type=form.media_type, headers=headers)


@router.put(
    "/lyrics",
    responses={
        **responses("too_large", "request_invalid", "lyrics_unusable", "edited_meanwhile", "precondition_missing"),
        200: {"headers": {"ETag": {"description": "Names the new version.", "schema": {"type": "string"}}}},
    },
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {
                "text/plain": {"schema": {"type": "string"}, "example": _EXAMPLE},
                _JSON: {"schema": {"type": "object"}},
            },
        }
    },
)
async def put_lyrics(
    content_hash: ContentHash,
    runtime: Runtime,
    request: Request,
    response: Response,
    if_match: Annotated[
        str | None, Header(max_length=2000, description="ETag of the version that was edited; `*` for whichever.")
    ] = None,
    if_none_match: Annotated[str | None, Header(max_length=2000, description="`*`: there must be none yet.")] = None,
) -> VersionDocument:
    """Make edited lyrics the current version. Older versions stay, and no job overwrites an edit unless it is told to.

    The body is timed lyrics in any format that there is.
    """
    if if_none_match not in (None, "*"):
        raise ProblemError("request_invalid", "If-None-Match takes only * here.")
    condition = Condition(tuple(etags(if_match or "")), if_none_match == "*")
    document = await asyncio.to_thread(_document, await request.body(), request.headers.get("content-type", ""))
    info = await runtime.lyrics.put_edit(content_hash, document, condition)
    await runtime.publisher.publish_or_leave(info)
    response.headers["ETag"] = info.etag
    return VersionDocument.of(info)


@router.get("/lyrics/versions", responses=responses("lyrics_not_found"))
async def list_versions(content_hash: ContentHash, runtime: Runtime) -> VersionList:
    """List every version of a song's lyrics, the newest first."""
    return VersionList(versions=[VersionDocument.of(info) for info in await runtime.lyrics.list(content_hash)])


def _converted(document: str, format_name: str) -> str:
    return document if format_name == "json" else formats.write(formats.read(document, "json"), format_name)


def _document(body: bytes, content_type: str) -> str:
    """Timed lyrics in any format as our JSON."""
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise FormatError("The lyrics are not in UTF-8.") from error
    lyrics = formats.read(text, _named(content_type))
    if not lyrics.lines:
        raise FormatError("There is no line in these lyrics.")
    return formats.write(lyrics, "json")


def _named(content_type: str) -> str | None:
    """The format that a media type stands for; None where the text must tell."""
    media_type = content_type.partition(";")[0].strip().lower()
    for form in formats.FORMATS.values():
        if form.media_type == media_type and media_type != "text/plain":
            return form.name
    return None
