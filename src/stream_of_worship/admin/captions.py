"""YouTube captions for `sow align`, which fetches them itself, by the same settings as the Analysis Service."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stream_of_worship.admin.configuration import read_settings
from stream_of_worship.admin.errors import UsageError

if TYPE_CHECKING:
    from sow_analysis.lrc import LrcOptions
    from sow_analysis.reach import CaptionSource


def checked_video(url: str | None) -> str | None:
    """The address of one video, in the one form in which it is kept.

    Raises:
        UsageError: it is not the address of one video on YouTube.
    """
    from sow_analysis.captions.video import video_id, watch_url

    if url is None:
        return None
    video = video_id(url)
    if video is None:
        raise UsageError(f"--youtube-url {url}: give the address of one video on YouTube")
    return watch_url(video)


def captions_of(options: LrcOptions) -> CaptionSource | None:
    """Who fetches the captions that these options ask for; None where nobody needs to. Nothing is asked yet.

    Raises:
        SettingsError: a setting of the service has an impossible value.
    """
    if options.youtube_url is None or not options.use_captions or options.force_whisper:
        return None
    from sow_analysis.captions import open_captions

    settings = read_settings()
    return open_captions(settings) if settings.youtube_captions else None
