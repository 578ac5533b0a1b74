"""The answer to the caller: printed lines with the times of their words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

from lyric_timing.timed import TimedWord
from qwen3_align.text.printed import PrintedLine


@dataclass(frozen=True, slots=True)
class AlignedWord:
    """One word as printed, in seconds of the recording."""

    text: str
    start: float
    end: float
    confidence: float
    """0 (a guess) to 1 (sure)."""


@dataclass(frozen=True, slots=True)
class AlignedLine:
    """One line as printed, from its first word to its last."""

    text: str
    start: float
    end: float
    confidence: float
    """The mean of its words."""
    words: tuple[AlignedWord, ...]


@dataclass(frozen=True, slots=True)
class Alignment:
    """Every line that was given and shows anything, in the same order, and what the caller should know of them."""

    lines: tuple[AlignedLine, ...]
    language: str
    """The model's name for the language that they were read in."""
    warnings: tuple[str, ...] = ()


def alignment_of(lines: Sequence[PrintedLine], words: Sequence[TimedWord], language: str) -> Alignment:
    """The lines with these times, which are those of all their words in order."""
    rest = iter(words)
    aligned = tuple(_line(line, tuple(islice(rest, len(line.words)))) for line in lines)
    guessed = sum(line.confidence == 0 and printed.unit_count > 0 for line, printed in zip(aligned, lines, strict=True))
    warnings = (
        (f"{guessed} of {len(lines)} lines were not heard. Their times are guesses, marked with confidence 0.",)
        if guessed
        else ()
    )
    return Alignment(aligned, language, warnings)


def _line(line: PrintedLine, timed: Sequence[TimedWord]) -> AlignedLine:
    words = tuple(AlignedWord(word.text, word.start, word.end, round(word.confidence or 0.0, 3)) for word in timed)
    confidence = round(sum(word.confidence for word in words) / len(words), 3)
    return AlignedLine(line.text, words[0].start, words[-1].end, confidence, words)
