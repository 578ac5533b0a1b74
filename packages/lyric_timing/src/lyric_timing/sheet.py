"""The lyrics as the user wrote them: sections, lines and words, each with its normal form.

Matching works on `normal`; output prints `text`. Offsets lead from one to the other without loss.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property


@dataclass(frozen=True, slots=True)
class Word:
    """One sung unit: a CJK character or, in other scripts, a word between white space.

    `line.text[start:end] == text`. Every visible character of a line belongs to exactly one word:
    punctuation stays with the word that it touches (a free-standing mark with the word before it).
    """

    text: str
    start: int
    end: int
    normal: str
    """What is matched and pronounced: NFKC, case-folded, simplified Chinese, numbers read out
    (so it may hold spaces), no punctuation but the apostrophe. Never empty."""


@dataclass(frozen=True, slots=True)
class Line:
    """One printed line with at least one word; `text` is as the user wrote it, outer space stripped."""

    text: str
    words: tuple[Word, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """Consecutive lines under one heading (or one stanza, when the sheet has no headings)."""

    name: str | None
    """The heading as printed, without its brackets or colon: `Chorus`, `Verse 1`, `副歌`."""
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class LyricSheet:
    """The whole sheet. `lines` runs over the sections in order; indices elsewhere refer to it."""

    sections: tuple[Section, ...]
    title: str | None = None
    artist: str | None = None
    language: str | None = None
    """ISO 639-1 code, as given by the caller or guessed from the script; None when unknown."""

    @cached_property
    def lines(self) -> tuple[Line, ...]:
        return tuple(line for section in self.sections for line in section.lines)

    @cached_property
    def section_of_line(self) -> tuple[int, ...]:
        """For each index into `lines`, the index of its section."""
        return tuple(s for s, section in enumerate(self.sections) for _ in section.lines)

    def words(self) -> Iterator[tuple[int, int, Word]]:
        """(line index, word index in that line, word) in sheet order."""
        for i, line in enumerate(self.lines):
            for j, word in enumerate(line.words):
                yield i, j, word
