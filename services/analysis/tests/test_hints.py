"""What others made out becomes hints for the right words at the right times."""

import pytest

from lyric_timing.sheet import LyricSheet, Section
from lyric_timing.sung import Roadmap, SungLine
from lyric_timing.words import make_line
from sow_analysis.engines.protocols import AlignedWord
from sow_analysis.hints import aligned_hints, heard_hints


def sheet() -> LyricSheet:
    lines = tuple(line for text in ("one two", "three four five") if (line := make_line(text)))
    return LyricSheet((Section(None, lines),))


ROADMAP = Roadmap(
    (
        SungLine(1, 10, 13, (10.0, None, 12.0), 0.9),
        SungLine(0, 14, 16, (None, 15.0), 0.9),
        SungLine(1, 20, 23, (None, None, 22.0), 0.9),
    ),
    "test",
)


def test_heard_words_are_counted_in_sung_order():
    assert [hint.word for hint in heard_hints(ROADMAP)] == [0, 2, 4, 7]


def test_heard_words_are_counted_as_printed_on_the_sheet():
    assert [hint.word for hint in heard_hints(ROADMAP, sheet())] == [2, 4, 1, 4]


def test_a_heard_word_is_looked_for_around_its_onset():
    hint = heard_hints(ROADMAP, nats=40)[0]
    assert (hint.start, hint.end) == pytest.approx((9.9, 10.3))
    assert hint.nats * (hint.end - hint.start) * 100 == pytest.approx(40)


def test_an_aligned_word_is_looked_for_where_it_is_as_far_as_it_is_believed():
    lines = [[AlignedWord(1.0, 1.2, 0.5), None, AlignedWord(2.0, 9.0, 1.0)], [AlignedWord(9.0, 12.0, 0.8)]]
    hints = aligned_hints(lines)
    assert [hint.word for hint in hints] == [0, 2, 3]
    assert hints[0].nats == pytest.approx(0.5 * hints[1].nats)
    assert (hints[1].start, hints[1].end) == (7.0, 9.0)


def test_the_first_word_of_a_line_counts_only_at_its_end_as_it_is_stretched_over_the_pause():
    hint = aligned_hints([[AlignedWord(9.0, 12.0, 0.8)]])[0]
    assert (hint.start, hint.end) == pytest.approx((11.7, 12.0))


def test_of_an_aligner_that_does_not_stretch_it_counts_as_any_other():
    hint = aligned_hints([[AlignedWord(11.0, 12.0, 0.8)]], stretched=False)[0]
    assert (hint.start, hint.end) == pytest.approx((11.0, 12.0))
