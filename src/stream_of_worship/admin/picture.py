"""A song as one drawing: sections, waveform, beats and bars, where somebody sings, and the lines of its lyrics.

The song runs from left to right in rows of half a minute, like a score, so that words have room. SVG is text: a browser
shows it, and it needs no library for drawing. `png` makes an image of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING
from xml.etree import ElementTree as Xml

from stream_of_worship.admin.music_report import GUESS, section_name
from stream_of_worship.admin.text import clock, printable

if TYPE_CHECKING:
    from lyric_timing.timed import TimedLyrics
    from music_analysis import MusicAnalysis, Section

_ROW_SECONDS = 30.0
_SCALE = 36.0
"""Pixels for each second."""
_LEFT, _TOP = 48.0, 44.0
_BAND, _WAVE, _TICKS, _VOICE, _WORDS, _GAP = 20.0, 64.0, 12.0, 8.0, 18.0, 16.0
"""Heights, from top to bottom of a row: sections, waveform, beats, voice, words, and the room below."""
_ROW = _BAND + _WAVE + _TICKS + _VOICE + _WORDS + _GAP
_WIDTH = _LEFT + _ROW_SECONDS * _SCALE + 16.0
_COLOURS = {
    "chorus": "#ffb9a3", "verse": "#a9cdf5", "pre-chorus": "#f7d98b", "bridge": "#c9b6f2", "tag": "#f9c9da",
    "intro": "#d3d9e0", "outro": "#d3d9e0", "instrumental": "#dfe3d6", "interlude": "#dfe3d6", "solo": "#dfe3d6",
    "break": "#dfe3d6",
}  # fmt: skip
_LETTERS = ("#cfe3c4", "#e3d3c4", "#c4dfe3", "#e0c8e0", "#e8e2b8", "#ccd0ee")
"""Colours of sections and of groups without function: light, so that dark text on them has a contrast above 7 : 1."""
_NOT_XML: dict[int, None] = {0xFFFE: None, 0xFFFF: None}
FONTS = (
    "Arial,Helvetica,'Segoe UI','Liberation Sans','DejaVu Sans','Noto Sans','Noto Sans CJK SC',Ubuntu,Cantarell,Roboto,"
    "sans-serif"
)
"""By name, as not every program that draws SVG finds a font for `sans-serif`."""
_STYLE = (
    f"text{{font:12px {FONTS};fill:#223}}"
    ".title{font-size:16px;font-weight:bold}"
    ".clock{fill:#778;text-anchor:end}.wave{fill:#7a9cc6}.beat{stroke:#99a;fill:none}"
    ".downbeat{stroke:#c0392b;fill:none}.voice{fill:#58a55c}"
    ".name{font-size:11px;font-weight:bold}"
)


def draw(analysis: MusicAnalysis, lyrics: TimedLyrics | None = None, *, title: str = "") -> str:
    """An SVG document.

    Args:
        analysis: what is drawn.
        lyrics: their lines are written below the waveform, if given.
        title: stands above it all, before tempo and key, as far as those are more than guesses.
    """
    rows = max(1, -int(-analysis.duration_seconds // _ROW_SECONDS))
    height = _TOP + rows * _ROW
    svg = Xml.Element(
        "svg", {"xmlns": "http://www.w3.org/2000/svg", "viewBox": f"0 0 {_WIDTH:g} {height:g}", "width": f"{_WIDTH:g}"}
    )
    Xml.SubElement(svg, "style").text = _STYLE
    Xml.SubElement(svg, "rect", {"width": "100%", "height": "100%", "fill": "#fff"})
    _write(svg, _LEFT, 26, _heading(analysis, title), "title")
    for row in range(rows):
        _write(svg, _LEFT - 8, _place(row * _ROW_SECONDS)[1] + _WAVE / 2 + 4, clock(row * _ROW_SECONDS), "clock")
    _sections(svg, analysis)
    _waveform(svg, analysis, rows)
    _ticks(svg, "beat", (b.time_seconds for b in analysis.beats if b.position != 1), _WAVE)
    _ticks(svg, "downbeat", (b.time_seconds for b in analysis.beats if b.position == 1), 0.0)
    if analysis.vocal_activity is not None:
        for span in analysis.vocal_activity.spans:
            for x, y, width in _boxes(span.start_seconds, span.end_seconds):
                box = {"x": f"{x:.1f}", "y": f"{y + _WAVE + _TICKS:.1f}", "width": f"{width:.1f}"}
                Xml.SubElement(svg, "rect", {"class": "voice", "height": f"{_VOICE - 2:g}", **box})
    if lyrics is not None:
        _lines(svg, lyrics, analysis.duration_seconds)
    return Xml.tostring(svg, encoding="unicode") + "\n"


def _heading(analysis: MusicAnalysis, title: str) -> str:
    parts = [title] if title else []
    tempo, bars, key = analysis.tempo, analysis.time_signature, analysis.key
    if tempo is not None and tempo.confidence >= GUESS:
        parts.append(f"{tempo.bpm:.0f} beats a minute")
    if bars is not None and bars.confidence >= GUESS:
        parts.append(f"{bars.numerator}/{bars.denominator}")
    if key is not None and key.confidence >= GUESS:
        parts.append(f"{key.tonic} {key.mode}")
    return " · ".join(parts)


def _place(seconds: float) -> tuple[float, float]:
    """Where a moment is: x, and the top of its row's waveform."""
    row, within = divmod(max(seconds, 0.0), _ROW_SECONDS)
    return _LEFT + within * _SCALE, _TOP + row * _ROW + _BAND


