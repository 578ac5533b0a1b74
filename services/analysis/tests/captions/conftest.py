from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from fake_youtube import VIDEO, FakeTrack, FakeVideo, FakeYouTube, json3

from sow_analysis.captions import CaptionsOptions, WebOptions, YouTubeCaptions


class FakeClock:
    """Time that passes by sleeping, and by `step` at each look."""

    def __init__(self, step: float = 0.0) -> None:
        self.slept: list[float] = []
        self.step = step
        self._now = 1000.0
        self._lock = threading.Lock()

    def now(self) -> float:
        self.advance(self.step)
        return self._now

    def wall(self) -> float:
        return 1_800_000_000.0 + self._now

    def sleep(self, seconds: float) -> None:
        if seconds > 0:
            self.slept.append(round(seconds, 6))
            self.advance(seconds)

    def advance(self, seconds: float) -> None:
        with self._lock:
            self._now += seconds


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def youtube() -> Iterator[FakeYouTube]:
    with FakeYouTube() as youtube:
        youtube.videos[VIDEO] = FakeVideo([FakeTrack("en", json3((1.0, 2.0, "Sing to the king"), (4.0, 2.0, "Amen")))])
        yield youtube


@pytest.fixture
def captions_of(youtube: FakeYouTube, clock: FakeClock) -> Callable[..., YouTubeCaptions]:
    """Captions from the fake YouTube, with options of the web by name."""

    def make(disk: Any = None, breaker: Any = None, **web: Any) -> YouTubeCaptions:
        chosen = WebOptions(**{"base_url": youtube.url} | web)
        return YouTubeCaptions(CaptionsOptions(chosen), disk, breaker=breaker, clock=clock)

    return make
