"""What the program of music models answers, whether that can be true of the song, and what its labels mean to us.

It is another program with another version's models. So nothing of an answer is used before all of it was found to be
possible: known labels, times in order, none past the end of the song.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from types import MappingProxyType
from typing import Annotated, NamedTuple, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from music_analysis.document import SectionFunction
from sow_analysis.errors import MusicModelsAnswerError

TOLERANCE = 0.5
"""Seconds that a time may lie past the end of the song, where beats are left out and sections end. Frames need less."""
_ROUNDING = 0.002
"""Seconds by which sections may overlap or leave a gap."""

_FUNCTIONS: Mapping[str, SectionFunction | None] = MappingProxyType(
    {
        "start": None,
        "end": None,
        "intro": "intro",
        "outro": "outro",
        "break": "break",
        "bridge": "bridge",
        "inst": "instrumental",
        "solo": "solo",
        "verse": "verse",
        "chorus": "chorus",
    }
)
LABELS = frozenset(_FUNCTIONS)
"""What allin1 calls sections. `start` and `end` are what lies before the music and after it."""

Seconds = Annotated[float, Field(ge=0, allow_inf_nan=False)]


class Segment(NamedTuple):
    """A section, in seconds, as allin1 calls it: one of `LABELS`."""

    start: float
    end: float
    label: str


class NamedSection(NamedTuple):
    """A section, in seconds, and what it is for; None where that cannot be told."""

    start: float
    end: float
    function: SectionFunction | None


@dataclass(frozen=True, slots=True)
class Structure:
    """Beats and sections of a song. Times are in seconds, in order, none past the song's end.

    `downbeats` are among `beats`; `beat_positions` has the place in its bar for each beat, from 1, the downbeat.
    `segments` follow each other without gaps. `bpm` is None where there are too few beats.
    """

    engine: str
    model: str
    bpm: float | None
    beats: tuple[float, ...]
    downbeats: tuple[float, ...]
    beat_positions: tuple[int, ...]
    segments: tuple[Segment, ...]


class _Document(BaseModel):
    """What newer versions add is ignored."""

    model_config = ConfigDict(frozen=True, strict=True, extra="ignore")


Document = TypeVar("Document", bound=_Document)


class _Segment(_Document):
    start: Seconds
    end: Seconds
    label: str


class _Structure(_Document):
    engine: Annotated[str, Field(min_length=1, max_length=100)]
    model: Annotated[str, Field(max_length=1000)]
    bpm: Annotated[float, Field(gt=0, allow_inf_nan=False)] | None
    beats: list[Seconds]
    downbeats: list[Seconds]
    beat_positions: list[Annotated[int, Field(ge=1, le=32)]]
    segments: list[_Segment]


class _Stems(_Document):
    files: list[str]


def read_structure(result: object, duration: float) -> Structure:
    """Check an answer about a song's structure.

    Args:
        result: the answer, parsed from JSON.
        duration: of the song, in seconds.

    Raises:
        MusicModelsAnswerError: it cannot be true; the message says why.
    """
    answer = _read(_Structure, result)
    if len(answer.beat_positions) != len(answer.beats):
        raise _impossible(f"there are {len(answer.beats)} beats and {len(answer.beat_positions)} positions of beats")
    beats = _times(answer.beats, "beats", duration)
    downbeats = _times(answer.downbeats, "downbeats", duration)
    if strays := set(downbeats) - set(beats):
        raise _impossible(f"the downbeat at {min(strays):.2f} s is no beat")
    segments = _segments(answer.segments, duration)
    positions = tuple(answer.beat_positions[: len(beats)])
    return Structure(answer.engine, answer.model, answer.bpm, beats, downbeats, positions, segments)


def read_stems(result: object) -> tuple[str, ...]:
    """Check an answer that names the files of stems.

    Raises:
        MusicModelsAnswerError: it is no such answer.
    """
    return tuple(_read(_Stems, result).files)


def named_sections(structure: Structure) -> tuple[NamedSection, ...]:
    """Give a song's sections our names for what they are for.

    What lies before the music (`start`) joins the section after it, what lies after it (`end`) the section before; if
    there is none, its function is None.
    """
    found: list[NamedSection] = []
    waiting: float | None = None  # where a stretch begins that joins the next section
    for start, end, label in structure.segments:
        function = _FUNCTIONS[label]
        if function is not None:
            found.append(NamedSection(start if waiting is None else waiting, end, function))
            waiting = None
        elif label == "end" and found:
            found[-1] = found[-1]._replace(end=end)
        elif waiting is None:
            waiting = start
    if waiting is not None:
        end = structure.segments[-1].end
        if found:
            found[-1] = found[-1]._replace(end=end)
        else:
            found.append(NamedSection(waiting, end, None))
    return tuple(found)


def _read(kind: type[Document], result: object) -> Document:
    try:
        return kind.model_validate(result)
    except ValidationError as error:
        raise MusicModelsAnswerError(f"The answer of the music models is not one: {_flaw(error)}.") from None


def _times(times: Sequence[float], what: str, duration: float) -> tuple[float, ...]:
    """Those that lie in the song: were they moved to its end, two of them could fall on one moment."""
    for before, after in pairwise(times):
        if after <= before:
            raise _impossible(f"its {what} are not in order at {after:.2f} s")
    if times:
        _not_past_the_end(times[-1], duration)
    return tuple(time for time in times if time <= duration)


def _segments(segments: Sequence[_Segment], duration: float) -> tuple[Segment, ...]:
    checked: list[Segment] = []
    for segment in segments:
        if segment.label not in LABELS:
            raise _impossible(f"there is no section {segment.label[:40]!r}")
        start = checked[-1].end if checked else segment.start
        if abs(segment.start - start) > _ROUNDING or segment.end <= segment.start:
            raise _impossible(f"its sections do not follow each other at {segment.start:.2f} s")
        _not_past_the_end(segment.end, duration)
        if start < duration:
            checked.append(Segment(start, min(segment.end, duration), segment.label))
    return tuple(checked)


def _not_past_the_end(time: float, duration: float) -> None:
    if time > duration + TOLERANCE:
        raise _impossible(f"it speaks of {time:.2f} s in a song of {duration:.2f} s")


def _impossible(why: str) -> MusicModelsAnswerError:
    return MusicModelsAnswerError(f"The answer of the music models cannot be right: {why}.")


def _flaw(error: ValidationError) -> str:
    first = error.errors(include_url=False, include_input=False)[0]
    return f"{'.'.join(str(part) for part in first['loc']) or 'all of it'}: {first['msg'].lower()}"