def _boxes(start: float, end: float) -> Iterator[tuple[float, float, float]]:
    """A stretch of time as x, the waveform's top and width, one for each row that it touches."""
    start = max(start, 0.0)
    while start < end:
        row_end = min(end, (start // _ROW_SECONDS + 1) * _ROW_SECONDS)
        x, y = _place(start)
        yield x, y, (row_end - start) * _SCALE
        start = row_end


def _sections(svg: Xml.Element, analysis: MusicAnalysis) -> None:
    """A band above the waveform: sections of one function, or else of one group, have one colour."""
    for section in analysis.sections:
        colour, name = _colour(section), section_name(section)
        for x, y, width in _boxes(section.start_seconds, min(section.end_seconds, analysis.duration_seconds)):
            size = {"width": f"{max(width - 2, 0.5):.1f}", "height": f"{_BAND - 4:g}"}
            frame = Xml.SubElement(svg, "svg", {"x": f"{x:.1f}", "y": f"{y - _BAND:.1f}", "class": "section", **size})
            Xml.SubElement(frame, "title").text = printable(name).translate(_NOT_XML)
            Xml.SubElement(frame, "rect", {"rx": "3", "fill": colour, **size})
            _write(frame, 5, 12, name, "name")


def _colour(section: Section) -> str:
    if section.function in _COLOURS:
        return _COLOURS[section.function]
    return _LETTERS[sum(map(ord, section.group)) % len(_LETTERS)]


def _waveform(svg: Xml.Element, analysis: MusicAnalysis, rows: int) -> None:
    wave = analysis.waveform
    count = round(_ROW_SECONDS * wave.peaks_per_second)
    loudest = max((abs(value) for value in (*wave.minimum, *wave.maximum)), default=0.0) or 1.0
    for row in range(rows):
        low, high = (peaks[row * count : (row + 1) * count] for peaks in (wave.minimum, wave.maximum))
        if not low:
            continue
        middle = _place(row * _ROW_SECONDS)[1] + _WAVE / 2
        step, unit = _SCALE / wave.peaks_per_second, _WAVE / 2 / loudest
        upper = [f"{_LEFT + i * step:.1f},{middle - value * unit:.1f}" for i, value in enumerate(high)]
        lower = [f"{_LEFT + i * step:.1f},{middle - value * unit:.1f}" for i, value in enumerate(low)]
        Xml.SubElement(svg, "polygon", {"class": "wave", "points": " ".join([*upper, *reversed(lower)])})


def _ticks(svg: Xml.Element, kind: str, times: Iterable[float], top: float) -> None:
    """Upright strokes from `top` of the row down to below the waveform."""
    places = [_place(time) for time in times]
    strokes = [f"M{x:.1f} {y + top:.1f}V{y + _WAVE + _TICKS - 3:.1f}" for x, y in places]
    if strokes:
        Xml.SubElement(svg, "path", {"class": kind, "d": "".join(strokes)})


def _lines(svg: Xml.Element, lyrics: TimedLyrics, duration: float) -> None:
    """Each line where it begins, cut off where the next one does; in the next row if it has more room there."""
    timed = sorted((line for line in lyrics.lines if line.start < duration), key=lambda line: line.start)
    ends = [*(line.start for line in timed[1:]), duration]
    for line, end in zip(timed, ends, strict=True):
        x, y, width = max(_boxes(line.start, max(end, line.start + 0.01)), key=lambda box: box[2])
        frame = Xml.SubElement(
            svg,
            "svg",
            {
                "x": f"{x:.1f}",
                "y": f"{y + _WAVE + _TICKS + _VOICE:.1f}",
                "width": f"{max(width - 4, 1.0):.1f}",
                "height": f"{_WORDS:g}",
            },
        )
        _write(frame, 0, 13, line.text, "words")


def _write(parent: Xml.Element, x: float, y: float, text: str, kind: str) -> None:
    element = Xml.SubElement(parent, "text", {"x": f"{x:g}", "y": f"{y:g}", "class": kind})
    element.text = printable(text).translate(_NOT_XML)
