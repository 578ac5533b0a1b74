"""From the times of units to those of printed words."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import islice

from lyric_timing.timed import TimedLine, TimedLyrics, TimedWord
from lyric_timing.verify import MIN_WORD_SECONDS, verify
from qwen3_align.alignment.song import Found, Times
from qwen3_align.clips import UnitTime
from qwen3_align.text.printed import Phrase, PrintedLine

_LONGEST_GUESS = 0.5
"""Seconds that a word gets next to its own line, when nothing is known of it and there is room."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A word of line `line`, and when it is sung; None where that is not known."""

    text: str
    line: int
    is_sung: bool
    """Whether there is anything in it to sing; signs are shown with what follows them."""
    time: UnitTime | None


def word_times(phrase: Phrase, times: Times) -> tuple[UnitTime | None, ...]:
    """For each word of the phrase the time from its first to its last unit; None for a word without units.

    Its confidence is the geometric mean of theirs, so that one unit that was not heard makes the word a guess.
    """
    units = iter(times)
    return tuple(_joined(tuple(islice(units, len(word.units)))) for word in phrase.words)


def _joined(times: Times) -> UnitTime | None:
    if not times:
        return None
    product = math.prod(time.confidence for time in times)
    return UnitTime(times[0].start, times[-1].end, product ** (1 / len(times)))


def placed(lines: Sequence[PrintedLine], phrases: Sequence[Phrase], found: Found) -> list[Placed]:
    """All words of the lines, with the times that were found: not those with a unit of confidence 0."""
    times: dict[tuple[int, int], UnitTime | None] = {}
    for i, units in found.items():
        phrase = phrases[i]
        for at, time in enumerate(word_times(phrase, units), start=phrase.first_word):
            times[phrase.line, at] = time if time is not None and time.confidence > 0 else None
    return [
        Placed(word.text, number, bool(word.units), times.get((number, at)))
        for number, line in enumerate(lines)
        for at, word in enumerate(line.words)
    ]


def fill(words: Sequence[Placed], start: float, end: float) -> list[Placed]:
    """The same words, those without a time placed between their neighbours with confidence 0.

    `start` and `end` are the bounds of all of them, in seconds. Signs stand just before the word that follows. Words
    whose line goes on beside them stand next to it; others share the time that there is.
    """
    filled: list[Placed] = []
    at = 0
    while at < len(words):
        if words[at].time is not None:
            filled.append(words[at])
            at += 1
            continue
        until = at
        while until < len(words) and words[until].time is None:
            until += 1
        before = words[at - 1] if at else None
        after = words[until] if until < len(words) else None
        filled += _spread(words[at:until], before, after, start, end)
        at = until
    return filled


def _spread(
    run: Sequence[Placed], before: Placed | None, after: Placed | None, start: float, end: float
) -> list[Placed]:
    left = before.time.end if before and before.time else start
    right = after.time.start if after and after.time else end
    left = min(left, right)
    share = (right - left) / len(run)
    step = min(share, _LONGEST_GUESS)
    if not any(word.is_sung for word in run):
        step = min(share, MIN_WORD_SECONDS)
        first = right - step * len(run) if after else left
    elif before is not None and before.line == run[-1].line:
        first = left
    elif after is not None and after.line == run[0].line:
        first = right - step * len(run)
    else:
        first, step = left, share
    return [replace(word, time=UnitTime(first + i * step, first + (i + 1) * step, 0.0)) for i, word in enumerate(run)]


def in_order(words: Sequence[Placed], seconds: float) -> tuple[TimedWord, ...]:
    """The words one after the other, none over another, within a recording of so many seconds.

    One voice sings them all, for the model knows of no other; hence they are put in order as if they were one line.
    """
    timed = tuple(
        TimedWord(word.text, word.time.start, word.time.end, word.time.confidence)
        for word in words
        if word.time is not None
    )
    lyrics = TimedLyrics((TimedLine("", timed[0].start, timed[-1].end, timed),))
    return verify(lyrics, duration=seconds).lines[0].words
