"""Lends captions the times of another ear: captions know the words, and who listened knows when they were sung.

Words that both have are paired in order, by sound, within what captions may be off: of all such pairings the one with
the most pairs, the nearest first (a heaviest increasing subsequence). A word without a partner keeps its place between
those that have one, and no time of its own.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from lyric_timing.heard import Heard, Token
from sow_analysis.captions.anchors import Unit, units_of

_REACH = 2.5
"""Seconds that captions may be off: the words of a phrase share its time, and people set it by hand."""
_DISTANCE = 0.5
"""What a pair at the end of that reach counts less than one at the same time."""


@dataclass(frozen=True, slots=True)
class _Pair:
    caption: int
    heard: int
    before: _Pair | None


def lend_times(captions: Heard, heard: Heard) -> Heard:
    """The captions (seconds of the recording) with the times of what was `heard` there, word by word.

    Words keep their order. Where both have a word, its time, and whether that was heard, is the ear's.
    """
    here, there = units_of(captions), units_of(heard)
    counts = Counter(unit.token for unit in there)
    lent: dict[int, Token] = {}
    for pair in _pairs(here, there):
        caption, ear = here[pair.caption], there[pair.heard]
        if caption.token not in lent:
            token = heard.tokens[ear.token]
            end = ear.time + (token.end - token.start) / counts[ear.token]
            lent[caption.token] = replace(
                captions.tokens[caption.token], start=ear.time, end=max(ear.time, end), timed=token.timed
            )
    return replace(captions, tokens=tuple(_in_order(captions.tokens, lent)))


def _pairs(here: Sequence[Unit], there: Sequence[Unit]) -> list[_Pair]:
    """The heaviest set of pairs that both sides have in the same order."""
    times = np.array([unit.time for unit in there])
    best = np.zeros(len(there) + 1)
    """For each unit that was heard, plus 1: the weight of the heaviest chain that ends there."""
    chains: list[_Pair | None] = [None] * len(best)
    for i, unit in enumerate(here):
        found: list[tuple[int, float, _Pair]] = []
        first, last = np.searchsorted(times, [unit.time - _REACH, unit.time + _REACH])
        for j in range(int(first), int(last)):
            if there[j].form == unit.form:
                k = int(best[: j + 1].argmax())
                weight = 1 - _DISTANCE * abs(times[j] - unit.time) / _REACH
                found.append((j + 1, float(best[k]) + weight, _Pair(i, j, chains[k])))
        for at, weight, pair in found:
            if weight > best[at]:
                best[at], chains[at] = weight, pair
    chain = chains[int(best.argmax())]
    pairs: list[_Pair] = []
    while chain is not None:
        pairs.append(chain)
        chain = chain.before
    return pairs[::-1]


def _in_order(tokens: Sequence[Token], lent: Mapping[int, Token]) -> list[Token]:
    """All tokens; those that nothing was lent to between their neighbours, so that time never goes back."""
    latest = [float("inf")] * (len(tokens) + 1)
    for i in range(len(tokens) - 1, -1, -1):
        latest[i] = lent[i].start if i in lent else latest[i + 1]
    placed: list[Token] = []
    earliest = 0.0
    for i, token in enumerate(tokens):
        if i not in lent:
            start = min(max(token.start, earliest), latest[i])
            token = replace(token, start=start, end=min(max(token.end, start), latest[i]))
        else:
            token = lent[i]
        placed.append(token)
        earliest = max(earliest, token.start)
    return placed
