"""Advanced SubStation Alpha (ASS) with karaoke: each word fills while it is sung.

`{\\kf50}word` takes 50 hundredths of a second to fill; `{\\k12}` with no text is a pause, before the first word too. So
both ends of each word are carried. Durations are differences of rounded times: rounding never adds up along a line.

Where a section begins, there is a comment, `[Chorus]`, which players do not show.

Text is escaped as libass has it, `\\{` and `\\}`; a backslash, for which there is no escape, is guarded.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from pysubs2 import Color, SSAEvent, SSAFile, SSAStyle

from lyric_timing.errors import FormatError
from lyric_timing.formats.chunks import Chunk, assemble, chunks, printable
from lyric_timing.formats.text import GUARD, clean
from lyric_timing.timed import TimedLine, TimedLyrics

ASS_LIMIT_SECONDS = 10 * 3600

_TOKEN = re.compile(rf"(\\{GUARD}|\\[{{}}Nnh]|\{{[^}}]*\}})")
_KARAOKE = re.compile(r"\\[kK][fo]?([0-9]+)")
_SECTION = re.compile(r"\[(.*)\]")
_PLAIN = {f"\\{GUARD}": "\\", r"\{": "{", r"\}": "}", r"\N": " ", r"\n": " ", r"\h": " "}


def write_ass(lyrics: TimedLyrics) -> str:
    """ASS with a karaoke tag per word, to 0.01 s. Raises FormatError for times of 10 hours or more."""
    subs = SSAFile()
    subs.info |= {"Title": clean(lyrics.title or ""), "PlayResX": "1280", "PlayResY": "720", "WrapStyle": "0"}
    sung, unsung = Color(255, 215, 80), Color(255, 255, 255)
    subs.styles["Default"] = SSAStyle(fontsize=48, primarycolor=sung, secondarycolor=unsung, outline=3, shadow=0)
    section = ""
    for line in printable(lyrics):
        if line.end >= ASS_LIMIT_SECONDS:
            raise FormatError(f"ASS cannot hold times of 10 hours or more, but a line ends at {line.end:.0f} s.")
        start, end = _centiseconds(line.start), _centiseconds(line.end)
        if clean(line.section or "") != section:
            section = clean(line.section or "")
            note = f"[{_escape(section)}]"
            subs.append(SSAEvent(start=start * 10, end=end * 10, text=note, type="Comment"))
        subs.append(SSAEvent(start=start * 10, end=end * 10, text=_karaoke(line)))
    return subs.to_string("ass", header_notice="Stream of Worship")


def read_ass(text: str) -> TimedLyrics:
    """Timed lyrics from ASS, with words where there are karaoke tags. Raises FormatError when there is no dialogue."""
    try:
        subs = SSAFile.from_string(text, "ass")
    except (ValueError, TypeError) as error:
        raise FormatError(f"This ASS file is damaged: {error}.") from error
    lines: list[TimedLine] = []
    section: str | None = None
    for event in sorted(subs, key=lambda event: event.start):
        if event.is_comment:
            if note := _SECTION.fullmatch("".join(_PLAIN.get(token, token) for token in _TOKEN.split(event.text))):
                section = clean(note[1]) or None
        elif event.is_text and (line := _line(event)).text:
            lines.append(replace(line, section=section))
    if not lines:
        raise FormatError("This ASS file holds no dialogue with text.")
    return TimedLyrics(tuple(lines), title=subs.info.get("Title") or None)


def _karaoke(line: TimedLine) -> str:
    out = ""
    at = _centiseconds(line.start)
    for part in chunks(line):
        start = max(at, _centiseconds(part.start))
        end = max(start, _centiseconds(part.start if part.end is None else part.end))
        pause = rf"{{\k{start - at}}}" if start > at else ""
        out += rf"{pause}{{\kf{end - start}}}{_escape(part.text)}"
        at = end
    return out or _escape(clean(line.text))


def _line(event: SSAEvent) -> TimedLine:
    parts = list(_parts(event))
    start, end = event.start / 1000, event.end / 1000
    text, words = assemble(parts, end)
    return TimedLine(text, start, end, words if any(part.end is not None for part in parts) else ())


def _parts(event: SSAEvent) -> Iterator[Chunk]:
    """The event's text cut at its karaoke tags."""
    text, at, length = "", event.start // 10, None
    for token in _TOKEN.split(event.text):
        if token.startswith("{"):
            for tag in _KARAOKE.finditer(token):
                yield _part(text, at, length)
                text, at, length = "", at + (length or 0), int(tag[1])
        else:
            text += _PLAIN.get(token, token)
    yield _part(text, at, length)


def _part(text: str, at: int, length: int | None) -> Chunk:
    return Chunk(text, at / 100, None if length is None else (at + length) / 100)


def _escape(text: str) -> str:
    return text.replace("\\", f"\\{GUARD}").replace("{", r"\{").replace("}", r"\}")


def _centiseconds(seconds: float) -> int:
    return round(seconds * 100)
