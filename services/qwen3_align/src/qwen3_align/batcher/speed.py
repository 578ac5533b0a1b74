"""How fast the model answers, so that callers who are sent away can be told when to come back."""

from __future__ import annotations

_WEIGHT = 0.2
"""Of the newest batch."""


class Speed:
    """Seconds of sound that are answered in a second: an average in which old batches fade."""

    def __init__(self) -> None:
        self._value: float | None = None

    def note(self, audio_seconds: float, seconds: float) -> None:
        """A batch with so much sound took that long."""
        new = audio_seconds / max(seconds, 1e-3)
        self._value = new if self._value is None else (1 - _WEIGHT) * self._value + _WEIGHT * new

    def seconds_for(self, audio_seconds: float) -> float | None:
        """How long so much sound will take; None before the first batch."""
        return None if self._value is None else audio_seconds / self._value
