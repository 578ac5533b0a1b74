"""Reads the forms in which YouTube sends a track: json3, and two of XML (srv1, srv3). Only json3 is asked for.

The library reads srv1 alone, which has a time for each phrase. In json3 and srv3 automatic tracks have one for each
word.

    json3  {"events": [{"tStartMs": 1200, "dDurationMs": 3000,
                        "segs": [{"utf8": "sing"}, {"utf8": " on", "tOffsetMs": 400}]}]}
    srv3   <timedtext><body><p t="1200" d="3000"><s>sing</s><s t="400"> on</s></p></body></timedtext>
    srv1   <transcript><text start="1.2" dur="3.0">sing on</text></transcript>
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from typing import Annotated
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from sow_analysis.captions.errors import YouTubeUnreadableError

_LONGEST = 24 * 3600.0
_MOST_PHRASES = 10_000


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a phrase: all of its text, or one word where the track has times of words."""

    text: str
    start: float | None = None
    """Seconds in the video, where the track says so."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """What is shown at once, in seconds of the video. The last phrases may still be on the screen."""

    start: float
    end: float
    parts: tuple[Part, ...]

    @property
    def text(self) -> str:
        """All of it, with its line breaks."""
        return "".join(part.text for part in self.parts)


class _Segment(BaseModel):
    model_config = ConfigDict(extra="ignore")
    utf8: str = ""
    tOffsetMs: Annotated[float, Field(ge=0)] | None = None  # noqa: N815


class _Event(BaseModel):
    model_config = ConfigDict(extra="ignore")
    tStartMs: float = 0.0  # noqa: N815
    dDurationMs: float = 0.0  # noqa: N815
    segs: list[_Segment] = []


class _Json3(BaseModel):
    model_config = ConfigDict(extra="ignore")
    events: list[_Event] = []


def read_track(data: bytes) -> tuple[Phrase, ...]:
    """The phrases of a track, in order of time; those without text are left out.

    Raises:
        YouTubeUnreadableError: it is none of the three forms, malformed, or has absurdly many phrases.
    """
    text = data.lstrip(b"\xef\xbb\xbf \t\r\n")
    if not text:
        raise YouTubeUnreadableError("YouTube sent an empty track; it does so to programs that it distrusts.")
    try:
        phrases = list(_of_json3(text) if text.startswith(b"{") else _of_xml(text))
    except (ValueError, ParseError, DefusedXmlException, RecursionError) as error:
        raise YouTubeUnreadableError("YouTube sent a track that cannot be read.") from error
    if len(phrases) > _MOST_PHRASES:
        raise YouTubeUnreadableError(f"The track has {len(phrases)} phrases, which no song has.")
    sound = [p for p in phrases if math.isfinite(p.end) and 0 <= p.start <= p.end < _LONGEST and p.text.strip()]
    return tuple(sorted(sound, key=lambda phrase: phrase.start))


def _of_json3(data: bytes) -> Iterator[Phrase]:
    try:
        track = _Json3.model_validate(json.loads(data))
    except ValidationError as error:
        raise ValueError("not json3") from error
    for event in track.events:
        timed = any(segment.tOffsetMs is not None for segment in event.segs)
        yield _phrase(event.tStartMs, event.dDurationMs, timed, [(s.utf8, s.tOffsetMs) for s in event.segs])


def _of_xml(data: bytes) -> Iterator[Phrase]:
    root: Element = fromstring(data)
    if root.tag not in ("transcript", "timedtext"):
        raise ValueError(f"a root of {root.tag!r}")
    for element in root.iter("text"):
        start, seconds = float(element.get("start", "")), float(element.get("dur", "0"))
        yield Phrase(start, start + seconds, (Part(unescape("".join(element.itertext()))),))
    for element in root.iter("p"):
        timed = any(segment.get("t") for segment in element.iter("s"))
        pieces: list[tuple[str, float | None]] = [(unescape(element.text or ""), None)]
        for child in element:
            pieces.append((unescape("".join(child.itertext())), float(child.get("t", "0"))))
            pieces.append((unescape(child.tail or ""), None))
        yield _phrase(float(element.get("t", "")), float(element.get("d", "0")), timed, pieces)


def _phrase(start: float, duration: float, timed: bool, pieces: list[tuple[str, float | None]]) -> Phrase:
    """Times are in milliseconds, those of pieces from the phrase's start; the first piece's own is left out if 0."""
    parts = tuple(
        Part(text, (start + (offset or 0.0)) / 1000 if timed and text.strip() else None)
        for text, offset in pieces
        if text
    )
    return Phrase(start / 1000, (start + max(0.0, duration)) / 1000, parts)
