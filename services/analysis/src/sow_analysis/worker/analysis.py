"""Jobs for an analysis: an engine process listens, unless the recording has an analysis already.

The analysis is in the storage before the job is completed. Should the job be cancelled or taken in between, that does
no harm: an analysis hangs on the recording alone, so whoever else makes it makes the same.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from music_analysis import MusicAnalysis
from sow_analysis.jobs import Job, JobKind, Outcome
from sow_analysis.settings import Settings
from sow_analysis.songs import AnalysisStore, StoredAnalysis
from sow_analysis.worker.engine import EnginePool
from sow_analysis.worker.progress import Stages
from sow_analysis.worker.work import Done


class AnalysisWork:
    """Analyses recordings. `settings` and the rest are what the process has."""

    kind = JobKind.ANALYZE

    def __init__(self, settings: Settings, analyses: AnalysisStore, engines: EnginePool) -> None:
        self._settings = settings
        self._analyses = analyses
        self._engines = engines

    async def do(self, job: Job, content_hash: str, audio: Path, stages: Stages) -> Done:
        """Analyse the recording of one job."""
        warnings: list[str] = []
        force = bool(job.request["options"].get("force", False))
        stored = None if force else await self._analyses.find(content_hash)
        was_there = stored is not None
        if stored is None:
            arguments = {"audio": str(audio), "max_seconds": self._settings.max_audio_seconds}
            answer = await self._engines.run("analyse", arguments, stages)
            stages.leave()
            warnings += answer["warnings"]
            analysis = await asyncio.to_thread(MusicAnalysis.from_json, answer["document"])
            stored = await self._analyses.put(content_hash, analysis)
        brought = {**_summary(stored), "was_there": was_there}

        async def deliver(_connection: AsyncConnection) -> Outcome:
            return Outcome(brought, (), warnings)

        return Done(stored.analysis.duration_seconds, deliver)


def _summary(stored: StoredAnalysis) -> Mapping[str, Any]:
    """What lists want to know, and where the rest is."""
    analysis = stored.analysis
    tempo, key, bars = analysis.tempo, analysis.key, analysis.time_signature
    return {
        "content_hash": stored.content_hash,
        "analysis_url": f"/api/v1/songs/{stored.content_hash}/analysis",
        "etag": stored.etag,
        "duration_seconds": analysis.duration_seconds,
        "tempo_bpm": tempo.bpm if tempo else None,
        "tempo_confidence": tempo.confidence if tempo else None,
        "key": f"{key.tonic} {key.mode}" if key else None,
        "key_confidence": key.confidence if key else None,
        "time_signature": f"{bars.numerator}/{bars.denominator}" if bars else None,
        "integrated_lufs": analysis.loudness.integrated_lufs,
    }
