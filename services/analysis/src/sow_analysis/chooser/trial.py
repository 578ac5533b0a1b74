"""Lets a chooser's answers count where the recording does not speak against them.

Each answer is tried for itself: its phrases are taken to be the chosen lines, the song is charted anew, and the order
that comes out is held against what was really heard. An answer that makes the order explain less than before is
dropped; so the worst that a wrong answer can do is nothing, as long as anything was heard there. No text, no time and
no confidence comes from the chooser: onsets stay those of words that were heard, and a line that only the chooser
speaks for keeps a low confidence.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Protocol

from lyric_timing.fit import Fit, fit_of
from lyric_timing.heard import Heard, Token
from lyric_timing.roadmap import AS_WRITTEN, chart
from lyric_timing.sheet import LyricSheet
from lyric_timing.sung import Roadmap
from sow_analysis.chooser.answers import Answer
from sow_analysis.chooser.questions import Phrase, Question, questions_of
from sow_analysis.engines.protocols import Fraction, Span

_PROBABILITY = 0.5
"""How far a chosen line is believed while the song is charted anew."""
_LEAST_GAIN = 1.0
"""By which an answer must raise the score: as much as one telling word more, surely heard. On 14 songs, 2 of 35
right answers did, both for the better, and 2 of 420 random ones (`bench/chooser.py`)."""


@dataclass(frozen=True, slots=True)
class Answers:
    """What a chooser had to say."""

    answers: tuple[Answer, ...]
    unusable: int = 0
    """Questions to which the answer was none."""
    stopped: str | None = None
    """Why there are not answers to all of them, for the user."""


class LineChooser(Protocol):
    """Chooses lines for phrases. Never writes: an answer is indices."""

    @property
    def name(self) -> str: ...

    def available(self) -> str | None:
        """None when it can serve, else the reason why not, for the user."""
        ...

    def choose(self, sheet: LyricSheet, questions: Sequence[Question], progress: Fraction) -> Answers:
        """Answers to these questions, or to some of them."""
        ...


@dataclass(frozen=True, slots=True)
class Reconsidered:
    """A roadmap after the chooser had its say, and the account of that."""

    roadmap: Roadmap
    """The one that was given when nothing has changed."""
    asked: int = 0
    answered: int = 0
    followed: int = 0
    """Answers that changed the roadmap."""
    stopped: str | None = None


def reconsider(
    sheet: LyricSheet,
    roadmap: Roadmap,
    heard: Sequence[Heard],
    chooser: LineChooser,
    progress: Fraction,
    *,
    duration: float,
    silences: Sequence[Span] = (),
) -> Reconsidered:
    """Asks about the stretches in doubt, and follows what can be right. Without doubt, nobody is asked.

    A sheet that does not belong to the recording (`as-written`) is not asked about: there is nothing sure to go by.

    Raises what `chooser.choose` raises when it has no answer at all; the roadmap that was given is still good then.
    """
    if roadmap.source == AS_WRITTEN:
        return Reconsidered(roadmap)
    fit = fit_of(sheet, heard, roadmap, duration=duration, silences=silences)
    questions = questions_of(sheet, fit)
    if not questions:
        return Reconsidered(roadmap)
    given = chooser.choose(sheet, questions, progress)
    followed: list[Answer] = []
    best = fit
    for answer in given.answers:
        evidence = with_answers(sheet, heard, [*followed, answer])
        changed = chart(sheet, evidence, duration=duration, silences=silences)
        if changed.source == AS_WRITTEN or _order(changed) == _order(best.roadmap):
            continue
        tried = fit_of(sheet, heard, changed, duration=duration, silences=silences)
        if is_better(tried, best):
            best = tried
            followed.append(answer)
    result = replace(best.roadmap, source=chooser.name) if followed else roadmap
    return Reconsidered(result, len(questions), len(given.answers), len(followed), given.stopped)


def _order(roadmap: Roadmap) -> list[int]:
    return [line.line for line in roadmap.lines]


def is_better(tried: Fit, before: Fit) -> bool:
    """Whether what was heard speaks for the first of two orders, or at least not against it."""
    return tried.score >= before.score + _LEAST_GAIN and tried.explained >= before.explained


def with_answers(sheet: LyricSheet, heard: Sequence[Heard], answers: Sequence[Answer]) -> tuple[Heard, ...]:
    """The evidence as it would be if each phrase had been heard as the line that was chosen for it."""
    spans: list[Span] = []
    tokens: list[Token] = []
    for answer in answers:
        chosen = zip(answer.question.phrases, answer.lines, strict=True)
        for line, run in groupby(chosen, key=lambda one: one[1]):
            phrases = [phrase for phrase, _ in run]
            spans += [(phrase.start, phrase.end) for phrase in phrases]
            if line is not None:
                tokens += _sung(sheet, line, phrases)
    return tuple(
        replace(one, tokens=tuple(sorted([*_outside(one.tokens, spans), *tokens], key=lambda token: token.start)))
        for one in heard
    )


def _outside(tokens: Sequence[Token], spans: Sequence[Span]) -> list[Token]:
    return [t for t in tokens if not any(start <= (t.start + t.end) / 2 <= end for start, end in spans)]


def _sung(sheet: LyricSheet, line: int, phrases: Sequence[Phrase]) -> list[Token]:
    """The words of a line over phrases in a row: sung once if they have words enough for one, else in each."""
    words = sheet.lines[line].words
    heard = sum(len(phrase.text.split()) for phrase in phrases)
    if len(phrases) > 1 and heard > 1.5 * len(words):
        return [token for phrase in phrases for token in _sung(sheet, line, [phrase])]
    start, end = phrases[0].start, phrases[-1].end
    letters = sum(len(word.normal) for word in words)
    tokens: list[Token] = []
    for word in words:
        after = start + (end - start) * len(word.normal) / letters
        tokens.append(Token(word.text, start, after, _PROBABILITY, timed=False))
        start, letters = after, letters - len(word.normal)
    return tokens
