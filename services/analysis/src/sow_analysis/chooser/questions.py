"""What is in doubt after matching: phrases that were heard, and that no line explains, between lines that are sure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from rapidfuzz import fuzz

from lyric_timing.fit import Fit, HeardWord
from lyric_timing.sheet import LyricSheet

_SURE = 0.3
"""Confidence from which a line of the roadmap explains what was heard there."""
_PAUSE = 0.5
"""Seconds without a word that end a phrase."""
_MOST_WORDS = 8
"""In one phrase. Longer ones tend to hold the end of one line and the start of the next."""
_EXPLAINED = 0.5
"""Share of a phrase's words from which it is not in doubt."""
_LEAST_WORDS = 3
"""Of a stretch worth a question: an `oh yeah` is not."""
_MOST_PHRASES = 8
"""In one question; more are asked in several."""
_MOST_QUESTIONS = 12
_MOST_CANDIDATES = 24
_CONTEXT = 2
"""Sure lines that are shown before and after."""
_NEAR = 3
"""Lines after the sure one before, and before the sure one after, that are always candidates."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words that were heard in one breath, with their times in seconds."""

    start: float
    end: float
    text: str


@dataclass(frozen=True, slots=True)
class Question:
    """Which of the candidates is each of these phrases? Lines are indices into `LyricSheet.lines`."""

    phrases: tuple[Phrase, ...]
    candidates: tuple[int, ...]
    """In the order of the sheet; of lines with the same words, only the first."""
    before: tuple[int, ...]
    """Lines that are surely sung just before the first phrase, in sung order; empty at the start of the song."""
    after: tuple[int, ...]
    """The same after the last phrase."""


@dataclass(frozen=True, slots=True)
class _Heard:
    phrase: Phrase
    words: tuple[HeardWord, ...]
    line: int | None
    """Index into the roadmap of the sure line that explains it; None when it is in doubt."""


def questions_of(sheet: LyricSheet, fit: Fit) -> tuple[Question, ...]:
    """The stretches in doubt, those with most words first."""
    heard = [_judged(words, fit) for words in _phrases(fit.words)]
    questions: list[tuple[int, Question]] = []
    at = 0
    for doubtful, run in groupby(heard, key=lambda one: one.line is None):
        stretch = list(run)
        if doubtful:
            for first in range(0, len(stretch), _MOST_PHRASES):
                part = stretch[first : first + _MOST_PHRASES]
                words = sum(len(one.words) for one in part)
                if words >= _LEAST_WORDS:
                    questions.append((words, _question(sheet, fit, heard[:at], part, heard[at + len(stretch) :])))
        at += len(stretch)
    questions.sort(key=lambda one: -one[0])
    return tuple(question for _, question in questions[:_MOST_QUESTIONS])


def _phrases(words: Sequence[HeardWord]) -> list[list[HeardWord]]:
    """Cut at pauses, where another line begins to explain the words, and where there are too many."""
    phrases: list[list[HeardWord]] = []
    line: int | None = None
    for word in words:
        last = phrases[-1] if phrases else None
        new = last is None or word.start - last[-1].end > _PAUSE or len(last) >= _MOST_WORDS
        if new or (word.line is not None and line is not None and word.line != line):
            phrases.append([])
            line = None
        phrases[-1].append(word)
        line = word.line if word.line is not None else line
    return phrases


def _judged(words: Sequence[HeardWord], fit: Fit) -> _Heard:
    lines = [word.line for word in words if word.line is not None and fit.roadmap.lines[word.line].confidence >= _SURE]
    phrase = Phrase(words[0].start, max(word.end for word in words), " ".join(word.text for word in words))
    return _Heard(phrase, tuple(words), lines[0] if len(lines) >= _EXPLAINED * len(words) else None)


def _question(
    sheet: LyricSheet, fit: Fit, earlier: Sequence[_Heard], part: Sequence[_Heard], later: Sequence[_Heard]
) -> Question:
    order = [line.line for line in fit.roadmap.lines]
    first = next((one.line for one in reversed(earlier) if one.line is not None), None)
    last = next((one.line for one in later if one.line is not None), None)
    before = () if first is None else tuple(order[max(0, first + 1 - _CONTEXT) : first + 1])
    after = () if last is None else tuple(order[last : last + _CONTEXT])
    phrases = tuple(one.phrase for one in part)
    return Question(phrases, _candidates(sheet, phrases, before, after), before, after)


def _candidates(
    sheet: LyricSheet, phrases: Sequence[Phrase], before: Sequence[int], after: Sequence[int]
) -> tuple[int, ...]:
    """All lines of a short sheet; of a long one, those near the sure ones, and those most alike the phrases."""
    texts = [" ".join(word.normal for word in line.words) for line in sheet.lines]
    first = {text: i for i, text in reversed(list(enumerate(texts)))}
    lines = sorted(first.values())
    if len(lines) <= _MOST_CANDIDATES:
        return tuple(lines)
    near = [*range(before[-1], before[-1] + _NEAR + 1)] if before else [*range(_NEAR)]
    near += [*range(after[0] - _NEAR, after[0] + 1)] if after else []
    chosen = [first[texts[i]] for i in near if 0 <= i < len(texts)]
    alike = {i: max(fuzz.ratio(phrase.text, texts[i]) for phrase in phrases) for i in lines}
    chosen += sorted(lines, key=lambda i: -alike[i])
    return tuple(sorted(list(dict.fromkeys(chosen))[:_MOST_CANDIDATES]))
