"""Timed lyrics (LRC, SRT, WebVTT, ASS, TTML, JSON) taken as plain lyrics: their text without the times."""

from __future__ import annotations

import re
from dataclasses import dataclass

from lyric_timing import formats
from lyric_timing.errors import FormatError, LyricsError
from lyric_timing.timed import TimedLyrics

_SRT = re.compile(r"(?m)^[ \t]*\d{1,3}:\d\d:\d\d[,.]\d{1,3} --> \d{1,3}:\d\d:\d\d[,.]\d{1,3}")
_BEGINNINGS = {
    "vtt": re.compile(r"\s*WEBVTT\b"),
    "ass": re.compile(r"\s*\[script info\]", re.IGNORECASE),
    "ttml": re.compile(r"\s*(?:<\?xml[^>]{0,200}>\s*)?<(?:tt:)?tt[\s>]"),
    "json": re.compile(r'\s*\{\s*"'),
}
_STANZA_PAUSE = 0.01
"""Seconds from the end of a line to the next line that count as an empty line between them."""


@dataclass(frozen=True, slots=True)
class PlainLyrics:
    """A sheet as text, with what its file said about the song."""

    text: str
    title: str | None = None
    artist: str | None = None
    language: str | None = None
    timed: bool = False
    """Whether the text comes from a file of timed lyrics: all of it is sung then."""


def untimed(text: str) -> PlainLyrics:
    """`text` as it is, or without its times if it has them: its lines in sung order, its sections as headings.

    Raises LyricsError for a file that begins like one of these and cannot be read.
    """
    name = _timed_format(text)
    if name is None:
        return PlainLyrics(text)
    try:
        return _plain(formats.read(text, name), gaps=name == "lrc")
    except FormatError as error:
        raise LyricsError(f"The lyrics look like a {name} file of timed lyrics but cannot be read. {error}") from error


def _timed_format(text: str) -> str | None:
    """The format of timed lyrics that the text certainly is in; None for plain lyrics."""
    if formats.looks_like_lrc(text):
        return "lrc"
    if _SRT.search(text) and not text.lstrip().startswith("WEBVTT"):
        return "srt"
    return next((name for name, beginning in _BEGINNINGS.items() if beginning.match(text)), None)


def _plain(lyrics: TimedLyrics, gaps: bool) -> PlainLyrics:
    """`gaps`: a pause between lines stands for an empty line. In subtitles it means nothing, as cues seldom touch."""
    out: list[str] = []
    section, end = None, None
    for line in lyrics.lines:
        if line.section != section:
            out += ["", f"[{line.section}]"] if line.section else [""]
        elif gaps and end is not None and line.start - end > _STANZA_PAUSE:
            out.append("")
        out.append(line.text)
        section, end = line.section, line.end
    return PlainLyrics("\n".join(out), lyrics.title, lyrics.artist, lyrics.language, timed=True)
