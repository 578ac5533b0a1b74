"""The types a song is written in: notes, lines, sections, songs."""

from dataclasses import dataclass

UNIT = 0.225
"""Seconds of the smallest note. Eight units are a bar, sixteen a sung line: 133 beats a minute, felt at half that."""

LINE_UNITS = 16


@dataclass(frozen=True)
class Note:
    """One syllable's note: where its vowel starts and how long it lasts, in units from its line's first beat.

    A pickup starts before the line does, at a negative position. The pitch is a MIDI number.
    """

    at: int
    length: int
    pitch: int


@dataclass(frozen=True)
class Line:
    """A line as printed and as sung.

    `phonemes` has one entry per word (per character in Mandarin) in Kokoro's alphabet, syllables apart by `-`;
    a leading `+` joins it to the one before without a space, as the characters of one Mandarin word are.
    """

    text: str
    words: tuple[str, ...]
    phonemes: tuple[str, ...]
    notes: tuple[Note, ...]


@dataclass(frozen=True)
class Section:
    """A heading, its lines, and the chords of each line as (name, units)."""

    heading: str
    lines: tuple[Line, ...]
    chords: tuple[tuple[tuple[str, int], ...], ...]


@dataclass(frozen=True)
class Part:
    """A section as it stands in one song: the voices, leader first, and the bars of band before it."""

    section: Section
    singers: tuple[str, ...]
    bars_before: int = 0


@dataclass(frozen=True)
class Song:
    """A sample song: its folder, its language as `meta.json` has it (`mul`: several), and its parts in sung order."""

    folder: str
    title: str
    lang: str
    languages: tuple[str, ...]
    parts: tuple[Part, ...]
