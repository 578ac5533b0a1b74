"""The words of a line as stretches of its text, and back: what every word-timed format writes and reads."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from lyric_timing.formats.text import clean
from lyric_timing.timed import TimedLine, TimedLyrics, TimedWord


@dataclass(frozen=True, slots=True)
class Chunk:
    """A stretch of a line's text, outer spaces included, sung from `start` to `end` (seconds).

    `end` is None where a format leaves it to the next chunk.
    """

    text: str
    start: float
    end: float | None = None


# Characters that are words of their own, for these scripts have no spaces: kana, Bopomofo, Han.
_UNSPACED = re.compile(r"[\u2e80-\u312f\u31a0-\u31ff\u3400-\u9fff\uf900-\ufaff\uff66-\uff9f\U0001b000-\U0003ffff]")


def printable(lyrics: TimedLyrics) -> list[TimedLine]:
    """The lines that have something to print, in order of time."""
    return sorted((line for line in lyrics.lines if clean(line.text)), key=lambda line: line.start)


def chunks(line: TimedLine) -> list[Chunk]:
    """The line's text cut at its words: the chunks' texts join to `clean(line.text)`.

    Text that no word holds goes to the word before it. Empty when the line has no words, or when a word does not
    occur in the text: then the text, which is the user's, is printed without word times.
    """
    text = clean(line.text)
    words = [(clean(word.text), word) for word in line.words]
    words = [(spelling, word) for spelling, word in words if spelling]
    found: list[int] = []
    position = 0
    for spelling, _ in words:
        at = text.find(spelling, position)
        if at < 0:
            return []
        found.append(at)
        position = at + len(spelling)
    borders = [0, *found[1:], len(text)]
    return [
        Chunk(text[begin:end], word.start, word.end)
        for begin, end, (_, word) in zip(borders, borders[1:], words, strict=False)
    ]


def assemble(parts: Iterable[Chunk], end: float) -> tuple[str, tuple[TimedWord, ...]]:
    """A line's text and words from its chunks in order; `end` (seconds) closes a last word that has no end.

    Syllables (`wor` + `ship`) become one word. A chunk without letters is a pause: it ends the word before it.
    """
    spoken: list[Chunk] = []
    whole = ""
    for part in parts:
        if spoken and _continues(whole, part.text):
            spoken[-1] = Chunk(spoken[-1].text + part.text, spoken[-1].start, part.end)
        else:
            if spoken and spoken[-1].end is None:
                spoken[-1] = Chunk(spoken[-1].text, spoken[-1].start, part.start)
            if part.text.strip():
                spoken.append(part)
        whole += part.text
    words = (TimedWord(clean(c.text), c.start, end if c.end is None else c.end) for c in spoken)
    return clean(whole), tuple(word for word in words if word.text)


def _continues(before: str, after: str) -> bool:
    """Whether the text after a chunk border goes on with the word before it."""
    if not before or not after:
        return False
    left, right = before[-1], after[0]
    return _joins(left) and _joins(right) and not _UNSPACED.match(left) and not _UNSPACED.match(right)


def _joins(character: str) -> bool:
    return character.isalnum() or character in "'’"
