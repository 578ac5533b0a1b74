"""A clock that stands still while nobody sings."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np


class VoiceClock:
    """Turns seconds of the recording into seconds of singing, and back, given where nobody sings.

    Without `silences` both are the same. Silences may overlap, and need no order.
    """

    def __init__(self, silences: Sequence[tuple[float, float]] = ()) -> None:
        times, sung = [0.0], [0.0]
        for start, end in sorted((max(0.0, s), e) for s, e in silences if math.isfinite(s) and math.isfinite(e)):
            start = max(start, times[-1])
            if end > start:
                times += [start, end]
                sung += [sung[-1] + start - times[-3]] * 2
        self._times, self._sung = np.array(times), np.array(sung)

    def sung(self, time: float) -> float:
        """Seconds of singing, or of what may be singing, before this time of the recording."""
        after = max(0.0, time - self._times[-1])
        return float(np.interp(time, self._times, self._sung)) + after

    def between(self, start: float, end: float) -> float:
        """Seconds of singing from start to end; 0 when the end comes first."""
        return max(0.0, self.sung(end) - self.sung(start))

    def trimmed(self, start: float, end: float, least: float) -> tuple[float, float]:
        """The stretch without less than `least` seconds of singing that a silence cuts off at either end of it."""
        for begins, ends in zip(self._times[1::2].tolist(), self._times[2::2].tolist(), strict=True):
            if start <= ends < end and begins < start + least:
                start = ends
        for begins, ends in zip(self._times[-2::-2].tolist(), self._times[::-2].tolist(), strict=False):
            if start < begins <= end and ends > end - least:
                end = begins
        return start, end

    def time(self, sung: float) -> float:
        """The last time in the recording before which there were so many seconds of singing: after a silence."""
        if sung >= self._sung[-1]:
            return float(self._times[-1] + sung - self._sung[-1])
        at = int(np.searchsorted(self._sung, sung, side="right"))
        return float(self._times[at] - (self._sung[at] - sung))
