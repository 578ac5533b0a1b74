"""Captions as the settings have them."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from pydantic import SecretStr

from sow_analysis.caches.disk import DiskCache
from sow_analysis.captions.options import CaptionsOptions, WebOptions
from sow_analysis.captions.source import YouTubeCaptions


class CaptionsSettings(Protocol):
    """The settings that say how YouTube is asked, and where its answers are remembered."""

    @property
    def cache_dir(self) -> Path: ...

    @property
    def cache_max_bytes(self) -> int: ...

    @property
    def youtube_proxy(self) -> SecretStr | None:
        """Address of a proxy, which may have a user and a password in it."""
        ...

    @property
    def youtube_base_url(self) -> str:
        """Where YouTube is."""
        ...

    @property
    def youtube_concurrency(self) -> int:
        """Requests under way at once."""
        ...

    @property
    def youtube_spacing_seconds(self) -> float:
        """From one request to the next."""
        ...

    @property
    def youtube_seconds(self) -> float:
        """Time for the captions of one song, waits included."""
        ...

    @property
    def youtube_failures(self) -> int:
        """Failures in a row, after which YouTube is left in peace ..."""
        ...

    @property
    def youtube_pause_seconds(self) -> float:
        """... for so long."""
        ...


def open_captions(settings: CaptionsSettings) -> YouTubeCaptions:
    """Make the captions of this process; nothing is asked yet. ValueError if the proxy's address is of no use."""
    proxy = settings.youtube_proxy.get_secret_value() if settings.youtube_proxy is not None else None
    web = WebOptions(proxy=proxy, base_url=settings.youtube_base_url, seconds=settings.youtube_seconds)
    options = CaptionsOptions(
        web,
        settings.youtube_concurrency,
        settings.youtube_spacing_seconds,
        settings.youtube_failures,
        settings.youtube_pause_seconds,
    )
    return YouTubeCaptions(options, DiskCache(settings.cache_dir, settings.cache_max_bytes))
