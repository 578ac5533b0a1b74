"""How long to wait before the next run of a job."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Backoff:
    """Pauses that double: `first` seconds, then twice that, up to `longest`; `runs` runs in all."""

    first: float = 5.0
    longest: float = 300.0
    runs: int = 3

    def pause(self, failures: int) -> float | None:
        """Seconds to wait after so many failed runs; None to give up."""
        if failures >= self.runs:
            return None
        return min(self.longest, self.first * 2 ** (failures - 1))
