"""How YouTube is asked. Apart from what asks, so that nothing is loaded for it until a song has a video."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import urlsplit

HOME = "https://www.youtube.com"


@dataclass(frozen=True, slots=True)
class WebOptions:
    """How to speak with YouTube."""

    proxy: str | None = field(default=None, repr=False)
    """`http://USER:PASSWORD@HOST:PORT`; never told to anyone."""
    base_url: str = HOME
    """Where YouTube is: another address for tests, or a mirror of one's own."""
    connect_seconds: float = 10.0
    idle_seconds: float = 10.0
    """Longest silence."""
    request_seconds: float = 30.0
    """For one answer, from its first byte to its last."""
    max_bytes: int = 10_000_000
    """Of one answer, after decompression."""
    attempts: int = 3
    """For each request."""
    backoff: float = 2.0
    """Seconds before the second attempt where YouTube asks for no other pause; then it doubles."""
    patience: float = 60.0
    """Seconds that a request may wait for its turn, pauses included."""
    seconds: float = 180.0
    """For all requests of one song, waits included; the last may end later by its own limits."""

    def __post_init__(self) -> None:
        if self.proxy is not None:
            parts = urlsplit(self.proxy)
            if parts.scheme not in ("http", "https") or not parts.hostname:
                raise ValueError("the proxy for YouTube must be http://HOST:PORT or https://HOST:PORT")


@dataclass(frozen=True, slots=True)
class CaptionsOptions:
    """How captions are fetched. The defaults are gentle: YouTube blocks addresses that ask much."""

    web: WebOptions = field(default_factory=WebOptions)
    concurrency: int = 1
    """Requests under way at once in this process."""
    spacing: float = 1.0
    """Seconds from one request to the next; a song takes three."""
    failures: int = 4
    """In a row, after which YouTube is left in peace ..."""
    pause: float = 300.0
    """... for so many seconds; after each trial that fails, for twice as long ..."""
    longest_pause: float = 3600.0
    """... up to this."""
