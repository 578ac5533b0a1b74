"""What other engines made out, as hints for the search in the sound: nats for a word at a time.

A hint moves the search where the sound says little, and little where the sound is clear. The figures were chosen on 14
songs and lie in the middle of a wide plateau.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate

from lyric_timing.sheet import LyricSheet
from lyric_timing.sung import Roadmap
from sow_analysis.acoustic.sung_words import Hint
from sow_analysis.engines.protocols import AlignedWord

HEARD_NATS, ORDER_NATS = 30.0, 60.0
"""For a word that was heard: where it is looked for in a known order, and while the order itself is looked for."""
_BEFORE, _AFTER = 0.1, 0.3
"""Seconds around the onset of a heard word in which it is looked for."""
_ALIGNED_NATS_PER_FRAME = 1.0
_LONGEST_WORD, _LONGEST_FIRST_WORD = 2.0, 0.3
"""Seconds before the end of an aligned word that count; the second where an aligner stretches the first word of a line
over the pause before it."""


def heard_hints(roadmap: Roadmap, sheet: LyricSheet | None = None, *, nats: float = HEARD_NATS) -> list[Hint]:
    """For each word that was heard, its onset, for `nats` in all.

    Words are counted in sung order or, given the sheet, as printed.
    """
    hints: list[Hint] = []
    nats_per_frame = nats / ((_BEFORE + _AFTER) * 100)
    printed = [] if sheet is None else list(accumulate((len(line.words) for line in sheet.lines), initial=0))
    first = 0
    for line in roadmap.lines:
        word = printed[line.line] if printed else first
        for index, onset in enumerate(line.onsets):
            if onset is not None:
                hints.append(Hint(word + index, onset - _BEFORE, onset + _AFTER, nats_per_frame))
        first += len(line.onsets)
    return hints


def aligned_hints(lines: Sequence[Sequence[AlignedWord | None]], *, stretched: bool = True) -> list[Hint]:
    """For each word that was aligned, by lines in sung order, its place, as far as the aligner believes in it.

    `stretched`: whether the first word of a line reaches into the pause before it.
    """
    hints: list[Hint] = []
    word = 0
    for line in lines:
        for index, found in enumerate(line):
            if found is not None:
                longest = _LONGEST_WORD if index or not stretched else _LONGEST_FIRST_WORD
                start = max(found.start, found.end - longest)
                hints.append(Hint(word, start, found.end, _ALIGNED_NATS_PER_FRAME * found.confidence))
            word += 1
    return hints
