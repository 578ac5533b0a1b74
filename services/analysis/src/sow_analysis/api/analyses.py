"""A song's analysis: asking for it, and reading it."""

from __future__ import annotations

import asyncio
from typing import Annotated

from fastapi import APIRouter, Header, Response

from music_analysis import MusicAnalysis, jams
from sow_analysis.api.codes import responses
from sow_analysis.api.conditions import has
from sow_analysis.api.context import ContentHash, Runtime
from sow_analysis.api.documents import AnalysisJobRequest, JobDocument
from sow_analysis.api.submitting import answers, submitted
from sow_analysis.jobs import JobKind
from sow_analysis.songs import LyricsNotFoundError, StoredAnalysis
from sow_web.problems import ProblemError

router = APIRouter()

_JSON = "application/json"
_HEADERS = {"ETag": {"description": "Names this analysis.", "schema": {"type": "string"}}}
_UNCHANGED = {"description": "The caller has this analysis already."}

IfNoneMatch = Annotated[str | None, Header(max_length=2000, description="ETags that the caller has.")]


@router.post(
    "/jobs/analyze", tags=["jobs"], status_code=202, responses=answers("too_large", "request_invalid", "not_offered")
)
async def submit_analysis(request: AnalysisJobRequest, runtime: Runtime, response: Response) -> JobDocument:
    """Ask for a song's tempo, beats, bars, key, sections, loudness, waveform and vocal activity, and for its stems.

    The same request while its job is open gives that job. What was made of a recording before is not made again, unless
    `force` is set.
    """
    options = request.options
    offered = runtime.settings.separating
    if (options.tier == "full" or options.generate_stems) and not offered:
        raise ProblemError("not_offered", "Songs are not separated here: leave out `tier` and `generate_stems`.")
    if options.stem_model is not None and options.stem_model not in offered:
        models = " or ".join(f"`{name}`" for name in offered) or "no"
        raise ProblemError("not_offered", f"Stems are made by {models} model here; SOW_ANALYSIS_STEM_MODELS says so.")
    return await submitted(JobKind.ANALYZE, request, runtime, response)


@router.get(
    "/songs/{content_hash}/analysis",
    tags=["songs"],
    response_class=Response,
    responses={
        **responses("analysis_not_found", "storage_failed"),
        200: {"model": MusicAnalysis, "description": "The analysis.", "headers": _HEADERS},
        304: _UNCHANGED,
    },
)
async def get_analysis(content_hash: ContentHash, runtime: Runtime, if_none_match: IfNoneMatch = None) -> Response:
    """Give a song's analysis. If the song has timed lyrics, they tell its sections too."""
    found = await _found(content_hash, runtime)
    if has(if_none_match, found.etag):
        return Response(status_code=304, headers=_headers(found))
    return Response(found.document, media_type=_JSON, headers=_headers(found))


@router.get(
    "/songs/{content_hash}/analysis.jams",
    tags=["songs"],
    response_class=Response,
    responses={
        **responses("analysis_not_found", "storage_failed"),
        200: {
            "description": "The analysis as JAMS, the annotation format of music research.",
            "content": {_JSON: {"schema": {"type": "object"}}},
            "headers": _HEADERS,
        },
        304: _UNCHANGED,
    },
)
async def get_jams(content_hash: ContentHash, runtime: Runtime, if_none_match: IfNoneMatch = None) -> Response:
    """Give a song's analysis as JAMS."""
    found = await _found(content_hash, runtime)
    if has(if_none_match, found.etag):
        return Response(status_code=304, headers=_headers(found))
    return Response(await asyncio.to_thread(jams.write, found.analysis), media_type=_JSON, headers=_headers(found))


async def _found(content_hash: str, runtime: Runtime) -> StoredAnalysis:
    stored = await runtime.analyses.get(content_hash)
    try:
        lyrics = await runtime.lyrics.get(content_hash)
    except LyricsNotFoundError:
        return stored
    return await asyncio.to_thread(stored.told_by, lyrics.document)


def _headers(found: StoredAnalysis) -> dict[str, str]:
    return {"ETag": found.etag, "Cache-Control": "no-cache"}
