"""Analyses that two jobs make of one recording at the same time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from music_analysis import Loudness, MusicAnalysis, Waveform
from sow_analysis.metrics import Metrics
from sow_analysis.settings import Settings
from sow_analysis.songs import AnalysisStore, StemStore
from sow_analysis.storage import open_storage
from sow_analysis.worker import AnalysisWork
from sow_analysis.worker.progress import Gauge, Stages

pytestmark = pytest.mark.anyio

SONG = "ab" * 32
FAST = MusicAnalysis(60.0, Loudness(-14.0, 6.0, -0.3), Waveform(2, (-0.5,) * 120, (0.25,) * 120))
FULL = replace(FAST, tier="full")


class SlowEngines:
    """Give a fast analysis; before it is done, another job has kept a full one."""

    def __init__(self, analyses: AnalysisStore) -> None:
        self._analyses = analyses

    async def run(self, _task: str, _arguments: Mapping[str, Any], _tell: Stages) -> dict[str, Any]:
        await self._analyses.put(SONG, FULL)
        return {"document": FAST.to_json(), "warnings": [], "stems": []}


async def test_a_fast_analysis_does_not_replace_a_full_one_that_was_made_meanwhile(tmp_path: Path):
    settings = Settings(data_dir=tmp_path)
    storage = open_storage(settings)
    analyses = AnalysisStore(storage)
    engines: Any = SlowEngines(analyses)
    job: Any = SimpleNamespace(request={"options": {}})
    (folder := tmp_path / "job").mkdir()
    work = AnalysisWork(settings, analyses, StemStore(storage), engines)
    await work.do(job, SONG, folder / "song.flac", Stages(Gauge(), Metrics()))
    assert (await analyses.get(SONG)).analysis == FULL
