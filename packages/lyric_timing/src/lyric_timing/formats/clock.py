"""Times of day as subtitles write them."""

from __future__ import annotations


def milliseconds(seconds: float) -> int:
    """Whole milliseconds."""
    return round(seconds * 1000)


def clock_text(milliseconds: int) -> str:
    """`hh:mm:ss.mmm`; hours go beyond 99."""
    seconds, fraction = divmod(milliseconds, 1000)
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}.{fraction:03d}"
