"""What to believe of an answer.

The model places every unit that it is given, sung or not, and is never at a loss. What it could not hear shows all the
same: such units are piled up in one instant, mostly at the end of the clip or beyond it, or come faster than anyone
sings, and its confidence is low. How high confidence is where it is right differs between recordings (a voice over a
band is heard less surely than one alone), so it is judged against other units of the same song.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import chain, pairwise

import numpy as np

from qwen3_align.alignment.song import Found, Times
from qwen3_align.clips import STEP_SECONDS, UnitTime

_PILE_UNITS = 3
_SURE, _NEVER_SURE = 0.3, 0.02
_SHARE_OF_CLIP, _SHARE_OF_SONG = 0.5, 0.25
"""Of the level of the clip, and of the surest clip. Parts of a song differ more than words side by side."""
_BETTER_PERCENTILE = 75
_MOST_PILED = 0.25
_FASTEST_UNITS = 14.0
_RATED_UNITS = 6
_LONGEST_PAUSE = 8.0
"""Seconds within a phrase."""


def piled(times: Sequence[UnitTime]) -> list[bool]:
    """For each unit, whether it is one of three or more in a row that start at once, or was out of the clip."""
    flags = [time.confidence <= 0.0 for time in times]
    first = 0
    for at in range(1, len(times) + 1):
        if at == len(times) or times[at].start - times[at - 1].start >= STEP_SECONDS / 2:
            if at - first >= _PILE_UNITS:
                flags[first:at] = [True] * (at - first)
            first = at
    return flags


def piles_in(found: Found) -> dict[int, list[bool]]:
    """`piled` for each phrase, found over the borders between them."""
    flags = iter(piled(list(chain.from_iterable(found.values()))))
    return {i: [next(flags) for _ in times] for i, times in found.items()}


def without_piles(found: Found) -> Found:
    """The same, in order, with confidence 0 for units in piles: they were put there, not heard there."""
    piles = piles_in(dict(sorted(found.items())))
    return {
        i: tuple(replace(time, confidence=0.0) if pile else time for time, pile in zip(found[i], flags, strict=True))
        for i, flags in piles.items()
    }


def level_of(found: Found) -> float:
    """The confidence that the better units have, 0 without any."""
    confidences = [time.confidence for time in chain.from_iterable(found.values()) if time.confidence > 0]
    return float(np.percentile(confidences, _BETTER_PERCENTILE)) if confidences else 0.0


def sure_from(level: float, best_level: float = 0.0) -> float:
    """The confidence from which a unit is believed, by the levels of its clip and of the surest clip of the song."""
    return max(_NEVER_SURE, min(_SURE, max(_SHARE_OF_CLIP * level, _SHARE_OF_SONG * best_level)))


def is_believable(times: Times, piles: Sequence[bool], sure: float) -> bool:
    """Whether a phrase is where the model put it."""
    starts = [time.start for time in times]
    return (
        sum(piles) <= _MOST_PILED * len(piles)
        and mean_confidence(times) >= sure
        and all(after - before <= _LONGEST_PAUSE for before, after in pairwise(starts))
        and all(
            starts[at + _RATED_UNITS] - starts[at] >= _RATED_UNITS / _FASTEST_UNITS
            for at in range(len(starts) - _RATED_UNITS)
        )
    )


def mean_confidence(times: Times) -> float:
    """Of the units of a phrase, 0 to 1."""
    return sum(time.confidence for time in times) / len(times)
