"""Where lines stop being sung, in lyrics that only say where they begin.

A plain LRC ends each line where the next one begins, and so would have the chorus go on through the solo. But a line of
so many syllables takes about as long as others of its song do, and where a voice was heard in the recording it tells
the end better, within what is likely for such a line.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import replace
from statistics import median_low

from lyric_timing.formats.lrc import LAST_LINE_SECONDS
from lyric_timing.repeats import syllables
from lyric_timing.timed import TimedLine, TimedLyrics

_SAME_SECONDS = 1e-3
_LONGEST_LINE, _LONGEST_SYLLABLE = 10.0, 1.5
"""Seconds that are usual at most, however few lines follow one another at once."""
_LEAST, _MOST = 0.5, 2.0
"""Shares of the likely length between which a voice may end a line: others sing on, or the detector heard nothing."""

Spans = Sequence[tuple[float, float]]


def with_ends(lyrics: TimedLyrics, voice: Spans = ()) -> TimedLyrics:
    """The lyrics with a likely end for each line whose end nothing tells; other ends stay.

    Nothing tells it where a line ends just where the next one begins, or before it begins itself. It is never moved
    beyond the next line's start.

    Args:
        lyrics: in order of time. Of lines with words, only the last word's end is in question.
        voice: where somebody sings, in seconds, in order; empty where that is not known.
    """
    starts = sorted({line.start for line in lyrics.lines})
    until = [_next(line.start, starts) for line in lyrics.lines]
    usual, pace = _usual(lyrics.lines, until)
    lines = [
        replace(line, end=_end(line, limit, usual, pace, voice)) if _is_open(line, limit) else line
        for line, limit in zip(lyrics.lines, until, strict=True)
    ]
    return replace(lyrics, lines=tuple(lines))


def _next(start: float, starts: Sequence[float]) -> float | None:
    """Where the next line begins; lines at one time, as in two languages, are sung together."""
    at = bisect_right(starts, start + _SAME_SECONDS)
    return starts[at] if at < len(starts) else None


def _is_open(line: TimedLine, limit: float | None) -> bool:
    last = line.start + LAST_LINE_SECONDS if limit is None else limit
    return abs(line.end - last) <= _SAME_SECONDS or line.end <= line.start


def _usual(lines: Sequence[TimedLine], until: Sequence[float | None]) -> tuple[float, float]:
    """Seconds that a line takes, and a syllable, as half of the song's lines do. A rest after it is part of them."""
    lengths: list[float] = []
    rates: list[float] = []
    for line, limit in zip(lines, until, strict=True):
        if limit is None and _is_open(line, limit):
            continue
        end = line.end if limit is None or not _is_open(line, limit) else limit
        lengths.append(end - line.start)
        rates.append(lengths[-1] / max(1, syllables(line)))
    if not lengths:
        return LAST_LINE_SECONDS, 0.0
    return min(_LONGEST_LINE, median_low(lengths)), min(_LONGEST_SYLLABLE, median_low(rates))


def _end(line: TimedLine, limit: float | None, usual: float, pace: float, voice: Spans) -> float:
    start = line.words[-1].start if line.words else line.start
    likely = usual if line.words else max(usual, pace * syllables(line))
    end = start + likely
    heard = [b for a, b in voice if a < end and b > start]
    if heard:
        end = min(max(heard[-1], start + _LEAST * likely), start + _MOST * likely)
    return max(line.start, end if limit is None else min(end, limit))
