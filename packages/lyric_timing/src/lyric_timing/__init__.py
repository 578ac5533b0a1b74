"""Lyrics, the order in which they are sung, and their times.

The types are here, and the functions most used; all else is in the modules: `formats` (files), `verify` (repair),
`metrics` (accuracy), `reliability` (of confidences), `windows` (stretches to align). Functions load on first use, since
some need large tables.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from lyric_timing.errors import FormatError, LyricsError, LyricTimingError, MetricsError
from lyric_timing.heard import Heard, Token
from lyric_timing.sheet import Line, LyricSheet, Section, Word
from lyric_timing.sung import Roadmap, SungLine
from lyric_timing.timed import TimedLine, TimedLyrics, TimedWord

if TYPE_CHECKING:
    from lyric_timing.parsing import decode_lyrics, guess_language, parse_sheet, read_sheet
    from lyric_timing.roadmap import as_written, chart

__all__ = [
    "FormatError",
    "Heard",
    "Line",
    "LyricSheet",
    "LyricTimingError",
    "LyricsError",
    "MetricsError",
    "Roadmap",
    "Section",
    "SungLine",
    "TimedLine",
    "TimedLyrics",
    "TimedWord",
    "Token",
    "Word",
    "as_written",
    "chart",
    "decode_lyrics",
    "guess_language",
    "parse_sheet",
    "read_sheet",
]

_ON_DEMAND = {
    "as_written": "roadmap",
    "chart": "roadmap",
    "decode_lyrics": "parsing",
    "guess_language": "parsing",
    "parse_sheet": "parsing",
    "read_sheet": "parsing",
}


def __getattr__(name: str) -> object:
    """Loads a function's module when it is first asked for (PEP 562)."""
    if name not in _ON_DEMAND:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_ON_DEMAND[name]}"), name)
