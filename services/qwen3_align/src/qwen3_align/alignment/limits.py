"""How much goes into one question to the model."""

from __future__ import annotations

from dataclasses import dataclass

from qwen3_align.clips import LONGEST_SECONDS


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of a clip.

    Raises:
        ValueError: they contradict each other, or the model.
    """

    clip_seconds: float = 60.0
    """How long the service makes clips itself. Long enough for a verse and a chorus, so that the text says which
    chorus it is; short enough that a mistake stays small and the model needs 2 GB rather than 7 GB for 180 s."""
    longest_seconds: float = 120.0
    """How long a clip may become where a shorter one gave nothing to hold on to, and windows of the caller."""
    units_per_second: float = 25.0
    """More words (or characters) than that nobody sings, nor tells apart in steps of 80 ms."""

    def __post_init__(self) -> None:
        if not 0 < self.clip_seconds <= self.longest_seconds <= LONGEST_SECONDS:
            raise ValueError(f"Clips last up to {LONGEST_SECONDS:g} s, and clip_seconds is the shorter limit: {self}.")
        if self.units_per_second <= 0:
            raise ValueError(f"Some words must fit into a second: {self}.")
