"""How much may be at work at once. What is beyond is sent away at once, which is better than waiting for a time-out."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass

from qwen3_align.busy import SaturatedError

_LEAST_RETRY = 1.0
_MOST_RETRY = 600.0
_UNKNOWN_RETRY = 10.0


@dataclass
class Ticket:
    """One request that was let in, and the sound that it brought."""

    audio_seconds: float = 0.0


class Admission:
    """Counts the open requests and their sound.

    Args:
        max_requests: that may be open.
        max_seconds: of sound that may be in them. A recording that is longer than this is let in when it is alone.
        seconds_for: how long the model will take for so much sound, if that is known.
    """

    def __init__(self, max_requests: int, max_seconds: float, seconds_for: Callable[[float], float | None]) -> None:
        self._max_requests = max_requests
        self._max_seconds = max_seconds
        self._seconds_for = seconds_for
        self._tickets: list[Ticket] = []

    @property
    def open(self) -> int:
        """Requests that have been let in and not been answered."""
        return len(self._tickets)

    @property
    def audio_seconds(self) -> float:
        """The sound in them, as far as it is known."""
        return sum(ticket.audio_seconds for ticket in self._tickets)

    @contextmanager
    def enter(self) -> Generator[Ticket]:
        """Let a request in, until it ends.

        Raises:
            SaturatedError: there are too many.
        """
        if len(self._tickets) >= self._max_requests:
            raise self._saturated(f"{len(self._tickets)} songs are being aligned, which is as many as are allowed.")
        ticket = Ticket()
        self._tickets.append(ticket)
        try:
            yield ticket
        finally:
            self._tickets.remove(ticket)

    def bring(self, ticket: Ticket, seconds: float) -> None:
        """Note a request's sound, now that its length is known.

        Raises:
            SaturatedError: there is too much already.
        """
        there = self.audio_seconds
        if there and there + seconds > self._max_seconds:
            raise self._saturated(
                f"{there:.0f} s of sound are being aligned; with this song they would be more than the "
                f"{self._max_seconds:.0f} s that are allowed."
            )
        ticket.audio_seconds = seconds

    def _saturated(self, message: str) -> SaturatedError:
        wait = self._seconds_for(self.audio_seconds / max(1, len(self._tickets)))
        retry = _UNKNOWN_RETRY if wait is None else min(max(wait, _LEAST_RETRY), _MOST_RETRY)
        return SaturatedError(f"{message} Ask again in {retry:.0f} s.", retry)
