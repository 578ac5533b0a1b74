"""Where somebody sings.

With a separated voice it is a matter of level: what a separator leaves of the instruments lies far below the singing.
In the mix it takes a trained detector; one that fits `VoiceDetector` can be given.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from music_analysis.document import VocalActivity, VocalSpan
from music_analysis.frames import RATE, Samples

SEPARATED = "separated"

_STEP = RATE // 10
_SILENT_DB = -25.0
"""Below the voice's loud parts."""
_LEAST_RMS = 10 ** (-60 / 20)
_PAUSE_SECONDS = 0.6
_SHORTEST_SECONDS = 0.3


class VoiceDetector(Protocol):
    """Finds voices in a mix."""

    @property
    def name(self) -> str:
        """For `VocalActivity.source`."""
        ...

    def push(self, samples: Samples) -> None:
        """Take mono sound at `frames.RATE`, block by block."""
        ...

    def finish(self) -> Sequence[tuple[float, float]]:
        """Return starts and ends in seconds, in any order; they may overlap."""
        ...


class SeparatedVoice:
    """Takes a separated voice, mono at `RATE`, block by block. It is a `VoiceDetector`."""

    name = SEPARATED

    def __init__(self) -> None:
        self._held = np.zeros(0, np.float32)
        self._power: list[NDArray[np.float32]] = []

    def push(self, samples: Samples) -> None:
        held = np.concatenate((self._held, samples))
        whole = held.size - held.size % _STEP
        self._power.append((held[:whole].reshape(-1, _STEP) ** 2).mean(axis=1))
        self._held = held[whole:]

    def finish(self) -> list[tuple[float, float]]:
        if self._held.size:
            self._power.append((self._held**2).mean(keepdims=True))
        power = np.concatenate(self._power) if self._power else np.zeros(0, np.float32)
        if not power.size:
            return []
        loud = max(float(np.percentile(power, 90)), 0.1 * float(power.max()))
        active = power > max(loud * 10 ** (_SILENT_DB / 10), _LEAST_RMS**2)
        edges = np.flatnonzero(np.diff(np.concatenate(([False], active, [False])).astype(np.int8))) * _STEP / RATE
        return list(zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True))


def activity(source: str, spans: Iterable[tuple[float, float]], duration: float) -> VocalActivity:
    """In order, joined over breaths, without specks, inside the sound."""
    joined: list[tuple[float, float]] = []
    for start, end in sorted(spans):
        start, end = max(0.0, start), min(duration, end)
        if joined and start - joined[-1][1] < _PAUSE_SECONDS:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        elif end > start:
            joined.append((start, end))
    kept = [span for span in joined if span[1] - span[0] >= _SHORTEST_SECONDS]
    return VocalActivity(source, tuple(VocalSpan(round(start, 3), round(end, 3)) for start, end in kept))
