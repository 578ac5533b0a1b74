"""Small matters of text: times as people write them, and characters that a terminal must not obey."""

from __future__ import annotations

import unicodedata


def printable(text: str) -> str:
    """`text` without control characters: lyrics and file names must not steer the terminal.

    A file name that is not valid UTF-8 keeps a `?` in place of each such byte.
    """
    text = text.encode("utf-8", "replace").decode("utf-8")
    return "".join(c for c in text if c == "\n" or unicodedata.category(c) != "Cc")


def clock(seconds: float, *, decimals: int = 0) -> str:
    """`75.5` as `1:15` or, with one decimal, `1:15.5`; hours only where there are some. Rounded down."""
    unit = 10**decimals
    ticks = int(max(seconds, 0.0) * unit + 1e-6)
    whole, fraction = divmod(ticks, unit)
    hours, rest = divmod(whole, 3600)
    minutes, second = divmod(rest, 60)
    head = f"{hours}:{minutes:02d}" if hours else f"{minutes}"
    tail = f".{fraction:0{decimals}d}" if decimals else ""
    return f"{head}:{second:02d}{tail}"


def count(number: int, noun: str) -> str:
    """`1 line`, `2 lines`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def megabytes(size: int) -> str:
    """Bytes as people compare them: `148 MB`, `3.1 GB`."""
    return f"{size / 1e9:.1f} GB" if size >= 1e9 else f"{size / 1e6:.0f} MB"
