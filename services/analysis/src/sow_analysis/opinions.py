"""The turns of the aligners that read known words in windows: each has its own opinion of where they are.

An opinion is never taken for the answer where PocketSphinx has searched; it leads the next search. Still, one that
places nearly every word elsewhere than the search surely has it is of no help, whoever may be wrong, and is set aside.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from itertools import islice

from lyric_timing.sheet import Line, LyricSheet
from lyric_timing.sung import Roadmap
from lyric_timing.windows import Window
from sow_analysis.chain import AnswerRejectedError, Chain
from sow_analysis.confidence import word_confidence
from sow_analysis.engines.protocols import AlignedWord, Aligner, Fraction, TextWindow
from sow_analysis.lrc import Progress
from sow_analysis.song_search import Ears, Opinion, Placed, part

Anchors = Sequence[Sequence[float | None]]
"""For each line in sung order, for each of its words, its onset where that is surely known."""

FIRST_SHARE, LAST_SHARE = 0.5, 0.8
"""The turns as shares of the aligning."""
_SURE = 0.6
"""Confidence, by its fit to the sound alone, from which a word of the search is an anchor."""
_NEAR = 0.5
"""Seconds within which an opinion agrees with an anchor."""
_LEAST_AGREEMENT = 0.25
"""On three songs, Whisper agreed on two thirds of the words and more; words spread evenly over their windows on a
quarter and more, which did the second search no harm; times that are stuck, or 1.5 s late, on 3 % at most."""
_FEWEST_ANCHORS = 12
"""With fewer, chance decides."""


def gather(
    sheet: LyricSheet,
    roadmap: Roadmap,
    windows: Sequence[Window],
    ears: Ears,
    anchors: Anchors,
    chain: Chain,
    progress: Progress,
) -> tuple[Opinion, ...]:
    """What every aligner that may serve, and can, makes of these windows; none where the language is not known."""
    if ears.language is None:
        return ()
    sung = [sheet.lines[line.line] for line in roadmap.lines]
    reading = _Reading(sung, windows, anchors)
    allowed = [aligner for aligner in ears.aligners if chain.allows(aligner.name)]
    opinions: list[Opinion] = []
    for n, aligner in enumerate(allowed):
        first, last = (FIRST_SHARE + (LAST_SHARE - FIRST_SHARE) * (n + i) / len(allowed) for i in (0, 1))
        turn = partial(_turn, aligner, reading, ears, part(progress, first, last))
        opinions += chain.turn("align", aligner.name, turn) or ()
    return tuple(opinions)


def surely_placed(placed: Placed) -> Anchors:
    """The onsets of which the search is sure without any other opinion."""
    return tuple(tuple(word.start if word_confidence(word, ()) >= _SURE else None for word in line) for line in placed)


@dataclass(frozen=True, eq=False)
class _Reading:
    """What the aligners read: all lines in sung order, and the windows that they are sung in."""

    sung: Sequence[Line]
    windows: Sequence[Window]
    anchors: Anchors

    def texts(self) -> list[TextWindow]:
        return [
            TextWindow(window.start, window.end, tuple(self.sung[i] for i in window.lines)) for window in self.windows
        ]

    def by_lines(self, found: Sequence[Sequence[AlignedWord | None]]) -> tuple[tuple[AlignedWord | None, ...], ...]:
        """The words of windows as words of lines; None in lines that no window has."""
        lines: list[tuple[AlignedWord | None, ...]] = [(None,) * len(line.words) for line in self.sung]
        for window, words in zip(self.windows, found, strict=True):
            rest = iter(words)
            for i in window.lines:
                lines[i] = tuple(islice(rest, len(lines[i])))
        return tuple(lines)


def _turn(aligner: Aligner, reading: _Reading, ears: Ears, progress: Fraction) -> tuple[Opinion, ...]:
    """One opinion for each sound that the aligner listens to."""
    sounds = [ears.recording.samples]
    if aligner.hears_voice_too and ears.vocals is not None:
        sounds.append(ears.vocals)
    opinions: list[Opinion] = []
    for n, sound in enumerate(sounds):
        found = aligner.align(
            sound,
            reading.texts(),
            ears.language or "",
            lambda share, done=n: progress((done + share) / len(sounds)),
        )
        opinion = Opinion(aligner.name, reading.by_lines(found), aligner.stretches_first_words, aligner.is_calibrated)
        if not aligner.is_calibrated:
            check(opinion, reading.anchors)
        opinions.append(opinion)
    return tuple(opinions)


def check(opinion: Opinion, anchors: Anchors) -> None:
    """Compare an opinion with what is surely known.

    Raises:
        AnswerRejectedError: they have next to nothing in common.
    """
    apart = [
        abs(word.start - anchor)
        for words, onsets in zip(opinion.lines, anchors, strict=True)
        for word, anchor in zip(words, onsets, strict=True)
        if word is not None and anchor is not None
    ]
    agreeing = sum(seconds <= _NEAR for seconds in apart)
    if len(apart) >= _FEWEST_ANCHORS and agreeing < _LEAST_AGREEMENT * len(apart):
        raise AnswerRejectedError(
            f"It places only {agreeing} of {len(apart)} words within {_NEAR:g} s of where they surely are, so it was "
            "not heeded."
        )
