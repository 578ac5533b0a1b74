"""Confidence is high where the sound fits and the engines agree, and low where they do not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lyric_timing.timed import TimedLine, TimedLyrics, TimedWord
from sow_analysis.confidence import confidence_of, doubtful_lines, line_confidence, word_confidence
from sow_analysis.engines.pocketsphinx import SungWord
from sow_analysis.engines.protocols import AlignedWord

GOOD = SungWord(10.0, 10.4, -1.5)


def test_engines_that_agree_on_a_word_that_fits_are_sure():
    assert word_confidence(GOOD, [AlignedWord(10.0, 10.4, 0.9), AlignedWord(9.9, 10.4, 0.8)]) > 0.95


def test_engines_that_are_a_second_apart_are_not():
    assert word_confidence(GOOD, [AlignedWord(11.0, 11.4, 0.9), AlignedWord(11.1, 11.5, 0.9)]) < 0.4


def test_a_word_that_does_not_fit_the_sound_is_doubtful():
    assert word_confidence(SungWord(10.0, 10.4, -9.0), [AlignedWord(10.0, 10.4, 0.1)]) < 0.4


def test_without_other_opinions_the_fit_decides():
    assert word_confidence(GOOD, []) > word_confidence(SungWord(10.0, 10.4, -5.0), [None]) > 0


@given(
    start=st.floats(0, 1e5),
    length=st.floats(0, 1e3),
    fit=st.floats(-1e6, 0),
    others=st.lists(st.tuples(st.floats(0, 1e5), st.floats(0, 1e3), st.floats(0, 1)), max_size=2),
)
def test_it_is_always_a_probability(start: float, length: float, fit: float, others: list[tuple[float, float, float]]):
    opinions = [AlignedWord(a, a + b, c) for a, b, c in others]
    assert 0 <= word_confidence(SungWord(start, start + length, fit), opinions) <= 1


def words(*confidences: float | None) -> tuple[TimedWord, ...]:
    """A word every second."""
    return tuple(TimedWord("la", float(i), i + 1.0, confidence) for i, confidence in enumerate(confidences))


def test_a_song_and_a_line_to_which_nobody_listened_have_the_mean_of_their_words():
    line = TimedLine("la la", 0, 1, words(0.2, 0.6), 0.4)
    assert line_confidence(line.words) == pytest.approx(0.4)
    assert confidence_of(TimedLyrics((line, TimedLine("la", 1, 2, words(None))))) == pytest.approx(0.8 / 3)
    assert confidence_of(TimedLyrics(())) == 0.0


def test_a_line_is_surest_where_it_was_heard_and_surer_unheard_than_heard_far_off():
    sung = words(0.9, 0.95, 0.95)
    there, late, unheard, elsewhere = (
        line_confidence(sung, heard)
        for heard in ((0.1, 1.0, 2.0), (0.8, 1.0, 2.0), (None, None, None), (5.0, 1.0, 2.0))
    )
    assert there > 0.95 > late > unheard > elsewhere
    assert line_confidence(sung, (None, 1.0, 2.0)) == line_confidence(sung, (0.0, None, None)) > there


def test_a_line_after_a_leap_on_the_sheet_is_less_sure():
    sung, heard = words(0.9, 0.9), (0.0, 1.0)
    assert line_confidence(sung, heard) > line_confidence(sung, heard, follows=False) > 0.5


def test_a_line_whose_words_are_all_doubtful_is_doubtful_even_where_it_was_heard():
    assert line_confidence(words(0.05, 0.1), (0.1, 1.1)) < 0.6
    assert line_confidence(words(0.05, 0.1), (None, None)) < 0.2


@given(
    confidences=st.lists(st.floats(0, 1), min_size=1, max_size=5),
    more=st.floats(0, 1),
    apart=st.floats(0, 10),
    farther=st.floats(0, 10),
)
def test_a_line_is_never_surer_for_words_less_sure_or_heard_farther(
    confidences: list[float], more: float, apart: float, farther: float
):
    heard = (apart, *[None] * (len(confidences) - 1))
    sure = line_confidence(words(*confidences), heard)
    assert 0 <= line_confidence(words(*confidences), (apart + farther, *heard[1:])) <= sure
    assert sure <= line_confidence(words(max(more, confidences[0]), *confidences[1:]), heard) <= 1


def test_lines_below_the_threshold_or_without_confidence_are_doubtful():
    lines = tuple(TimedLine("la", 0, 1, (), confidence) for confidence in (0.9, 0.1, None))
    assert doubtful_lines(TimedLyrics(lines)) == (1, 2)
