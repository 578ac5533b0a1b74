"""Our own JSON: every field of `TimedLyrics` under its name, and a `version`.

    {"version": 1, "title": ..., "lines": [{"text": ..., "start": 1.5, "end": 3.0, "words": [{"text": ...}, ...]}, ...]}

Nothing is lost. On reading, only `lines`, and `text` and `start` in them, have to be there; unknown fields are ignored.
"""

from __future__ import annotations

import json
import re
import sys
from dataclasses import asdict
from typing import TypeVar, cast

from lyric_timing.errors import FormatError
from lyric_timing.timed import TimedLine, TimedLyrics, TimedWord

VERSION = 1

T = TypeVar("T")


def write_json(lyrics: TimedLyrics) -> str:
    """JSON in UTF-8 characters. A lone surrogate, which UTF-8 has not, is escaped."""
    text = json.dumps({"version": VERSION, **asdict(lyrics)}, ensure_ascii=False, allow_nan=False, indent=1)
    return re.sub("[\ud800-\udfff]", lambda match: f"\\u{ord(match[0]):04x}", text) + "\n"


def read_json(text: str) -> TimedLyrics:
    """Timed lyrics from our JSON. Raises FormatError that names the field when one is missing or of the wrong kind."""
    try:
        data: object = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise FormatError(f"This is not valid JSON: {error}.") from error
    root = _Fields(data, "the top")
    version = root.whole("version")
    if version is not None and version > VERSION:
        raise FormatError(f"This file has version {version}; this program reads up to {VERSION}. Update the program.")
    return TimedLyrics(
        lines=tuple(_line(fields) for fields in root.needed("lines", root.objects("lines"))),
        duration=root.number("duration"),
        title=root.text("title"),
        artist=root.text("artist"),
        album=root.text("album"),
        language=root.text("language"),
    )


def _line(fields: _Fields) -> TimedLine:
    start, end = fields.needed("start", fields.number("start")), fields.number("end")
    return TimedLine(
        text=fields.needed("text", fields.text("text")),
        start=start,
        end=start if end is None else end,
        words=tuple(_word(word) for word in fields.objects("words") or ()),
        confidence=fields.number("confidence"),
        source=fields.text("source"),
        sheet_line=fields.whole("sheet_line"),
        section=fields.text("section"),
    )


def _word(fields: _Fields) -> TimedWord:
    start, end = fields.needed("start", fields.number("start")), fields.number("end")
    return TimedWord(
        text=fields.needed("text", fields.text("text")),
        start=start,
        end=start if end is None else end,
        confidence=fields.number("confidence"),
        source=fields.text("source"),
    )


class _Fields:
    """The fields of one JSON object. It knows its place, for messages. None is what is missing or null."""

    def __init__(self, data: object, place: str) -> None:
        if not isinstance(data, dict):
            raise FormatError(f"Not timed lyrics: expected an object at {place}.")
        self._data = cast("dict[str, object]", data)
        self._place = place

    def text(self, name: str) -> str | None:
        value = self._data.get(name)
        if value is None or isinstance(value, str):
            return value
        raise self._wrong(name, "text")

    def number(self, name: str) -> float | None:
        value = self._data.get(name)
        if value is None:
            return None
        if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= sys.float_info.max:
            return float(value)
        raise self._wrong(name, "a finite number")

    def whole(self, name: str) -> int | None:
        value = self._data.get(name)
        if value is None or (isinstance(value, int) and not isinstance(value, bool)):
            return value
        raise self._wrong(name, "a whole number")

    def objects(self, name: str) -> list[_Fields] | None:
        value = self._data.get(name)
        if value is None:
            return None
        if not isinstance(value, list):
            raise self._wrong(name, "a list")
        items = cast("list[object]", value)
        return [_Fields(item, f"{name}[{i}] of {self._place}") for i, item in enumerate(items)]

    def needed(self, name: str, value: T | None) -> T:
        if value is None:
            raise FormatError(f"Not timed lyrics: {name!r} is missing at {self._place}.")
        return value

    def _wrong(self, name: str, kind: str) -> FormatError:
        return FormatError(f"Not timed lyrics: {name!r} at {self._place} must be {kind}.")
