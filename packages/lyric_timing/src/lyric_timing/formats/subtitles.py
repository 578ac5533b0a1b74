"""Subtitles: SubRip (SRT) and WebVTT, one cue per line, in order of time.

SRT has no escape and no word times; pysubs2 reads and writes it, behind guards. WebVTT has both: `&lt;`, and timestamps
inside a cue, `<00:00:01.000>`, before each word but one that starts with its cue. pysubs2 would take a cue with two of
those for a new cue, so WebVTT is read and written here (https://www.w3.org/TR/webvtt1/). Where a section begins, WebVTT
has a note, `NOTE [Chorus]`, which players skip; SRT has no such thing.

Line breaks inside a cue are read as spaces.
"""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from dataclasses import replace

from pysubs2 import SSAEvent, SSAFile

from lyric_timing.errors import FormatError
from lyric_timing.formats.chunks import Chunk, assemble, chunks, printable
from lyric_timing.formats.clock import clock_text, milliseconds
from lyric_timing.formats.text import Guard, clean
from lyric_timing.timed import TimedLine, TimedLyrics

SRT_LIMIT_SECONDS = 100 * 3600

_SRT_GUARD = Guard(
    (r"[<{\\]", ""),  # HTML tags; ASS blocks and escapes, which players pass on
    (r"--", ">"),
    (r"\d:\d{1,2}:\d{1,2}", r"[.,]\d"),  # pysubs2 takes a line with two clock times for the times of a cue
)
_SRT_MARKUP = re.compile(r"</?[a-zA-Z][^>]*>|\{\\[^}]*\}")

_VTT_CLOCK = r"(?:([0-9]+):)?([0-9]{2}):([0-9]{2}\.[0-9]{3})"
_VTT_TIMES = re.compile(rf"(?:[^\n]*\n)?[ \t]*{_VTT_CLOCK}[ \t]+-->[ \t]+{_VTT_CLOCK}[^\n]*")
_VTT_STAMP = re.compile(rf"<{_VTT_CLOCK}>")
_VTT_SECTION = re.compile(r"NOTE[ \t]+\[(.*)\][ \t]*")
_VTT_TAG = re.compile(r"<[^>]*>?")


def write_srt(lyrics: TimedLyrics) -> str:
    """SRT with the start and end of each line, to the millisecond; text that looks like markup is guarded.

    Raises FormatError for times of 100 hours or more.
    """
    subs = SSAFile()
    for line in printable(lyrics):
        if line.end >= SRT_LIMIT_SECONDS:
            raise FormatError(f"SRT cannot hold times of 100 hours or more, but a line ends at {line.end:.0f} s.")
        text = _SRT_GUARD.hide(clean(line.text))
        subs.append(SSAEvent(start=milliseconds(line.start), end=milliseconds(line.end), text=text))
    return subs.to_string("srt", keep_ssa_tags=True)


def read_srt(text: str) -> TimedLyrics:
    """Timed lyrics without words from SRT; tags such as `<i>` are dropped. Raises FormatError when there is no cue."""
    subs = SSAFile.from_string(text, "srt", keep_html_tags=True)
    lines: list[TimedLine] = []
    for event in sorted(subs, key=lambda event: event.start):
        spoken = clean(_SRT_GUARD.show(_SRT_MARKUP.sub("", event.text.replace(r"\N", " "))))
        if spoken:
            lines.append(TimedLine(spoken, event.start / 1000, event.end / 1000))
    if not lines:
        raise FormatError("This SRT holds no cue: expected times like 00:00:01,000 --> 00:00:02,500.")
    return TimedLyrics(tuple(lines))


def write_vtt(lyrics: TimedLyrics) -> str:
    """WebVTT: a cue per line, to the millisecond, with word timestamps where it has words, and a note per section."""
    out = ["WEBVTT"]
    section = ""
    for line in printable(lyrics):
        if clean(line.section or "") != section:
            section = clean(line.section or "")
            out.append(f"NOTE [{html.escape(section, quote=False)}]")
        start = milliseconds(line.start)
        end = max(milliseconds(line.end), start + 1)
        payload = ""
        for part in chunks(line) or [Chunk(clean(line.text), line.start)]:
            if payload or milliseconds(part.start) != start:
                payload += f"<{clock_text(milliseconds(part.start))}>"
            payload += html.escape(part.text, quote=False)
        out.append(f"{clock_text(start)} --> {clock_text(end)}\n{payload}")
    return "\n\n".join(out) + "\n"


def read_vtt(text: str) -> TimedLyrics:
    """Timed lyrics from WebVTT, with words where cues hold timestamps. Raises FormatError when there is no cue.

    Other notes, styles, regions, identifiers, settings and tags are dropped.
    """
    lines: list[TimedLine] = []
    section: str | None = None
    for block in re.split(r"\n(?:[ \t]*\n)+", text):
        if times := _VTT_TIMES.match(block):
            start, end = _vtt_seconds(times.groups()[:3]), _vtt_seconds(times.groups()[3:])
            line = replace(_vtt_line(block[times.end() :], start, end), section=section)
            lines += [line] if line.text else []
        elif note := _VTT_SECTION.fullmatch(block.strip("\n")):
            section = clean(html.unescape(note[1])) or None
    if not lines:
        raise FormatError("This WebVTT holds no cue: expected times like 00:01.000 --> 00:02.500.")
    return TimedLyrics(tuple(sorted(lines, key=lambda line: line.start)))


def _vtt_line(payload: str, start: float, end: float) -> TimedLine:
    stamps = list(_VTT_STAMP.finditer(payload))
    borders = [*(stamp.start() for stamp in stamps), len(payload)]
    parts = [Chunk(_vtt_text(payload[: borders[0]]), start)]
    for stamp, until in zip(stamps, borders[1:], strict=True):
        parts.append(Chunk(_vtt_text(payload[stamp.end() : until]), _vtt_seconds(stamp.groups())))
    text, words = assemble(parts, end)
    return TimedLine(text, start, end, words if stamps else ())


def _vtt_text(payload: str) -> str:
    return html.unescape(_VTT_TAG.sub("", payload))


def _vtt_seconds(groups: Sequence[str | None]) -> float:
    hours, minutes, seconds = (float(group or 0) for group in groups)
    return round(hours * 3600 + minutes * 60 + seconds, 3)
