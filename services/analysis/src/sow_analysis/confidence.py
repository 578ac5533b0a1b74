"""How sure the times are, from what the engines say of each other's."""

from __future__ import annotations

import math
from collections.abc import Sequence

from lyric_timing.timed import TimedLyrics, TimedWord
from sow_analysis.engines.pocketsphinx import SungWord
from sow_analysis.engines.protocols import AlignedWord

DOUBTFUL = 0.4
"""Lines, and lyrics, of less confidence should be checked."""
_FIT_MIDDLE, _FIT_WIDTH = -4.0, 0.8


def word_confidence(word: SungWord, opinions: Sequence[AlignedWord | None]) -> float:
    """0 (a guess) to 1 (sure)."""
    return round(1 / (1 + math.exp(-(word.fit - _FIT_MIDDLE) / _FIT_WIDTH)), 3)


def line_confidence(words: Sequence[TimedWord]) -> float:
    """The mean of its words."""
    return round(sum(word.confidence or 0.0 for word in words) / len(words), 3)


def confidence_of(lyrics: TimedLyrics) -> float:
    """The mean of all words, 0 without any."""
    confidences = [word.confidence or 0.0 for line in lyrics.lines for word in line.words]
    return sum(confidences) / len(confidences) if confidences else 0.0


def doubtful_lines(lyrics: TimedLyrics) -> tuple[int, ...]:
    """Indices of the lines that a person should check."""
    return tuple(i for i, line in enumerate(lyrics.lines) if (line.confidence or 0.0) < DOUBTFUL)
