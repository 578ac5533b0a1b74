"""How far a job is, from the stage that it is in: shares of the whole, by how long stages take on most songs."""

from __future__ import annotations

from types import MappingProxyType

FETCH = "fetch"
"""The stage before the pipeline's own: the recording is brought here."""

_PARTS = MappingProxyType(
    {
        FETCH: (0.0, 0.03),
        "decode": (0.03, 0.06),
        "models": (0.06, 0.10),
        "hear": (0.10, 0.50),
        "roadmap": (0.50, 0.52),
        "align": (0.52, 0.98),
        "verify": (0.98, 1.0),
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
