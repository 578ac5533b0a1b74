"""What sections are laid on: the bars of a song as places in time, and the letters of groups."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from music_analysis.document import Beat

Wide = NDArray[np.float64]

_BEATS = 4  # that are taken for a bar where none were found
_SECONDS = 2.0  # of a bar, where there are no beats


@dataclass(frozen=True, eq=False)
class Grid:
    """Where bars begin, and how long they are."""

    starts: Wide = field(repr=False)
    """Seconds, in order; every beat where beats are known but not bars, empty where there are no beats."""
    bar_seconds: float
    """The usual length of a bar."""

    @classmethod
    def of(cls, beats: Sequence[Beat]) -> Grid:
        times = np.array([beat.time_seconds for beat in beats])
        downbeats = np.array([beat.time_seconds for beat in beats if beat.position == 1])
        if downbeats.size > 1:
            return cls(downbeats, float(np.median(np.diff(downbeats))))
        if times.size > 1:
            return cls(times, _BEATS * float(np.median(np.diff(times))))
        return cls(np.zeros(0), _SECONDS)

    def nearest(self, seconds: float) -> float | None:
        """The start of a bar that lies nearest."""
        return float(self.starts[np.abs(self.starts - seconds).argmin()]) if self.starts.size else None


def letter_of(index: int) -> str:
    """A to Z, then A' to Z', and so on, as JAMS wants them."""
    return chr(ord("A") + index % 26) + "'" * (index // 26)
