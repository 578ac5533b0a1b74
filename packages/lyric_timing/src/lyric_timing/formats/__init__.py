"""File formats of timed lyrics: one table of what there is, and how to write and read each.

| name | suffix | word times | after reading back |
|---|---|---|---|
| lrc | .lrc | no | onsets to 0.01 s; ends before pauses |
| elrc | .elrc | yes | onsets to 0.01 s; ends of lines |
| srt | .srt | no | to 0.001 s |
| vtt | .vtt | yes | to 0.001 s; ends of lines |
| ass | .ass | yes | to 0.01 s |
| ttml | .ttml | yes | to 0.001 s |
| json | .json | yes | everything, exactly |

Text comes back as it was, but for control characters and line breaks (a line is one line), in every format.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from os import PathLike
from pathlib import PurePath
from types import MappingProxyType

from lyric_timing.errors import FormatError
from lyric_timing.formats.ass import read_ass, write_ass
from lyric_timing.formats.json_format import read_json, write_json
from lyric_timing.formats.lrc import looks_like_lrc, read_lrc, write_lrc
from lyric_timing.formats.subtitles import read_srt, read_vtt, write_srt, write_vtt
from lyric_timing.formats.ttml import read_ttml, write_ttml
from lyric_timing.timed import TimedLyrics

__all__ = ["FORMATS", "LyricsFormat", "format_for", "looks_like_lrc", "read", "write"]


@dataclass(frozen=True, slots=True)
class LyricsFormat:
    """What one format can do, and the functions that do it."""

    name: str
    suffix: str
    """With its dot: `.lrc`."""
    media_type: str
    carries_words: bool
    writer: Callable[[TimedLyrics], str]
    reader: Callable[[str], TimedLyrics] | None

    @property
    def can_read(self) -> bool:
        return self.reader is not None


FORMATS: Mapping[str, LyricsFormat] = MappingProxyType(
    {
        form.name: form
        for form in (
            LyricsFormat("lrc", ".lrc", "text/plain", False, write_lrc, read_lrc),
            LyricsFormat("elrc", ".elrc", "text/plain", True, partial(write_lrc, words=True), read_lrc),
            LyricsFormat("srt", ".srt", "application/x-subrip", False, write_srt, read_srt),
            LyricsFormat("vtt", ".vtt", "text/vtt", True, write_vtt, read_vtt),
            LyricsFormat("ass", ".ass", "text/x-ssa", True, write_ass, read_ass),
            LyricsFormat("ttml", ".ttml", "application/ttml+xml", True, write_ttml, read_ttml),
            LyricsFormat("json", ".json", "application/json", True, write_json, read_json),
        )
    }
)
"""Every format by its name."""


def format_for(path: str | PathLike[str]) -> str:
    """The name of the format that a file's suffix stands for. Raises FormatError for a suffix that no format has."""
    suffix = PurePath(path).suffix.lower()
    for form in FORMATS.values():
        if form.suffix == suffix:
            return form.name
    known = ", ".join(form.suffix for form in FORMATS.values())
    raise FormatError(
        f"No format of timed lyrics has the suffix {suffix!r} of {PurePath(path).name!r}; known: {known}."
    )


def write(lyrics: TimedLyrics, format_name: str) -> str:
    """The lyrics in a format. Raises FormatError when the format is not known, or a time is negative or no number.

    `lyric_timing.verify.verify` repairs such times.
    """
    form = _named(format_name)
    if lyrics.duration is not None and not (math.isfinite(lyrics.duration) and lyrics.duration >= 0):
        raise FormatError(f"The duration {lyrics.duration} cannot be written.")
    for number, line in enumerate(lyrics.lines, 1):
        for time in (line.start, line.end, *(time for word in line.words for time in (word.start, word.end))):
            if not (math.isfinite(time) and time >= 0):
                raise FormatError(f"Line {number} ({line.text[:40]!r}) has the time {time}, which cannot be written.")
    return form.writer(lyrics)


def read(text: str, format_name: str | None = None) -> TimedLyrics:
    """Timed lyrics from a file's text; without a name, the format is recognised by the text.

    Raises FormatError when the text is not of that format, or of none that is known.
    """
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    form = _named(format_name or _recognised(text))
    if form.reader is None:
        raise FormatError(f"Files of the format {form.name!r} can be written, but not read.")
    return form.reader(text)


def _named(name: str) -> LyricsFormat:
    if name not in FORMATS:
        raise FormatError(f"Unknown format {name!r}; known: {', '.join(FORMATS)}.")
    return FORMATS[name]


def _recognised(text: str) -> str:
    start = text.lstrip()
    if start.startswith("{"):
        return "json"
    if start.startswith("WEBVTT"):
        return "vtt"
    if start.startswith("<"):
        return "ttml"
    if start.lower().startswith("[script info]"):
        return "ass"
    if looks_like_lrc(text):
        return "lrc"
    if "-->" in text:
        return "srt"
    raise FormatError(f"This text is in none of the known formats of timed lyrics ({', '.join(FORMATS)}).")
