"""Jobs for timed lyrics: an engine process times them, unless the same was worked out before.

At least once becomes exactly once at the end: the new version of the song's lyrics and the job's completion are one
transaction, which the database refuses unless this worker still holds the job.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy.ext.asyncio import AsyncConnection

from lyric_timing import formats, parse_sheet
from lyric_timing.errors import LyricTimingError
from sow_analysis.caches import ResultCache, ResultKey
from sow_analysis.jobs import Job, JobKind, Outcome
from sow_analysis.lrc import LrcResult
from sow_analysis.metrics import Metrics
from sow_analysis.settings import Settings
from sow_analysis.songs import LyricsStore, Publisher, VersionInfo
from sow_analysis.worker.engine import EnginePool
from sow_analysis.worker.outside import Outside
from sow_analysis.worker.progress import FETCH, Stages
from sow_analysis.worker.version import pipeline_version
from sow_analysis.worker.work import Done

_results = TypeAdapter(LrcResult)


class LrcWork:
    """Times lyrics. `settings`, `metrics` and the rest are what the process has."""

    kind = JobKind.LRC

    def __init__(
        self,
        settings: Settings,
        lyrics: LyricsStore,
        publisher: Publisher,
        cache: ResultCache,
        engines: EnginePool,
        outside: Outside,
        metrics: Metrics,
    ) -> None:
        self._settings = settings
        self._lyrics = lyrics
        self._publisher = publisher
        self._cache = cache
        self._engines = engines
        self._outside = outside
        self._metrics = metrics

    async def do(self, job: Job, content_hash: str, audio: Path, stages: Stages) -> Done:
        """Time the lyrics of one job."""
        result = await self._result(job.request, content_hash, audio, stages)
        document = await asyncio.to_thread(formats.write, result.lyrics, "json")
        force = bool(job.request["options"].get("force", False))
        kept: list[VersionInfo] = []

        async def deliver(connection: AsyncConnection) -> Outcome:
            version = await self._lyrics.put_result(connection, content_hash, document, job.id, force=force)
            kept.append(version)
            return _outcome(result, version)

        async def publish() -> None:
            await self._publisher.publish_or_leave(kept[-1])

        return Done(result.lyrics.duration, deliver, publish)

    async def _result(self, request: Mapping[str, Any], content_hash: str, audio: Path, stages: Stages) -> LrcResult:
        options: Mapping[str, Any] = request["options"]
        version = await asyncio.to_thread(pipeline_version, self._settings.pipeline)
        key = ResultKey(
            content_hash,
            ResultKey.hash_text(request["lyrics_text"]),
            self._outside.key(request),
            version,
        )
        if options.get("use_cache", True):
            cached = await asyncio.to_thread(self._cache.get, key)
            self._metrics.cache_looked_up("result", hit=cached is not None)
            if cached is not None:
                return cached
        stages.enter(FETCH)
        reach = await self._outside.reach(request, await asyncio.to_thread(_language, request))
        stages.leave()
        arguments: dict[str, Any] = {
            "pipeline": self._settings.pipeline,
            "audio": str(audio),
            "lyrics_text": request["lyrics_text"],
            "title": request.get("song_title"),
            "options": {**options, "youtube_url": request.get("youtube_url")},
            "max_seconds": self._settings.max_audio_seconds,
            "reach": reach.plain(),
        }
        if options.get("use_cache", True):
            arguments |= {
                "cache_dir": str(self._settings.cache_dir),
                "cache_max_bytes": self._settings.cache_max_bytes,
            }
        answer = await self._engines.run("time_lyrics", arguments, stages)
        stages.leave()
        if (recalled := answer.pop("recalled", None)) is not None:
            self._metrics.cache_looked_up("transcription", hit=recalled)
        result = _results.validate_python(answer)
        for attempt in result.attempts:
            self._metrics.engine_ended(attempt.step, attempt.engine, attempt.outcome, attempt.seconds)
        if not any(attempt.can_pass for attempt in result.attempts):  # else the next run may do better
            await asyncio.to_thread(self._cache.put, key, result)
        return result


def _outcome(result: LrcResult, version: VersionInfo) -> Outcome:
    """What the job's row says of a result that has become a version."""
    warnings = list(result.warnings)
    if not version.is_current:
        warnings.append(
            f"This song's lyrics were edited by hand, so they stay; this result is version {version.number}."
        )
    brought = {
        "content_hash": version.content_hash,
        "version": version.number,
        "is_current": version.is_current,
        "etag": version.etag,
        "lyrics_url": f"/api/v1/songs/{version.content_hash}/lyrics.lrc?version={version.number}",
        "line_count": len(result.lyrics.lines),
        "duration_seconds": result.lyrics.duration,
        "language": result.lyrics.language,
        "confidence": round(result.confidence, 4),
        "doubtful": list(result.doubtful),
    }
    return Outcome(brought, [asdict(attempt) for attempt in result.attempts], warnings)


def _language(request: Mapping[str, Any]) -> str | None:
    """The sung language, as far as it is known before anyone has listened."""
    if language := request["options"].get("language"):
        return language
    try:
        return parse_sheet(request["lyrics_text"]).language
    except LyricTimingError:  # the engine's process will say so
        return None
