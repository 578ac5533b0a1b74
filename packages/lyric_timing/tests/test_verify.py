"""Repaired lyrics can be shown and sung to, and onsets that made sense stay where they were."""

import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lyric_timing.timed import TimedLine, TimedLyrics, TimedWord
from lyric_timing.verify import MIN_WORD_SECONDS, verify


def line(*onsets: float, length: float = 0.3, **fields: object) -> TimedLine:
    words = tuple(TimedWord(f"w{i}", onset, onset + length) for i, onset in enumerate(onsets))
    return TimedLine(" ".join(w.text for w in words), onsets[0], onsets[-1] + length, words, **fields)


def onsets(lyrics: TimedLyrics) -> list[list[float]]:
    return [[word.start for word in one.words] or [one.start] for one in lyrics.lines]


def repaired(*lines: TimedLine, duration: float | None = 100.0) -> TimedLyrics:
    return verify(TimedLyrics(lines), duration)


def test_lyrics_that_hold_together_come_back_unchanged() -> None:
    good = TimedLyrics((line(1.0, 1.5, 2.0, length=0.25), line(4.0, 4.5, 5.0, length=0.5)), 100.0)
    assert verify(good) == good


def test_the_duration_given_counts_more_than_the_one_in_the_lyrics() -> None:
    assert verify(TimedLyrics((line(90.0),), 100.0), 50.0).duration == 50.0
    assert verify(TimedLyrics((line(90.0),), 100.0)).duration == 100.0


@pytest.mark.parametrize("duration", [math.nan, math.inf, -1.0])
def test_refuses_a_duration_that_is_none(duration: float) -> None:
    with pytest.raises(ValueError, match="duration"):
        verify(TimedLyrics(()), duration)


def test_an_outlier_moves_and_its_neighbours_do_not() -> None:
    assert onsets(repaired(line(10.0, 50.0, 11.0, 12.0))) == [[10.0, 10.94, 11.0, 12.0]]
    assert onsets(repaired(line(10.0, 11.0, 2.0, 12.0))) == [[10.0, 11.0, 11.06, 12.0]]


def test_two_words_at_one_time_share_the_move() -> None:
    assert onsets(repaired(line(10.0, 10.0, 11.0))) == [[9.97, 10.03, 11.0]]


def test_words_squeezed_into_one_instant_are_spread_around_it() -> None:
    assert onsets(repaired(line(9.0, *[10.0] * 5, 11.0))) == [[9.0, 9.88, 9.94, 10.0, 10.06, 10.12, 11.0]]


def test_words_squeezed_against_the_end_are_spread_before_it_in_order_across_lines() -> None:
    lines = [line(97.0, 98.0), line(*[100.0] * 10), line(*[100.0] * 10)]
    flat = [onset for one in onsets(repaired(*lines)) for onset in one]
    assert flat[:2] == [97.0, 98.0]
    assert flat[2:] == pytest.approx([100.0 - MIN_WORD_SECONDS * (20 - i) for i in range(20)])


def test_words_beyond_the_end_come_back_to_it() -> None:
    (one,) = repaired(line(99.0, 224.0)).lines
    assert [(w.start, w.end) for w in one.words] == [(99.0, 99.3), (99.94, 100.0)]


def test_all_words_find_room_in_a_recording_that_is_too_short() -> None:
    (one,) = repaired(line(*[0.0] * 20), duration=0.2).lines
    assert [w.start for w in one.words] == pytest.approx([i * 0.01 for i in range(20)])


def test_a_word_ends_before_the_next_one_and_a_line_before_the_next_line() -> None:
    first, second = repaired(line(1.0, 2.0, length=5.0), line(3.0)).lines
    assert [w.end for w in first.words] == [2.0, 3.0]
    assert (first.end, second.start) == (3.0, 3.0)


def test_a_word_that_ends_before_it_starts_gets_the_least_length() -> None:
    (one,) = repaired(line(1.0, 2.0, length=-3.0)).lines
    assert [w.end for w in one.words] == [1.06, 2.06]


def test_voices_that_overlap_keep_their_onsets() -> None:
    lyrics = repaired(line(10.0, 11.0, 15.0), line(14.0, 14.5))
    assert onsets(lyrics) == [[10.0, 11.0, 15.0], [14.0, 14.5]]
    assert lyrics.lines[0].end == 15.3


def test_a_last_word_far_inside_the_following_lines_is_brought_back() -> None:
    lyrics = repaired(line(10.0, 11.0, 50.0), line(14.0, 14.5), line(18.0))
    assert onsets(lyrics) == [[10.0, 11.0, 13.94], [14.0, 14.5], [18.0]]


def test_lines_are_put_in_order_of_time_and_keep_what_is_known_of_them() -> None:
    late = line(20.0, confidence=0.5, source="x", sheet_line=3, section="Chorus")
    lyrics = repaired(late, line(10.0))
    assert [one.start for one in lyrics.lines] == [10.0, 20.0]
    assert lyrics.lines[1] == late


def test_an_outlier_at_the_start_of_a_line_does_not_displace_the_line() -> None:
    assert onsets(repaired(line(50.0, 11.0, 12.0), line(20.0)))[0] == pytest.approx([10.94, 11.0, 12.0])


