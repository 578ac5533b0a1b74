"""The lyrics as they are printed, with what the model reads of each word.

Times belong to printed words; the model times units. A word has any number of them: `don't` one, `24/7` two, `♪` none.
So every visible character comes back with a time, and the model only ever sees what it can read. Headings such as
`[Chorus]` come back too, but as nobody sings them, the model does not see them.
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from lyric_timing.language import language_code
from lyric_timing.sheets.headings import read_heading
from lyric_timing.words import split_words
from qwen3_align.text.units import split_units

_PHRASE_UNITS = 12
"""A line of more is cut into phrases. Some lyrics come as one long line."""


@dataclass(frozen=True, slots=True)
class PrintedWord:
    """A word with the marks that touch it."""

    text: str
    units: tuple[str, ...]
    """What the model reads for it; empty for a word of signs."""


@dataclass(frozen=True)
class PrintedLine:
    """A line as it is printed. Its words hold every visible character of it once, in order."""

    text: str
    words: tuple[PrintedWord, ...]
    """At least one."""

    @cached_property
    def unit_count(self) -> int:
        return sum(len(word.units) for word in self.words)


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words in a row of one line that are placed together: a line, or a part of a long one."""

    line: int
    """Index of its line."""
    words: tuple[PrintedWord, ...]
    first_word: int
    """Index in the line of the first of them."""
    units: tuple[str, ...]
    """Those of all its words, at least one."""


def read_lines(lines: Sequence[str], language: str) -> tuple[PrintedLine, ...]:
    """Each line that shows anything, in order and as often as it is there. `language` is the model's name for it."""
    code = language_code(language)
    read: dict[str, PrintedLine] = {}
    printed: list[PrintedLine] = []
    for text in lines:
        if text not in read and is_visible(text):
            read[text] = PrintedLine(text, _words(text, language, code))
        if text in read:
            printed.append(read[text])
    return tuple(printed)


def is_visible(text: str) -> bool:
    """Whether a reader sees anything of it."""
    return not all(char.isspace() or unicodedata.category(char) in {"Cc", "Cf", "Cs"} for char in text)


def _words(text: str, language: str, code: str | None) -> tuple[PrintedWord, ...]:
    heading = read_heading(text)
    is_sung = heading is None or bool(heading.rest)
    words = [
        PrintedWord(
            word.text,
            (split_units(word.text, language) or split_units(word.normal, language)) if is_sung else (),
        )
        for word in split_words(text, code)
    ]
    return tuple(words) or (PrintedWord(text.strip(), ()),)


def phrases_of(lines: Sequence[PrintedLine]) -> tuple[Phrase, ...]:
    """All that the model can read, in order; the phrases of a line are about as long as each other."""
    phrases: list[Phrase] = []
    for number, line in enumerate(lines):
        parts = max(1, math.ceil(line.unit_count / _PHRASE_UNITS))
        enough = math.ceil(line.unit_count / parts)
        first = 0
        units: list[str] = []
        for at, word in enumerate(line.words):
            units += word.units
            if units and (len(units) >= enough or at + 1 == len(line.words)):
                phrases.append(Phrase(number, line.words[first : at + 1], first, tuple(units)))
                first, units = at + 1, []
    return tuple(phrases)
