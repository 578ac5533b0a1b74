"""Which video a URL names. Only addresses of YouTube's own hosts count, and of these only the eleven-character id."""

from __future__ import annotations

import re
from urllib.parse import SplitResult, parse_qs, urlsplit

_HOSTS = frozenset(
    {
        "youtube.com",
        "www.youtube.com",
        "m.youtube.com",
        "music.youtube.com",
        "youtube-nocookie.com",
        "www.youtube-nocookie.com",
    }
)
_SHORT_HOSTS = frozenset({"youtu.be", "www.youtu.be"})
_FOLDERS = frozenset({"shorts", "live", "embed", "v", "e"})
"""Of the form `/shorts/ID`."""
_ID = re.compile("[A-Za-z0-9_-]{11}", re.ASCII)
_ODD = re.compile(r"[\x00-\x20\x7f\\]")


def video_id(url: str) -> str | None:
    """The id of the video that a URL names, or None if it names no video on YouTube.

    The host must be one of YouTube's, letter by letter, without user, password or port: what merely looks like it
    (`youtube.com.example.org`, `youtube.com@example.org`) is refused, as are other schemes than http and https.
    """
    if _ODD.search(url):
        return None
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    if parts.scheme not in ("http", "https"):
        return None
    found = _named(parts)
    return found if found is not None and _ID.fullmatch(found) else None


def watch_url(video: str) -> str:
    """The one form in which a video's address is kept."""
    return f"https://www.youtube.com/watch?v={video}"


def _named(parts: SplitResult) -> str | None:
    host = parts.netloc.lower()
    path = parts.path.strip("/").split("/")
    if host in _SHORT_HOSTS:
        return path[0]
    if host not in _HOSTS:
        return None
    if path[0] in _FOLDERS and len(path) > 1:
        return path[1]
    return parse_qs(parts.query).get("v", [None])[0] if path[0] in ("", "watch", "watch_popup") else None
