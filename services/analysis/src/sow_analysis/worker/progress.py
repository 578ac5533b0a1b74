"""How far a job is, from the stage that it is in: shares of the whole, by how long stages take on most songs."""

from __future__ import annotations

import time
from types import MappingProxyType

from sow_analysis.metrics import Metrics

FETCH = "fetch"
"""The stage before the work's own: the recording is brought here."""

_PARTS = MappingProxyType(
    {
        FETCH: (0.0, 0.03),
        # Of timed lyrics
        "decode": (0.03, 0.06),
        "models": (0.06, 0.10),
        "hear": (0.10, 0.50),
        "roadmap": (0.50, 0.52),
        "align": (0.52, 0.98),
        "verify": (0.98, 1.0),
        # Of an analysis: where the song is separated, that takes nearly all the time
        "separate": (0.10, 0.90),
        "structure": (0.10, 0.90),
        "analyse": (0.03, 1.0),
    }
)


class Gauge:
    """The progress of one run. It never falls, whatever order the stages come in."""

    def __init__(self) -> None:
        self.stage = FETCH
        self.progress = 0.0

    def set(self, stage: str, share: float) -> None:
        """Note the stage and how much of it is done."""
        start, end = _PARTS.get(stage, (self.progress, self.progress))
        self.stage = stage
        self.progress = max(self.progress, round(start + (end - start) * min(max(share, 0.0), 1.0), 4))


class Stages:
    """Takes what one run tells of its stages: on to its gauge, and how long each took to the metrics."""

    def __init__(self, gauge: Gauge, metrics: Metrics) -> None:
        self._gauge = gauge
        self._metrics = metrics
        self._stage: str | None = None
        self._began = 0.0

    def __call__(self, stage: str, share: float) -> None:
        """Note the stage and how much of it is done."""
        self.enter(stage)
        self._gauge.set(stage, share)

    def enter(self, stage: str) -> None:
        """Measure this stage's time from now on; no news if it is being measured already."""
        if stage == self._stage:
            return
        self.leave()
        self._stage, self._began = stage, time.monotonic()

    def leave(self) -> None:
        """End the stage that is being measured, if there is one."""
        if self._stage is not None:
            self._metrics.stage_ended(self._stage, time.monotonic() - self._began)
        self._stage = None
