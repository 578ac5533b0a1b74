"""What is known about a song's music: one document of frozen dataclasses, and its JSON.

Field names are the JSON's keys and carry their units; they stay. Whatever could not be told is None or empty, and every
estimate has a confidence from 0 (a guess) to 1 (sure).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from pydantic import ConfigDict, TypeAdapter, ValidationError

from music_analysis.errors import DocumentError

SCHEMA_VERSION = 1

SIGNAL = "signal"
"""Name of this package's own way of finding beats and sections."""

Mode = Literal["major", "minor"]
SectionFunction = Literal[
    "intro", "verse", "pre-chorus", "chorus", "bridge", "instrumental", "interlude", "solo", "outro", "break", "tag"
]
"""What a section is for in its song. An interlude is short, an instrumental long; a tag repeats an ending."""

_DESCRIBED = ConfigDict(use_attribute_docstrings=True)
"""What is written below a field becomes its description in JSON schemas."""


@dataclass(frozen=True, slots=True)
class TempoAlternative:
    """Another tempo at which the song may be felt, half or double as a rule."""

    __pydantic_config__ = _DESCRIBED

    bpm: float
    strength: float
    """0 to 1; those of all alternatives and of the chosen tempo sum to at most 1."""


@dataclass(frozen=True, slots=True)
class TempoPoint:
    """The tempo around one moment."""

    __pydantic_config__ = _DESCRIBED

    time_seconds: float
    bpm: float


@dataclass(frozen=True, slots=True)
class Tempo:
    """How fast the beats come."""

    __pydantic_config__ = _DESCRIBED

    bpm: float
    """The tempo that the song keeps for longest, in beats a minute."""
    confidence: float
    """That this is the song's tempo: low where other levels are as likely, or where it does not hold its tempo."""
    steadiness: float
    """Share of the song's beats whose tempo is within 4 % of `bpm`."""
    alternatives: tuple[TempoAlternative, ...] = ()
    """The likeliest first."""
    curve: tuple[TempoPoint, ...] = ()
    """The tempo through the song, about every four beats; empty where it is steady."""


@dataclass(frozen=True, slots=True)
class Beat:
    """One beat."""

    __pydantic_config__ = _DESCRIBED

    time_seconds: float
    position: int | None = None
    """In its bar, from 1, the downbeat; None where no bars were found."""


@dataclass(frozen=True, slots=True)
class TimeSignature:
    """How beats make bars. In 6/8 there are two beats to a bar, each of three eighths."""

    __pydantic_config__ = _DESCRIBED

    numerator: int
    denominator: int
    confidence: float
    """Of the signature and of the beats' positions in their bars."""


@dataclass(frozen=True, slots=True)
class KeyAlternative:
    """Another key that the song may be in: its relative or a fifth away, as a rule."""

    __pydantic_config__ = _DESCRIBED

    tonic: str
    mode: Mode
    confidence: float


@dataclass(frozen=True, slots=True)
class KeySegment:
    """A stretch of the song in one key."""

    __pydantic_config__ = _DESCRIBED

    start_seconds: float
    end_seconds: float
    tonic: str
    mode: Mode


@dataclass(frozen=True, slots=True)
class Key:
    """The key that the song is in for longest."""

    __pydantic_config__ = _DESCRIBED

    tonic: str
    """C, C#, Db, D, ..., spelt as the key signature is commonly written."""
    mode: Mode
    confidence: float
    alternatives: tuple[KeyAlternative, ...] = ()
    segments: tuple[KeySegment, ...] = ()
    """The whole song in order; more than one where it modulates."""
    tuning_cents: float = 0.0
    """How far the song lies above A = 440 Hz, -50 to 50."""


@dataclass(frozen=True, slots=True)
class Loudness:
    """By EBU R 128 and ITU-R BS.1770."""

    __pydantic_config__ = _DESCRIBED

    integrated_lufs: float | None
    """None where nothing is louder than -70 LUFS, or for 0.4 s."""
    range_lu: float | None
    """None also where there are less than 4 s."""
    true_peak_dbtp: float | None
    """None for digital silence."""


@dataclass(frozen=True, slots=True)
class Waveform:
    """The lowest and highest sample of each piece of the sound, for drawing; within ±1 unless the sound overshoots."""

    __pydantic_config__ = _DESCRIBED

    peaks_per_second: int
    minimum: tuple[float, ...]
    maximum: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class VocalSpan:
    """A stretch in which somebody sings or speaks."""

    __pydantic_config__ = _DESCRIBED

    start_seconds: float
    end_seconds: float


@dataclass(frozen=True, slots=True)
class VocalActivity:
    """Where there is a voice."""

    __pydantic_config__ = _DESCRIBED

    source: str
    """`separated` if a separated voice was given, else the detector's name."""
    spans: tuple[VocalSpan, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """A stretch of the song that is one thing: a verse, a chorus, an interlude."""

    __pydantic_config__ = _DESCRIBED

    start_seconds: float
    end_seconds: float
    group: str
    """A, B, ... in order of appearance: stretches that sound alike share it."""
    function: SectionFunction | None = None
    """None where it cannot be told; without lyrics, only intro, instrumental and outro can."""
    name: str | None = None
    """Its heading as printed on the sheet, such as `Chorus 2`."""
    confidence: float = 0.0
    """That it is a section of its own and of this function."""


@dataclass(frozen=True, slots=True)
class MusicAnalysis:
    """All of it."""

    __pydantic_config__ = _DESCRIBED

    duration_seconds: float
    loudness: Loudness
    waveform: Waveform
    tempo: Tempo | None = None
    """None where there is no pulse."""
    beats: tuple[Beat, ...] = ()
    time_signature: TimeSignature | None = None
    key: Key | None = None
    """None where nothing is tonal, or too few notes sound to tell."""
    vocal_activity: VocalActivity | None = None
    """None where nothing could tell: no separated voice was given, and no detector."""
    beat_engine: str = SIGNAL
    """Name of what found the beats."""
    sections: tuple[Section, ...] = ()
    """In order, without gaps, from 0 to the end of the song; empty where nothing could be told."""
    section_engine: str = SIGNAL
    """What found the sections: `signal`, `signal+lyrics`, or an engine's name."""
    tier: Literal["fast", "full"] = "fast"
    """`full` if the voice was separated first."""
    schema_version: int = SCHEMA_VERSION

    def to_json(self) -> str:
        """UTF-8 text of one JSON object."""
        return _ADAPTER.dump_json(self).decode()

    @classmethod
    def from_json(cls, text: str | bytes) -> MusicAnalysis:
        """Read what `to_json` wrote. Raises DocumentError, naming the field, for anything else."""
        try:
            analysis = _ADAPTER.validate_json(text)
        except ValidationError as error:
            first = error.errors()[0]
            place = ".".join(str(part) for part in first["loc"]) or "the top"
            raise DocumentError(f"This is not a music analysis: at {place}: {first['msg']}.") from error
        if analysis.schema_version > SCHEMA_VERSION:
            raise DocumentError(
                f"This music analysis has schema version {analysis.schema_version}; this program reads up to "
                f"{SCHEMA_VERSION}. Update the program, or run the analysis again."
            )
        return analysis


_ADAPTER = TypeAdapter(MusicAnalysis)
