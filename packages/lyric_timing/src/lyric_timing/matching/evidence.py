"""Heard tokens made ready for decoding: one lyric word each where possible, with a weight and a sound time."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from lyric_timing.heard import Heard, Token
from lyric_timing.matching.phonetic import sound_key
from lyric_timing.sheet import LyricSheet
from lyric_timing.words import split_words

LONGEST_WORD = 2.0
"""Seconds; a token that lasts longer began before its word: recognisers stretch words over the silence before."""
_LONGEST_PERIOD = 12
"""Tokens of the longest phrase whose endless repetition is noticed."""
_FREE_ROUNDS = 4
"""Any phrase may be heard so often in a row."""
_CROWD_SECONDS = 1.0
_MOST_IN_CROWD = 9
_LEAST_PROBABILITY_WEIGHT = 0.5
_JOINED = 3
_FASTEST = 8.0
"""Words per second that nobody exceeds for long."""
_HURRIED = 2.0
_PAUSE = 0.2
_ENOUGH_STEPS = 12


@dataclass(frozen=True)
class Piece:
    """One heard word in its normal form."""

    normal: str
    start: float
    end: float
    probability: float
    timed: bool = True


@dataclass(frozen=True)
class Evidence:
    """What decoding needs to know of T heard words, in order of time."""

    pieces: tuple[Piece, ...]
    weight: NDArray[np.float64]
    """How much each one counts, 0 to 1, shape (T,): little for words that fall over each other."""
    timed: NDArray[np.bool_]
    """Whether its start can be an onset, shape (T,): not so for words that share one instant, or were only shared out
    over a phrase."""
    fastest: float
    """Words per second that this song hardly exceeds."""
    loops: tuple[Piece, ...]
    """What was left out."""
    silence: NDArray[np.float64]
    """Seconds in which not even a false word was heard, before each of them and after the last, shape (T + 1,)."""


def gather(heard: Heard, sheet: LyricSheet, duration: float | None = None) -> Evidence:
    """The evidence of one source for one sheet. Tokens whose times are not finite, or after the end, are left out."""
    limit = math.inf if duration is None else duration
    tokens = [t for t in heard.tokens if math.isfinite(t.start) and math.isfinite(t.end) and -1 < t.start < limit]
    tokens.sort(key=lambda t: t.start)
    language = sheet.language or heard.language
    vocabulary = Vocabulary(sheet)
    pieces = vocabulary.split(vocabulary.join(_pieces(tokens, language)))
    return weigh([_shortened(piece) for piece in pieces], sheet, duration)


def weigh(pieces: Iterable[Piece], sheet: LyricSheet, duration: float | None = None) -> Evidence:
    """The evidence of these pieces, put in order of time, without endless loops."""
    raw = sorted(pieces, key=lambda p: p.start)
    loops = _loops([p.normal for p in raw], sheet)
    ordered = tuple(piece for piece, loop in zip(raw, loops, strict=True) if not loop)
    starts = np.array([p.start for p in ordered])
    probability = np.array([p.probability for p in ordered]).clip(0, 1)
    weight = _LEAST_PROBABILITY_WEIGHT + (1 - _LEAST_PROBABILITY_WEIGHT) * probability
    return Evidence(
        pieces=ordered,
        weight=weight * _uncrowded(starts),
        timed=_alone_in_time(starts) & np.array([p.timed for p in ordered], dtype=np.bool_),
        fastest=_fastest(ordered),
        loops=tuple(piece for piece, loop in zip(raw, loops, strict=True) if loop),
        silence=_silence(raw, [*(p.start for p in ordered), raw[-1].end if duration is None else duration])
        if raw
        else np.zeros(1),
    )


def _pieces(tokens: Sequence[Token], language: str | None) -> Iterator[Piece]:
    for token in tokens:
        words = split_words(token.text, language)
        normals = [word.normal for word in words]
        letters = max(1, sum(map(len, normals)))
        start, seconds = max(token.start, 0.0), max(token.end - token.start, 0.0)
        for normal in normals:
            end = start + seconds * len(normal) / letters
            probability = token.probability if math.isfinite(token.probability) else 0.0
            yield Piece(normal, start, end, probability, token.timed)
            start = end


class Vocabulary:
    """The words of a sheet, to cut what was heard in the same places: `every thing`, `ev'ry`, `twenty four`."""

    def __init__(self, sheet: LyricSheet) -> None:
        self._words = {_letters(word.normal) for _, _, word in sheet.words()}
        self._normals = {word.normal for _, _, word in sheet.words()}
        self._pairs = {
            _letters(a.normal + b.normal): (a.normal, b.normal)
            for line in sheet.lines
            for a, b in pairwise(line.words)
            if min(len(a.normal), len(b.normal)) > 1
        }

    def join(self, pieces: Iterable[Piece]) -> list[Piece]:
        """Neighbours become one where only together they are a word of the sheet."""
        rest = list(pieces)
        joined: list[Piece] = []
        at = 0
        while at < len(rest):
            count = next((n for n in range(_JOINED, 1, -1) if self._is_one(rest[at : at + n], n)), 1)
            part = rest[at : at + count]
            if count > 1:
                probability = sum(p.probability for p in part) / count
                normal = "".join(p.normal for p in part)
                joined.append(Piece(normal, part[0].start, part[-1].end, probability, part[0].timed))
            else:
                joined += part
            at += count
        return joined

    def _is_one(self, part: Sequence[Piece], count: int) -> bool:
        if len(part) < count or part[-1].start - part[0].start > LONGEST_WORD:
            return False
        return _letters("".join(p.normal for p in part)) in self._words and any(
            _letters(p.normal) not in self._words for p in part
        )

    def split(self, pieces: Iterable[Piece]) -> list[Piece]:
        """A piece becomes two where two words in a row of the sheet are written as one, or its parts are words."""
        out: list[Piece] = []
        for piece in pieces:
            parts: Sequence[str] = (piece.normal,)
            if piece.normal not in self._normals and _letters(piece.normal) not in self._words:
                parts = self._pairs.get(_letters(piece.normal)) or piece.normal.split(" ")
            letters = sum(map(len, parts))
            start = piece.start
            for part in parts:
                end = start + (piece.end - piece.start) * len(part) / letters
                out.append(Piece(part, start, end, piece.probability, piece.timed))
                start = end
        return out


_NO_LETTERS = re.compile("[ ']")


def _letters(normal: str) -> str:
    return _NO_LETTERS.sub("", normal)


def _shortened(piece: Piece) -> Piece:
    return replace(piece, start=max(piece.start, piece.end - LONGEST_WORD))


def _loops(heard: Sequence[str], sheet: LyricSheet) -> NDArray[np.bool_]:
    """Which words only repeat what was just said, more often than any song does.

    Of a loop, as many rounds are kept as the sheet has of the same phrase in a row, but one at least.
    """
    heard = [sound_key(normal) or normal for normal in heard]
    written = [sound_key(word.normal) or word.normal for _, _, word in sheet.words()]
    loops = np.zeros(len(heard), dtype=np.bool_)
    for period in range(1, _LONGEST_PERIOD + 1):
        rounds = {_turned(phrase): count for phrase, count, _ in _rounds(written, period)}
        for phrase, count, end in _rounds(heard, period):
            kept = rounds.get(_turned(phrase), 1)
            if count > max(_FREE_ROUNDS, kept + 1):
                loops[end - (count - kept) * period : end] = True
    return loops


def _rounds(sounds: Sequence[str], period: int) -> Iterator[tuple[tuple[str, ...], int, int]]:
    """(phrase, times in a row, end) wherever `period` words, no shorter phrase, are said twice or more in a row."""
    index = {sound: i for i, sound in enumerate(set(sounds))}
    number = np.array([index[sound] for sound in sounds], dtype=np.intp)
    same = np.concatenate([[False], number[period:] == number[:-period], [False]]).astype(np.int8)
    change = np.diff(same)
    for start, end in zip(np.flatnonzero(change > 0).tolist(), np.flatnonzero(change < 0).tolist(), strict=True):
        phrase = tuple(sounds[end : end + period])
        if end - start >= period and not any(phrase == phrase[k:] + phrase[:k] for k in range(1, period)):
            yield phrase, (end - start) // period + 1, end + period


def _turned(phrase: tuple[str, ...]) -> tuple[str, ...]:
    """The same for a phrase wherever one starts to read it in a loop."""
    return min(phrase[i:] + phrase[:i] for i in range(len(phrase)))


def _uncrowded(starts: NDArray[np.float64]) -> NDArray[np.float64]:
    """1 where words come at a rate that can be sung, less where they fall over each other."""
    if not starts.size:
        return starts
    half = _CROWD_SECONDS / 2
    count = np.searchsorted(starts, starts + half, side="right") - np.searchsorted(starts, starts - half)
    return np.minimum(1.0, _MOST_IN_CROWD / count)


def _fastest(pieces: Sequence[Piece]) -> float:
    """From words that follow each other without a pause: twice their usual rate."""
    steps = [b.start - a.start for a, b in pairwise(pieces) if b.start - a.end < _PAUSE]
    steps = [step for step in steps if step > 1 / _FASTEST]
    return min(_FASTEST, _HURRIED / float(np.median(steps))) if len(steps) >= _ENOUGH_STEPS else _FASTEST


def _silence(raw: Sequence[Piece], times: Sequence[float]) -> NDArray[np.float64]:
    """The longest stretch without any word between these times, the first counted from 0, shape (len(times),)."""
    longest = [0.0] * len(times)
    end, at = 0.0, 0
    for piece in [*raw, Piece("", times[-1], times[-1], 0.0)]:
        while at < len(times) - 1 and times[at] < piece.start:
            at += 1
        longest[at] = max(longest[at], piece.start - end)
        end = max(end, piece.end)
    return np.array(longest)


def _alone_in_time(starts: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Not so where three words or more start within a twentieth of a second."""
    close = np.diff(starts) < 0.05
    crowded = np.zeros(len(starts), dtype=np.bool_)
    if len(close) > 1:
        both = close[1:] & close[:-1]
        crowded[:-2] |= both
        crowded[1:-1] |= both
        crowded[2:] |= both
    return ~crowded
