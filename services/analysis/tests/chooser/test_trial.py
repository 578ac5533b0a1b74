"""What becomes of answers: the right ones mend the roadmap, the wrong ones change nothing."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from functools import partial

import pytest
from misheard import CHORUS, MISHEARD, lines_of, misheard_song

from lyric_timing import LyricSheet, parse_sheet
from lyric_timing.roadmap import as_written, chart
from lyric_timing.synthetic import Ear, hear, make_song
from sow_analysis.chooser import Answer, Answers, Question, reconsider
from sow_analysis.engines.protocols import Fraction

Rule = Callable[[Question], tuple[int | None, ...]]
SONG = misheard_song()


class Chooser:
    """Answers by a rule, and remembers what it was asked."""

    name = "chooser"

    def __init__(self, rule: Rule) -> None:
        self.rule = rule
        self.asked: list[Question] = []

    def available(self) -> str | None:
        return None

    def choose(self, sheet: LyricSheet, questions: Sequence[Question], progress: Fraction) -> Answers:
        self.asked += questions
        progress(1.0)
        return Answers(tuple(Answer(question, self.rule(question)) for question in questions))


def quiet(_share: float) -> None:
    pass


def always(*lines: int | None) -> Rule:
    return lambda question: tuple(lines[i % len(lines)] for i in range(len(question.phrases)))


def test_the_misheard_chorus_is_asked_about_and_nothing_else():
    chooser = Chooser(always(None))
    reconsider(SONG.sheet, SONG.roadmap, SONG.heard, chooser, quiet, duration=SONG.duration)
    (question,) = chooser.asked
    assert tuple(phrase.text for phrase in question.phrases) == MISHEARD
    assert question.candidates == (0, 1, 2, 3, 4, 5)
    assert (question.before, question.after) == ((4, 5), ())


def test_a_right_answer_brings_the_chorus_back():
    assert lines_of(SONG.roadmap) == [0, 1, 2, 3, 4, 5]
    result = reconsider(SONG.sheet, SONG.roadmap, SONG.heard, Chooser(always(*CHORUS)), quiet, duration=SONG.duration)
    assert lines_of(result.roadmap) == [0, 1, 2, 3, 4, 5, 2, 3]
    assert (result.asked, result.answered, result.followed) == (1, 1, 1)
    assert result.roadmap.source == "chooser"


def test_no_time_and_no_certainty_comes_from_the_chooser():
    result = reconsider(SONG.sheet, SONG.roadmap, SONG.heard, Chooser(always(*CHORUS)), quiet, duration=SONG.duration)
    starts = {token.start for token in SONG.heard[0].tokens}
    onsets = [onset for line in result.roadmap.lines for onset in line.onsets if onset is not None]
    assert set(onsets) <= starts
    assert max(line.confidence for line in result.roadmap.lines[6:]) < 0.7
    assert min(line.confidence for line in result.roadmap.lines[:6]) > 0.9


@pytest.mark.parametrize(
    "lines", [(0, 1), (4, 5), (0, 0), (1, 1), (3, 2), (5, 0), (None,), (0, None)], ids=lambda lines: str(lines)
)
def test_a_wrong_answer_changes_nothing(lines: tuple[int | None, ...]):
    result = reconsider(SONG.sheet, SONG.roadmap, SONG.heard, Chooser(always(*lines)), quiet, duration=SONG.duration)
    assert result.roadmap is SONG.roadmap
    assert (result.answered, result.followed) == (1, 0)


def test_a_song_without_doubt_is_not_asked_about():
    song = misheard_song(misheard=())
    chooser = Chooser(always(0))
    assert reconsider(song.sheet, song.roadmap, song.heard, chooser, quiet, duration=song.duration).asked == 0
    assert not chooser.asked


def test_lyrics_of_another_song_are_not_asked_about():
    sheet = parse_sheet("Nothing that anybody here would sing\nNor that")
    roadmap = as_written(sheet, SONG.duration)
    chooser = Chooser(always(0))
    assert reconsider(sheet, roadmap, SONG.heard, chooser, quiet, duration=SONG.duration).roadmap is roadmap
    assert not chooser.asked


def test_answers_at_random_hardly_ever_change_a_roadmap():
    asked = followed = 0
    for seed in range(12):
        song = make_song(seed)
        heard = [hear(song, Ear(wrong=0.3, lost=0.2), seed)]
        roadmap = chart(song.printed, heard, duration=song.duration)
        rng = random.Random(seed)
        rule = partial(_at_random, rng)
        result = reconsider(song.printed, roadmap, heard, Chooser(rule), quiet, duration=song.duration)
        asked += result.asked
        followed += result.followed
    assert asked > 20
    assert followed <= asked / 20


def _at_random(rng: random.Random, question: Question) -> tuple[int | None, ...]:
    return tuple(rng.choice([None, *question.candidates]) for _ in question.phrases)
