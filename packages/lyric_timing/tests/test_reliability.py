"""The reliability curve, by hand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lyric_timing.metrics import Reference, TimedText
from lyric_timing.reliability import Judged, bins, calibration_error, judge, share_right
from lyric_timing.timed import TimedLine, TimedLyrics, TimedWord

JUDGED = st.lists(st.builds(Judged, st.floats(0, 1), st.booleans()), max_size=30)


def line(text: str, start: float, confidence: float | None) -> TimedLine:
    words = tuple(TimedWord(word, start + i, start + i + 1, confidence) for i, word in enumerate(text.split()))
    return TimedLine(text, start, start + len(words), words, confidence)


REFERENCE = Reference(
    "song",
    "en",
    60.0,
    words=tuple(TimedText(word, at) for word, at in (("Rise", 1.0), ("up", 2.0), ("my", 11.0), ("soul", 12.5))),
    lines=(TimedText("Rise up", 1.0), TimedText("my soul", 11.0)),
)


def test_an_onset_is_right_within_the_window():
    lyrics = TimedLyrics((line("Rise up!", 1.2, 0.9), line("My soul", 11.4, 0.5)))
    assert judge(REFERENCE, lyrics, "line") == (Judged(0.9, True), Judged(0.5, False))
    assert [one.right for one in judge(REFERENCE, lyrics, "word")] == [True, True, False, True]


def test_a_repeat_counts_where_it_is_sung_although_another_was_missed():
    chorus = Reference("song", "en", 60.0, (), tuple(TimedText("My soul", at) for at in (1.0, 9.0, 17.0)))
    lyrics = TimedLyrics((line("my soul", 9.1, 0.9), line("my soul", 17.1, 0.8), line("my soul", 30.0, 0.2)))
    assert judge(chorus, lyrics, "line") == (Judged(0.9, True), Judged(0.8, True), Judged(0.2, False))


def test_a_true_onset_makes_only_one_right():
    lyrics = TimedLyrics((line("my soul", 10.8, 0.9), line("my soul", 11.1, 0.6)))
    assert judge(REFERENCE, lyrics, "line") == (Judged(0.9, True), Judged(0.6, False))


def test_what_was_not_sung_there_is_wrong_and_what_says_nothing_of_itself_is_left_out():
    lyrics = TimedLyrics((line("Fall down", 1.0, 0.7), line("my soul", 11.0, None)))
    assert judge(REFERENCE, lyrics, "line") == (Judged(0.7, False),)


def test_bins_have_their_lower_edge_and_the_last_one_both():
    curve = bins([Judged(0.5, True), Judged(0.4, False), Judged(1.0, True), Judged(0.7, False)], (0.0, 0.5, 1.0))
    assert [(one.low, one.high, one.count) for one in curve] == [(0.0, 0.5, 1), (0.5, 1.0, 3)]
    assert (curve[1].confidence, curve[1].right) == pytest.approx((2.2 / 3, 2 / 3))


def test_the_error_is_the_mean_distance_from_the_diagonal():
    judged = [Judged(0.9, True), Judged(0.9, False), Judged(0.1, False), Judged(0.1, False)]
    assert calibration_error(bins(judged)) == pytest.approx((0.4 + 0.1) / 2)
    assert calibration_error(()) == 0.0


@given(JUDGED)
def test_every_onset_is_in_one_bin_and_the_error_is_a_share(judged: list[Judged]):
    curve = bins(judged)
    assert sum(one.count for one in curve) == len(judged)
    assert 0 <= calibration_error(curve) <= 1 + 1e-9


def test_of_the_sure_ones_the_share_that_is_right():
    judged = [Judged(0.95, True), Judged(0.9, False), Judged(0.8, False)]
    assert share_right(judged, 0.9) == (2, 0.5)
    assert share_right(judged, 0.99) == (0, 1.0)
