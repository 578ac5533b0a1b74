"""Makes caption phrases into heard words. A word has the track's own time, or its share of the phrase by syllables.

Captions stay on the screen after the singing has stopped. So a phrase ends where the next begins at the latest, and its
words take no longer than half as much again as words of this track usually take.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from statistics import median

from lyric_timing.heard import Heard, Token
from lyric_timing.language import language_code
from lyric_timing.matching.phonetic import syllable_count
from lyric_timing.sheet import Word
from lyric_timing.words import split_words
from sow_analysis.captions.timedtext import Phrase

SOURCE = "youtube-captions"
_BY_PEOPLE, _AUTOMATIC = 1.0, 0.8
"""Probability of their words: people type what is sung, machines guess."""
_LINGERING = 1.5
_LONGEST_WORD = 2.0
"""Seconds that a word with a time of its own may last, where nothing follows."""
_DEFAULT_PACE = 0.4
"""Seconds for each syllable, where a track has only phrases without length."""


def heard_of(phrases: Sequence[Phrase], language: str | None, *, automatic: bool) -> Heard:
    """The words of cleaned phrases in order of time. Chinese and Japanese characters are words of their own.

    `language` is the track's tag; what is returned has its plain code. No token begins before the one before it ends,
    nor ends before it begins.
    """
    probability = _AUTOMATIC if automatic else _BY_PEOPLE
    words = [(phrase, _words(phrase, language)) for phrase in phrases]
    words = [(phrase, said) for phrase, said in words if said]
    if not words:
        return Heard((), SOURCE, language_code(language))
    nexts = [*(after.start for (_, _), (after, _) in pairwise(words)), None]
    lengths = [_length(phrase, after) for (phrase, _), after in zip(words, nexts, strict=True)]
    paces = [seconds / _syllables(said) for seconds, (_, said) in zip(lengths, words, strict=True) if seconds > 0]
    pace = median(paces) if paces else _DEFAULT_PACE
    tokens: list[Token] = []
    for (phrase, said), seconds, after in zip(words, lengths, nexts, strict=True):
        longest = _LINGERING * pace * _syllables(said)
        if any(start is not None for _, start in said):
            tokens += _timed(phrase, said, phrase.start + seconds if after is None else after, probability)
        else:
            tokens += _spread(said, phrase.start, min(seconds or longest, longest), probability)
    return Heard(tuple(_in_order(tokens)), SOURCE, language_code(language))


Said = Sequence[tuple[Word, float | None]]
"""Words, each with the time that the track gives."""


def _words(phrase: Phrase, language: str | None) -> Said:
    """The phrase's words, each with the time of the part in which it begins."""
    said: list[tuple[Word, float | None]] = []
    for line, starts in _lines(phrase):
        told = -1.0
        for word in split_words(line, language):
            at = word.start + len(word.text) - len(word.text.lstrip())
            start = starts[at]
            is_new = start is not None and start > told
            said.append((word, start if is_new else None))
            told = start if start is not None else told
    return said


def _lines(phrase: Phrase) -> Iterator[tuple[str, list[float | None]]]:
    """Each line, with the time of each of its characters' part."""
    chars: list[str] = []
    starts: list[float | None] = []
    for part in phrase.parts:
        for char in part.text:
            if char == "\n":
                yield "".join(chars), starts
                chars, starts = [], []
            else:
                chars.append(char)
                starts.append(part.start)
    yield "".join(chars), starts


def _length(phrase: Phrase, after: float | None) -> float:
    return max(0.0, (phrase.end if after is None else min(phrase.end, after)) - phrase.start)


def _syllables(said: Said) -> int:
    return sum(syllable_count(word.normal) for word, _ in said)


def _spread(said: Said, start: float, seconds: float, probability: float, *, timed: bool = False) -> Iterator[Token]:
    """Each word's share by syllables; `timed` says whether the first begins at a time of its own."""
    each = seconds / _syllables(said)
    for word, _ in said:
        end = start + each * syllable_count(word.normal)
        yield Token(word.text, start, end, probability, timed=timed)
        start, timed = end, False


def _timed(phrase: Phrase, said: Said, until: float, probability: float) -> Iterator[Token]:
    """Words in runs that each begin at a known time; those that share one part share the time to the next."""
    runs: list[tuple[float, list[tuple[Word, float | None]]]] = [(phrase.start, [])]
    for word, start in said:
        if start is not None:
            runs.append((start, []))
        runs[-1][1].append((word, start))
    runs = [run for run in runs if run[1]]
    ends = [*(start for start, _ in runs[1:]), max(until, runs[-1][0])]
    for (start, words), end in zip(runs, ends, strict=True):
        seconds = min(max(0.0, end - start), _LONGEST_WORD * len(words))
        yield from _spread(words, start, seconds, probability, timed=words[0][1] is not None)


def _in_order(tokens: Sequence[Token]) -> Iterator[Token]:
    ordered = sorted(tokens, key=lambda token: token.start)
    for token, after in zip(ordered, [*ordered[1:], None], strict=True):
        end = token.end if after is None else min(token.end, max(after.start, token.start))
        yield replace(token, end=end)
