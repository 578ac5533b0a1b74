"""TTML with a span per word, in the way of Apple Music and the players that follow it.

A `p` per line, a `span` per word, `itunes:timing="Word"`, a `div` for each run of lines of one section. All times
are `hh:mm:ss.mmm` and count from the start of the song, those of spans too: so lyric players have it, although strict
TTML would add a span's time to that of its paragraph (https://www.w3.org/TR/ttml2/#timing-attribute-begin).
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from xml.etree import ElementTree

from lyric_timing.errors import FormatError
from lyric_timing.formats.chunks import Chunk, assemble, chunks, printable
from lyric_timing.formats.clock import clock_text, milliseconds
from lyric_timing.formats.text import clean
from lyric_timing.timed import TimedLine, TimedLyrics

_TTML = "http://www.w3.org/ns/ttml"
_METADATA = "http://www.w3.org/ns/ttml#metadata"
_ITUNES = "http://music.apple.com/lyric-ttml-internal"
_XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_UNITS = {"h": 3600.0, "m": 60.0, "s": 1.0, "ms": 0.001}


def write_ttml(lyrics: TimedLyrics) -> str:
    """TTML to the millisecond."""
    lines = printable(lyrics)
    timing = "Word" if any(line.words for line in lines) else "Line"
    language = lyrics.language or ""
    language = language if re.fullmatch(r"[A-Za-z0-9-]+", language) else ""
    title = clean(lyrics.title or "")
    length = "" if lyrics.duration is None else f' dur="{clock_text(milliseconds(lyrics.duration))}"'
    out = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<tt xmlns="{_TTML}" xmlns:ttm="{_METADATA}" xmlns:itunes="{_ITUNES}"'
        f' itunes:timing="{timing}" xml:lang="{language}">',
        f"<head><metadata>{f'<ttm:title>{_escape(title)}</ttm:title>' if title else ''}</metadata></head>",
        f"<body{length}>",
    ]
    numbered = enumerate(lines, 1)
    for section, run in groupby(numbered, key=lambda item: clean(item[1].section or "")):
        out.append(f'<div itunes:songPart="{html.escape(section)}">' if section else "<div>")
        for number, line in run:
            out.append(f'<p{_times(line.start, line.end)} itunes:key="L{number}">{_content(line)}</p>')
        out.append("</div>")
    return "\n".join([*out, "</body>", "</tt>"]) + "\n"


def read_ttml(text: str) -> TimedLyrics:
    """Timed lyrics from TTML. Clock times and bare seconds count from the start; `1.5s` counts from the parent.

    Spans with the roles `x-translation` and `x-roman` are dropped. Raises FormatError when the text is not TTML,
    declares a document type (which could make it expand without limit), or times nothing.
    """
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise FormatError("This TTML declares a document type, which is not read.")
    try:
        root = ElementTree.fromstring(text)
        lines = [_line(p) for p in _paragraphs(root, 0.0, None)]
    except (ElementTree.ParseError, ValueError) as error:
        raise FormatError(f"This TTML is not well-formed XML: {error}.") from error
    except RecursionError as error:
        raise FormatError("This TTML is nested too deeply.") from error
    timed = sorted((line for line in lines if line is not None and line.text), key=lambda line: line.start)
    if not timed:
        raise FormatError("This TTML holds no paragraph with a time and a text.")
    body = next((element for element in root.iter() if _name(element) == "body"), None)
    title = next((element.text for element in root.iter(f"{{{_METADATA}}}title")), None)
    return TimedLyrics(
        lines=tuple(timed),
        duration=None if body is None else _seconds(body.get("dur"), 0.0),
        title=clean(title or "") or None,
        language=root.get(_XML_LANG) or None,
    )


def _times(start: float, end: float) -> str:
    return f' begin="{clock_text(milliseconds(start))}" end="{clock_text(milliseconds(end))}"'


def _content(line: TimedLine) -> str:
    """The text with a span around each word; spaces stand between the spans."""
    out = ""
    for part in chunks(line):
        word = part.text.strip()
        before, after = part.text.split(word, 1)
        span = f"<span{_times(part.start, part.start if part.end is None else part.end)}>{_escape(word)}</span>"
        out += f"{before}{span}{after}"
    return out or _escape(clean(line.text))


def _escape(text: str) -> str:
    return html.escape(text, quote=False)


@dataclass(frozen=True, slots=True)
class _Paragraph:
    element: ElementTree.Element
    start: float | None
    end: float | None
    section: str | None


def _paragraphs(element: ElementTree.Element, base: float, section: str | None) -> Iterator[_Paragraph]:
    """Each `p` with its times; `base` (seconds) is where the parent begins."""
    section = element.get(f"{{{_ITUNES}}}songPart") or element.get(f"{{{_ITUNES}}}song-part") or section
    start, end = _span(element, base)
    if _name(element) == "p":
        yield _Paragraph(element, start, end, section)
        return
    for child in element:
        yield from _paragraphs(child, base if start is None else start, section)


def _line(paragraph: _Paragraph) -> TimedLine | None:
    parts: list[Chunk] = []
    untimed = ""
    for text, start, end in _pieces(paragraph.element, paragraph.start or 0.0):
        if start is not None:
            parts.append(Chunk(untimed + text, start, end))
            untimed = ""
        elif parts:
            parts[-1] = Chunk(parts[-1].text + text, parts[-1].start, parts[-1].end)
        else:
            untimed += text
    start = paragraph.start if paragraph.start is not None else min((part.start for part in parts), default=None)
    if start is None:
        return None
    last = max((part.start if part.end is None else part.end for part in parts), default=start)
    end = last if paragraph.end is None else paragraph.end
    text, words = assemble(parts, end)
    return TimedLine(text or clean(untimed), start, end, words, section=paragraph.section)


def _pieces(element: ElementTree.Element, base: float) -> Iterator[tuple[str, float | None, float | None]]:
    """The text inside an element, cut at its timed spans: (text, start, end), without times between spans."""
    yield element.text or "", None, None
    for child in element:
        if _name(child) == "br":
            yield " ", None, None
        elif child.get(f"{{{_METADATA}}}role") not in ("x-translation", "x-roman"):
            start, end = _span(child, base)
            inner = list(_pieces(child, base if start is None else start))
            if start is None or any(piece[1] is not None for piece in inner):
                yield from inner
            else:
                yield "".join(piece[0] for piece in inner), start, end
        yield child.tail or "", None, None


def _span(element: ElementTree.Element, base: float) -> tuple[float | None, float | None]:
    start, end = _seconds(element.get("begin"), base), _seconds(element.get("end"), base)
    length = _seconds(element.get("dur"), 0.0)
    if end is None and length is not None:
        end = (base if start is None else start) + length
    return start, end


def _seconds(expression: str | None, base: float) -> float | None:
    """Seconds from the start of the song; None for what is missing or counted in frames, ticks or wall-clock time."""
    expression = (expression or "").strip()
    if clock := re.fullmatch(r"(?:([0-9]+):)?([0-9]+):([0-9]+(?:\.[0-9]+)?)", expression):
        return round(int(clock[1] or 0) * 3600 + int(clock[2]) * 60 + float(clock[3]), 6)
    if offset := re.fullmatch(r"([0-9]+(?:\.[0-9]+)?)(h|m|s|ms)?", expression):
        number = float(offset[1])
        return number if offset[2] is None else round(base + number * _UNITS[offset[2]], 6)
    return None


def _name(element: ElementTree.Element) -> str:
    """The element's name without its namespace (comments have none)."""
    return element.tag.rpartition("}")[2]
