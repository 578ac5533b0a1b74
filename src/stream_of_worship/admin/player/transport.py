"""Where in the song the listener is: plays, pauses and seeks, the sound along with it."""

from __future__ import annotations

from collections.abc import Callable

from stream_of_worship.admin.player.sound import Speaker

PATIENCE = 2.0
"""Seconds to wait for the first sound before the lyrics go on without it."""


class Transport:
    """Times are seconds of the recording; `now` is any clock that only goes forward."""

    def __init__(
        self, speaker: Speaker, now: Callable[[], float], *, start: float = 0.0, end: float, speed: float = 1.0
    ) -> None:
        """Paused at `start`."""
        self.speaker = speaker
        self.end = end
        self.speed = speed
        self.playing = False
        self._now = now
        self._anchor = self._within(start)
        self._since = 0.0

    def position(self) -> float:
        """What is heard now."""
        if not self.playing:
            return self._anchor
        elapsed = self._now() - self._since
        lag = self.speaker.lag()
        waiting = min(elapsed, PATIENCE) if lag is None else lag
        return self._within(self._anchor + max(elapsed - waiting, 0.0) * self.speed)

    def finished(self) -> bool:
        return self.position() >= self.end

    def play(self) -> None:
        self.speaker.start(self._anchor)
        self._since = self._now()
        self.playing = True

    def pause(self) -> None:
        self._anchor = self.position()
        self.playing = False
        self.speaker.stop()

    def toggle(self) -> None:
        if self.playing:
            self.pause()
        else:
            self.play()

    def seek(self, position: float) -> None:
        """Goes on from `position`, playing or paused as before."""
        playing = self.playing
        if playing:
            self.pause()
        self._anchor = self._within(position)
        if playing:
            self.play()

    def _within(self, position: float) -> float:
        return min(max(position, 0.0), self.end)
