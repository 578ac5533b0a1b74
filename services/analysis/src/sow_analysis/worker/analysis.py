"""Jobs for an analysis, and for stems: an engine process listens, unless the recording has them already.

A full analysis is never replaced by a fast one. Stems that were made before are not made again, and a full analysis
takes the voice from them. What was made is in the storage before the job is completed. Should the job be cancelled or
taken in between, that does no harm: it hangs on the recording alone, so whoever else makes it makes the same.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from music_analysis import MusicAnalysis
from sow_analysis.jobs import Job, JobKind, Outcome
from sow_analysis.music_models import STEMS
from sow_analysis.separation import DEFAULT_STEM_MODEL, VOCALS
from sow_analysis.settings import Settings
from sow_analysis.songs import AnalysisStore, StemStore, StoredAnalysis, StoredStem
from sow_analysis.worker.engine import EnginePool
from sow_analysis.worker.progress import Stages
from sow_analysis.worker.work import Done


class AnalysisWork:
    """Analyses recordings. `settings` and the rest are what the process has."""

    kind = JobKind.ANALYZE

    def __init__(self, settings: Settings, analyses: AnalysisStore, stems: StemStore, engines: EnginePool) -> None:
        self._settings = settings
        self._analyses = analyses
        self._stems = stems
        self._engines = engines

    async def do(self, job: Job, content_hash: str, audio: Path, stages: Stages) -> Done:
        """Analyse the recording of one job, and separate it if that is wanted."""
        asked = _Asked.of(job.request["options"], self._settings.separating)
        stored = await self._analyses.find(content_hash)
        stems = await self._stems.of_model(content_hash, asked.stem_model)
        was_there = (
            not asked.force
            and stored is not None
            and (stored.analysis.tier == "full" or not asked.full)
            and (bool(stems) or not asked.stems)
        )
        warnings: list[str] = []
        if stored is None or not was_there:
            known_as_full = stored is not None and stored.analysis.tier == "full"
            wanted = replace(asked, full=asked.full or known_as_full, stems=asked.stems and (asked.force or not stems))
            stored, warnings = await self._made(content_hash, audio, wanted, stems, stages)
        brought = {**_summary(stored), "was_there": was_there}
        if asked.stems:
            brought |= {"stems_url": f"/api/v1/songs/{content_hash}/stems", "stem_model": asked.stem_model}

        async def deliver(_connection: AsyncConnection) -> Outcome:
            return Outcome(brought, (), warnings)

        return Done(stored.analysis.duration_seconds, deliver)

    async def _made(
        self, content_hash: str, audio: Path, asked: _Asked, stems: Sequence[StoredStem], stages: Stages
    ) -> tuple[StoredAnalysis, list[str]]:
        """What was asked for, made and kept. `stems` were made before."""
        folder = audio.parent / "stems"
        await asyncio.to_thread(folder.mkdir)
        wanted: dict[str, Any] = {
            "tier": "full" if asked.full else "fast",
            "stem_model": asked.stem_model,
            "music_models": self._settings.music_models_command,
        }
        if asked.stems:
            wanted["stems"] = str(folder)
        elif asked.full and stems and not asked.force:
            wanted["separated"] = str(folder)
            for_music_models = self._settings.music_models and {stem.name for stem in stems} >= set(STEMS)
            for stem in stems:
                if stem.name == VOCALS or for_music_models:
                    await self._stems.download(stem, folder / f"{stem.name}.flac")
        arguments = {"audio": str(audio), "max_seconds": self._settings.max_audio_seconds, "wanted": wanted}
        answer = await self._engines.run("analyse", arguments, stages)
        stages.leave()
        if asked.stems:
            await self._stems.put(content_hash, asked.stem_model, [Path(stem) for stem in answer["stems"]])
        analysis = await asyncio.to_thread(MusicAnalysis.from_json, answer["document"])
        if not asked.full:
            there = await self._analyses.find(content_hash)
            if there is not None and there.analysis.tier == "full":  # another job has made it meanwhile
                return there, answer["warnings"]
        return await self._analyses.put(content_hash, analysis), answer["warnings"]


@dataclass(frozen=True, slots=True)
class _Asked:
    """The job's options."""

    full: bool
    stems: bool
    stem_model: str
    force: bool

    @classmethod
    def of(cls, options: Mapping[str, Any], offered: Sequence[str]) -> _Asked:
        """As the request has them; those that it lacks are of a time before they were there."""
        return cls(
            options.get("tier") == "full",
            bool(options.get("generate_stems")),
            options.get("stem_model") or next(iter(offered), DEFAULT_STEM_MODEL),
            bool(options.get("force")),
        )


def _summary(stored: StoredAnalysis) -> Mapping[str, Any]:
    """What lists want to know, and where the rest is."""
    analysis = stored.analysis
    tempo, key, bars = analysis.tempo, analysis.key, analysis.time_signature
    return {
        "content_hash": stored.content_hash,
        "analysis_url": f"/api/v1/songs/{stored.content_hash}/analysis",
        "etag": stored.etag,
        "tier": analysis.tier,
        "duration_seconds": analysis.duration_seconds,
        "tempo_bpm": tempo.bpm if tempo else None,
        "tempo_confidence": tempo.confidence if tempo else None,
        "key": f"{key.tonic} {key.mode}" if key else None,
        "key_confidence": key.confidence if key else None,
        "time_signature": f"{bars.numerator}/{bars.denominator}" if bars else None,
        "sections": len(analysis.sections),
        "integrated_lufs": analysis.loudness.integrated_lufs,
    }
