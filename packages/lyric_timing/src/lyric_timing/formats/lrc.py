"""LRC and enhanced LRC: lines that begin with their time in brackets, `[mm:ss.xx]text`.

There is no standard; what is read here is what players read, and a little more:

- `[mm:ss]`, `[mm:ss.x]` to `[mm:ss.xxx]`, `[mm:ss:xx]`, `[hh:mm:ss]`, `[hh:mm:ss.xxx]`; minutes may go beyond 99;
- several stamps before one text (it is sung at each), in any order;
- a stamp with no text: the line before it ends there;
- words: `<mm:ss.xx>` before each (A2, "enhanced"), or `[mm:ss.xx]` in their place (as some karaoke editors write);
- `[ti:]`, `[ar:]`, `[al:]`, `[la:]`/`[lang:]`, `[length:]`, and `[offset:±ms]`, where a positive offset means earlier;
- a line without a stamp goes on with the line before it.

Written are `[mm:ss.xx]` lines in order of time, and an empty stamp where a long pause begins and after the last
line. Sections are not written: players show a line that they do not know, or take it for more of the line before it.
Word tags are written only in enhanced LRC, since many players print them; a last tag there ends the line.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from lyric_timing.errors import FormatError
from lyric_timing.formats.chunks import Chunk, assemble, chunks, printable
from lyric_timing.formats.text import Guard, clean
from lyric_timing.timed import TimedLine, TimedLyrics

PAUSE_SECONDS = 4.0
"""A silence of this length or more is marked with an empty stamp, so that a player clears the line."""
LAST_LINE_SECONDS = 5.0
"""Length of a last line of which nothing tells the end."""

_CLOCK = r"(?:([0-9]{1,3}):)?([0-9]{1,5}):([0-9]{1,2})(?:[.,:]([0-9]{1,9}))?"
_STAMP = re.compile(rf"\[{_CLOCK}\]")
_STAMPS = re.compile(rf"\s*(?:\[{_CLOCK}\]\s*)+")
_ANY_STAMP = re.compile(rf"(?:\[{_CLOCK}\]|<{_CLOCK}>)")
_WORD_TAG = re.compile(rf"<{_CLOCK}>")
_ID_TAG = re.compile(r"\[\s*([A-Za-z#]\w*)\s*:(.*)\]")
_HEADING = re.compile(r"\[([^\[\]]+)\]")
_GUARD = Guard((r"[\[<]", r"\s*(?:[+-]?\d+\s*:|[^\W\d]\w*\s*:|#\s*:)"))


def looks_like_lrc(text: str) -> bool:
    """Whether at least half of the lines, tags like `[ti:...]` apart, begin with a time in brackets."""
    lines = [line for line in _lines(text) if not _ID_TAG.fullmatch(line)]
    return 0 < len(lines) <= 2 * sum(_STAMP.match(line) is not None for line in lines)


def read_lrc(text: str) -> TimedLyrics:
    """Timed lyrics from LRC or enhanced LRC, lines in order of time.

    A line ends where its last word tag or an empty stamp says so, else where the next line begins.
    Raises FormatError when no line has a time and a text.
    """
    lines = list(_lines(text))
    clock = _Clock(lines)
    tags: dict[str, str] = {}
    entries: list[_Entry] = []
    section: str | None = None
    for line in lines:
        if stamps := _STAMPS.match(line):
            times = [clock.seconds(m.groups()) for m in _STAMP.finditer(stamps.group())]
            entries.append(_Entry(times, line[stamps.end() :], section))
        elif tag := _ID_TAG.fullmatch(line):
            tags[tag[1].lower()] = clean(_GUARD.show(tag[2]))
        elif heading := _HEADING.fullmatch(line):
            section = clean(heading[1]) or None
        elif entries:
            entries[-1].body += " " + line
    timed = _timed_lines(entries, clock, _offset_seconds(tags.get("offset")))
    if not timed:
        raise FormatError("This LRC holds no timed line: expected lines like [00:12.34]text.")
    return TimedLyrics(
        lines=tuple(timed),
        duration=_length_seconds(tags.get("length"), clock),
        title=tags.get("ti") or None,
        artist=tags.get("ar") or None,
        album=tags.get("al") or None,
        language=tags.get("la") or tags.get("lang") or None,
    )


def write_lrc(lyrics: TimedLyrics, words: bool = False) -> str:
    """LRC, or with `words` enhanced LRC. Times are rounded to 0.01 s; text that looks like a tag is guarded."""
    out = _tags(lyrics)
    lines = printable(lyrics)
    sung_until = 0
    for line, after in zip(lines, [*lines[1:], None], strict=True):
        out.append(f"[{_clock_text(line.start)}]{_body(line, words)}")
        sung_until = max(sung_until, _centiseconds(line.end), _centiseconds(line.start))
        pause = None if after is None else _centiseconds(after.start) - sung_until
        if (pause is None or pause >= PAUSE_SECONDS * 100) and sung_until > _centiseconds(line.start):
            out.append(f"[{_clock_text(sung_until / 100)}]")
    return "\n".join(out) + "\n"


@dataclass(slots=True)
class _Entry:
    """One text with the times at which it is sung."""

    times: list[float]
    body: str
    section: str | None = None


class _Clock:
    """Reads stamps, having seen all of a file: only that tells `[hh:mm:ss]` from `[mm:ss:xx]`.

    The last number is hundredths when one of them is 60 or more; or when all stamps have this form and, read as hours,
    half of the lines would stand more than 30 s apart. Else it is seconds, as most players have it.
    """

    def __init__(self, lines: Sequence[str]) -> None:
        self._hundredths = False
        groups = [_four(m.groups()) for line in lines for m in _ANY_STAMP.finditer(line)]
        threes = [g for g in groups if g[0] and not g[3]]
        times = sorted({self.seconds(g) for g in threes})
        gaps = [b - a for a, b in pairwise(times)]
        sparse = len(threes) == len(groups) and bool(gaps) and median(gaps) > 30
        self._hundredths = sparse or any(int(g[2]) >= 60 for g in threes)

    def seconds(self, groups: Sequence[str | None]) -> float:
        hours, minutes, seconds, fraction = _four(groups)
        if self._hundredths and hours and not fraction:
            hours, minutes, seconds, fraction = "", hours, minutes, seconds.zfill(2)
        return int(hours or 0) * 3600 + int(minutes) * 60 + float(f"{seconds}.{fraction or 0}")


def _four(groups: Sequence[str | None]) -> tuple[str, str, str, str]:
    """Hours, minutes, seconds and fraction out of the groups of one alternative of a pattern."""
    matched = groups[:4] if groups[1] is not None else groups[4:8]
    hours, minutes, seconds, fraction = (group or "" for group in matched)
    return hours, minutes, seconds, fraction


def _lines(text: str) -> list[str]:
    """Lines that are not blank. Not `splitlines`, which also cuts at characters that occur inside lyrics."""
    text = text.removeprefix("\ufeff").replace("\x00", "")
    return [line.strip() for line in re.split(r"\r\n?|\n", text) if line.strip()]


def _timed_lines(entries: Sequence[_Entry], clock: _Clock, offset: float) -> list[TimedLine]:
    events = sorted(
        ((_moved(time, offset), offset + entry.times[0] - time, entry) for entry in entries for time in entry.times),
        key=lambda event: event[0],
    )
    starts = [start for start, _, _ in events]
    out: list[TimedLine] = []
    for start, earlier, entry in events:
        following = bisect_right(starts, start)
        end = starts[following] if following < len(starts) else start + LAST_LINE_SECONDS
        tags = _word_tags(entry.body, clock)
        borders = [*(tag.start() for tag in tags), len(entry.body)]
        parts = [Chunk(_GUARD.show(entry.body[: borders[0]]), start)]
        for tag, until in zip(tags, borders[1:], strict=True):
            time = _moved(clock.seconds(tag.groups()), earlier)
            parts.append(Chunk(_GUARD.show(entry.body[tag.end() : until]), time))
        text, words = assemble(parts, end)
        if tags and not parts[-1].text.strip():
            end = max(start, parts[-1].start)
        if text:
            out.append(TimedLine(text, start, end, words if tags else (), section=entry.section))
    return out


def _moved(seconds: float, earlier: float) -> float:
    """Seconds moved and kept from 0 up, without the noise of a difference of fractions."""
    return max(0.0, round(seconds - earlier, 6)) if earlier else seconds


def _word_tags(body: str, clock: _Clock) -> list[re.Match[str]]:
    return list(_WORD_TAG.finditer(body)) or (list(_STAMP.finditer(body)) if _has_word_stamps(body, clock) else [])


def _has_word_stamps(body: str, clock: _Clock) -> bool:
    """Whether bracketed times inside a text are word times: two or more, in order, the last one ending the text."""
    stamps = list(_STAMP.finditer(body))
    times = [clock.seconds(stamp.groups()) for stamp in stamps]
    return len(stamps) > 1 and times == sorted(times) and not body[stamps[-1].end() :].strip()


def _offset_seconds(value: str | None) -> float:
    try:
        return int(value or "0") / 1000
    except ValueError:
        return 0.0


def _length_seconds(value: str | None, clock: _Clock) -> float | None:
    match = re.fullmatch(_CLOCK, (value or "").strip())
    return None if match is None else clock.seconds(match.groups())


def _tags(lyrics: TimedLyrics) -> list[str]:
    values = {
        "ti": lyrics.title,
        "ar": lyrics.artist,
        "al": lyrics.album,
        "lang": lyrics.language,
        "by": "Stream of Worship",
        "length": None if lyrics.duration is None else _clock_text(lyrics.duration),
    }
    texts = {key: clean(value) for key, value in values.items() if value is not None}
    return [f"[{key}:{_GUARD.hide(value)}]" for key, value in texts.items() if value]


def _body(line: TimedLine, words: bool) -> str:
    parts = chunks(line) if words else []
    if not parts:
        return _GUARD.hide(clean(line.text))
    tagged = (f"<{_clock_text(part.start)}>{_GUARD.hide(part.text)}" for part in parts)
    end = max(part.end if part.end is not None else part.start for part in parts)
    return f"{''.join(tagged)}<{_clock_text(end)}>"


def _centiseconds(seconds: float) -> int:
    return round(seconds * 100)


def _clock_text(seconds: float) -> str:
    """`mm:ss.xx`; rounded before it is split, so that the seconds never read 60."""
    minutes, rest = divmod(_centiseconds(seconds), 6000)
    return f"{minutes:02d}:{rest // 100:02d}.{rest % 100:02d}"
