"""How sure the times are, from what the engines say of each other's."""

from __future__ import annotations

import math
from collections.abc import Sequence

from lyric_timing.timed import TimedLyrics, TimedWord
from sow_analysis.engines.pocketsphinx import SungWord
from sow_analysis.engines.protocols import AlignedWord

DOUBTFUL = 0.4
"""Lines, and lyrics, of less confidence should be checked."""
_ALONE_MIDDLE, _ALONE_WIDTH = -3.2, 0.6
"""Without another opinion: between the mean fits of 14 songs' own lyrics (-2.0 to -3.5, rap -4.0) and of others' (-3.3
to -4.4)."""
_FARTHEST = 2.0
"""Seconds; engines that disagree by more disagree altogether."""
_WORST_FIT = -12.0
_UNHEARD = 1.0
"""Seconds; a line of which nothing was heard is as doubtful as one whose first heard word is so far off."""
_LEAST = 0.003
"""Means of words nearer to 0 and 1 than this say no more than this does."""


def word_confidence(word: SungWord, opinions: Sequence[AlignedWord | None]) -> float:
    """How likely the onset is within 0.3 s of the truth, 0 to 1.

    Logistic regression on 3174 words of 14 songs and 1345 words of lyrics that were not sung in the recording. Left
    out one by one, songs had a mean confidence within 0.1 of their true share, and lyrics of another song one of 0.13
    at most.

    Args:
        word: as the search has it.
        opinions: of the aligners that the regression was made with, which is Whisper's attention in the recording and
            in its voice. Others would distort it: every opinion more brings the nearest one nearer and the farthest one
            farther, and their probabilities mean something else. They speak through the search alone.
    """
    fit = max(word.fit, _WORST_FIT)
    found = [opinion for opinion in opinions if opinion is not None]
    if not found:
        return _logistic((fit - _ALONE_MIDDLE) / _ALONE_WIDTH)
    start = min(abs(word.start - other.start) for other in found)
    end = min(abs(word.end - other.end) for other in found)
    apart = max(max(0.0, other.start - word.end, word.start - other.end) for other in found)
    return _logistic(
        2.97
        + 0.48 * fit
        - 1.37 * min(start, _FARTHEST)
        - 1.62 * min(end, _FARTHEST)
        - 5.75 * min(apart, _FARTHEST)
        + 2.42 * max(other.confidence for other in found)
        - 0.49 * math.log(max(word.end - word.start, 0.02))
    )


def line_confidence(
    words: Sequence[TimedWord], heard: Sequence[float | None] | None = None, *, follows: bool = True
) -> float:
    """How likely the line's onset, which is that of its first word, is within 0.3 s of the truth, 0 to 1.

    What the mean of its words does not know: a first word is often placed in the pause before the line, where Whisper's
    attention has it too, while Whisper heard it later; and where a line does not follow the one before it on the sheet,
    the order was guessed. Logistic regression on 1218 lines of 14 songs, as sung and as printed, and on 339 lines of
    lyrics that were not sung in the recording; docs/accuracy.md has the figures. Surer words never make a line less
    sure, nor does a smaller distance.

    Args:
        words: of the line.
        heard: for each word, the onset that was heard of it; None when nobody listened, and the mean is all there is.
        follows: whether the line before is also the one before on the sheet.
    """
    mean = sum(word.confidence or 0.0 for word in words) / len(words)
    if heard is None:
        return round(mean, 3)
    apart = next((abs(word.start - onset) for word, onset in zip(words, heard, strict=True) if onset is not None), None)
    return _logistic(
        1.95
        + 0.88 * _logit(mean)
        - 3.03 * (_UNHEARD if apart is None else min(apart, _FARTHEST))
        - (0.0 if follows else 1.08)
    )


def _logistic(score: float) -> float:
    return round(1 / (1 + math.exp(-score)), 3)


def _logit(probability: float) -> float:
    """The score whose `_logistic` this is."""
    inside = min(max(probability, _LEAST), 1 - _LEAST)
    return math.log(inside / (1 - inside))


def confidence_of(lyrics: TimedLyrics) -> float:
    """The mean of all words, 0 without any."""
    confidences = [word.confidence or 0.0 for line in lyrics.lines for word in line.words]
    return sum(confidences) / len(confidences) if confidences else 0.0


def doubtful_lines(lyrics: TimedLyrics) -> tuple[int, ...]:
    """Indices of the lines that a person should check."""
    return tuple(i for i, line in enumerate(lyrics.lines) if (line.confidence or 0.0) < DOUBTFUL)