def test_onsets_that_are_no_number_are_interpolated_and_say_so() -> None:
    (one,) = repaired(line(1.0, math.nan, 2.0)).lines
    assert [(w.start, w.source) for w in one.words] == [(1.0, None), (1.5, "interpolated"), (2.0, None)]
    assert one.words[1].confidence == 0.0


def test_a_first_word_without_onset_takes_that_of_its_line() -> None:
    words = (TimedWord("a", math.inf, math.nan), TimedWord("b", 3.0, math.nan))
    (one,) = repaired(TimedLine("a b", 2.0, 9.0, words)).lines
    assert [(w.start, w.end) for w in one.words] == [(2.0, 2.5), (3.0, 3.5)]


def test_lines_without_words_are_repaired_too() -> None:
    lyrics = repaired(TimedLine("b", 5.0, 4.0), TimedLine("a", 1.0, 9.0))
    assert [(one.start, one.end) for one in lyrics.lines] == [(1.0, 5.0), (5.0, 5.06)]


def test_nothing_known_is_still_an_answer() -> None:
    (one,) = repaired(line(math.nan, math.nan)).lines
    assert [w.start for w in one.words] == [0.0, 0.06]


times = st.floats(-20, 120) | st.sampled_from([math.nan, math.inf, -math.inf, 1e300, 0.0, 30.0, 60.0])
spans = st.tuples(times, times)


@st.composite
def messes(draw: st.DrawFn) -> TimedLyrics:
    lines: list[TimedLine] = []
    for spoken in draw(st.lists(st.lists(spans, max_size=8), max_size=8)):
        words = tuple(TimedWord(f"w{i}", start, end) for i, (start, end) in enumerate(spoken))
        start, end = draw(spans)
        lines.append(TimedLine(" ".join(w.text for w in words) or "la", start, end, words))
    return TimedLyrics(tuple(lines))


@st.composite
def plateaus(draw: st.DrawFn) -> TimedLyrics:
    """Lines whose onsets rise, but for runs that stand still."""
    at = 0.0
    lines: list[TimedLine] = []
    for steps in draw(st.lists(st.lists(st.sampled_from([0.0, 0.0, 0.0, 0.04, 0.5, 3.0]), min_size=1), max_size=6)):
        starts = [at := at + step for step in steps]
        lines.append(line(*starts))
    return TimedLyrics(tuple(lines))


durations = st.sampled_from([0.0, 0.2, 30.0, 60.0, 61.7, 166.013563])


@given(messes() | plateaus(), durations | st.none())
def test_repaired_lyrics_hold_together(lyrics: TimedLyrics, duration: float | None) -> None:
    result = verify(lyrics, duration)
    limit = math.inf if duration is None else duration
    count = sum(len(one.words) or 1 for one in lyrics.lines)
    shortest = min(MIN_WORD_SECONDS, limit / max(count, 1)) - 2e-6
    assert sorted(one.text for one in result.lines) == sorted(one.text for one in lyrics.lines)
    for one in result.lines:
        spans = [(w.start, w.end) for w in one.words] or [(one.start, one.end)]
        assert (one.start, one.end) == (spans[0][0], spans[-1][1])
        assert all(math.isfinite(t) and 0 <= t <= limit for span in spans for t in span)
        assert all(end >= start for start, end in spans)
        assert all(end - start >= shortest for start, end in spans[:-1])
        assert all(this[1] <= following[0] for this, following in pairwise(spans))
    for this, following in pairwise(result.lines):
        assert this.start <= following.start
        last = this.words[-1].start if this.words else this.start
        assert this.end <= following.start or last >= following.start
        assert last >= following.start or this.end - last >= shortest


@given(messes() | plateaus(), durations | st.none())
def test_repairing_twice_changes_nothing(lyrics: TimedLyrics, duration: float | None) -> None:
    once = verify(lyrics, duration)
    assert verify(once, duration) == once
    assert verify(once) == once


@given(st.lists(st.integers(0, 30), min_size=1, max_size=5))
def test_no_other_onsets_in_order_lie_nearer(tenths: list[int]) -> None:
    given_onsets = [tenth / 10 for tenth in tenths]
    (found,) = onsets(repaired(line(*given_onsets), duration=10.0))
    moved = sum(abs(a - b) for a, b in zip(found, given_onsets, strict=True))
    assert moved == pytest.approx(least_move(given_onsets, 10.0))


def least_move(values: list[float], duration: float) -> float:
    """The least sum of moves, by trying every onset that could be best: some given onset, shifted by whole gaps."""
    n, gap = len(values), MIN_WORD_SECONDS
    places = {v + (i - j) * gap for j, v in enumerate(values) for i in range(n)} | {i * gap for i in range(n)}
    places |= {duration - i * gap for i in range(n + 1)}
    ordered = sorted(p for p in places if 0 <= p <= duration)
    best = {p: abs(p - values[0]) for p in ordered if p <= duration - n * gap + 1e-9}
    for i, value in enumerate(values[1:], 1):
        best = {
            p: min(cost for q, cost in best.items() if q <= p - gap + 1e-9) + abs(p - value)
            for p in ordered
            if p - gap >= min(best) - 1e-9 and p <= duration - (n - i) * gap + 1e-9
        }
    return min(best.values())
