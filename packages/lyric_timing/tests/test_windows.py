"""Windows cut the song where nobody sings, and what an aligner got wrong is found and cut anew."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lyric_timing.roadmap import as_written, chart
from lyric_timing.sheet import LyricSheet, Section
from lyric_timing.sung import Roadmap, SungLine
from lyric_timing.synthetic import hear, make_song
from lyric_timing.timed import TimedLine, TimedWord
from lyric_timing.windows import Window, cut, repair_windows, suspects
from lyric_timing.words import make_line

LINE = make_line("sing a new song", "en")
assert LINE


def sheet(count: int) -> LyricSheet:
    return LyricSheet((Section(None, (LINE,) * count),), language="en")


def sung(start: float, end: float, *, line: int = 0, is_heard: bool = True) -> SungLine:
    step = (end - start) / 4
    onsets = tuple(start + i * step for i in range(4)) if is_heard else (None,) * 4
    return SungLine(line, start, end, onsets, 0.9 if is_heard else 0.0)


def roadmap(*lines: SungLine) -> Roadmap:
    return Roadmap(lines, "test")


def windows(*lines: SungLine, duration: float = 1000.0, **options: object) -> tuple[Window, ...]:
    return cut(roadmap(*lines), sheet(len(lines)), duration=duration, **options)  # type: ignore[arg-type]


def timed(*onsets: float, length: float = 0.3) -> TimedLine:
    texts = ("sing", "a", "new", "song")
    words = tuple(TimedWord(text, onset, onset + length) for text, onset in zip(texts, onsets, strict=False))
    return TimedLine(" ".join(w.text for w in words), onsets[0], onsets[-1] + length, words)


def test_a_song_without_lines_has_no_windows() -> None:
    assert cut(roadmap(), sheet(0), duration=10) == ()


def test_a_cut_goes_through_the_longest_gap() -> None:
    lines = [sung(1, 9), sung(9.2, 18), sung(20, 28), sung(28.2, 36)]
    assert [window.lines for window in windows(*lines)] == [(0, 1), (2, 3)]


def test_a_long_gap_is_cut_though_all_would_fit_in_one_window() -> None:
    assert [window.lines for window in windows(sung(1, 4), sung(4.3, 8), sung(15, 19), sung(19.2, 23))] == [
        (0, 1),
        (2, 3),
    ]


def test_lines_that_follow_each_other_closely_stay_together() -> None:
    assert len(windows(sung(1, 4), sung(4.2, 8), sung(8.3, 12))) == 1


def test_windows_have_a_margin_within_the_recording() -> None:
    (window,) = windows(sung(0.5, 4), sung(4.2, 8), duration=8.5)
    assert (window.start, window.end) == (0, 8.5)
    (window,) = windows(sung(10, 14))
    assert (window.start, window.end) == (9, 15)


def test_a_margin_does_not_reach_into_words_that_were_heard() -> None:
    first, second = windows(sung(1, 20), sung(20.4, 40))
    assert first.end == pytest.approx(20.4)
    assert second.start == pytest.approx(20)


def test_a_margin_reaches_into_lines_that_nobody_heard() -> None:
    first, _ = windows(sung(1, 20), sung(20.4, 40, is_heard=False))
    assert first.end == pytest.approx(21)


def test_silence_is_left_outside() -> None:
    unheard = sung(20, 60, is_heard=False)
    spans = windows(sung(1, 19), unheard, sung(61, 70), gaps=[(19.5, 45), (58, 60.5)])
    middle = next(window for window in spans if 1 in window.lines)
    assert middle.start >= 44
    assert middle.start < 45


def test_a_window_is_longer_than_the_limit_only_for_a_single_line() -> None:
    spans = windows(*[sung(10 * i, 10 * i + 9.5) for i in range(9)], sung(90, 140))
    assert all(window.end - window.start <= 28 or len(window.lines) == 1 for window in spans)
    assert spans[-1].lines == (9,)


def test_lines_that_nobody_heard_stay_together_rather_than_be_cut_at_a_guess() -> None:
    unheard = [sung(20 + 8 * i, 28 + 8 * i, is_heard=False) for i in range(5)]
    spans = windows(sung(10, 19), *unheard, sung(60, 70))
    assert any(set(window.lines) >= {1, 2, 3, 4, 5} for window in spans)


def test_a_sheet_as_written_is_cut_at_guesses_only_where_it_must_be() -> None:
    whole = sheet(40)
    assert len(cut(as_written(whole, 80), whole, duration=80)) == 1
    spans = cut(as_written(whole, 400), whole, duration=400, max_unsure_seconds=100)
    assert 4 <= len(spans) <= 6


def assert_partition(spans: tuple[Window, ...], count: int, duration: float) -> None:
    assert [line for window in spans for line in window.lines] == list(range(count))
    assert all(0 <= window.start <= window.end <= duration for window in spans)


@given(
    st.lists(st.tuples(st.floats(0, 30), st.floats(0, 12), st.booleans()), min_size=1, max_size=30),
    st.lists(st.tuples(st.floats(0, 200), st.floats(0, 30))),
)
def test_every_line_is_in_one_window_in_order(
    parts: list[tuple[float, float, bool]], silences: list[tuple[float, float]]
) -> None:
    lines: list[SungLine] = []
    now = 0.0
    for gap, length, is_heard in parts:
        lines.append(sung(now + gap, now + gap + length, is_heard=is_heard))
        now += gap + length
    spans = windows(*lines, duration=now, gaps=[(start, start + length) for start, length in silences])
    assert_partition(spans, len(lines), now)


def test_windows_of_a_heard_song_hold_its_words() -> None:
    song = make_song(2)
    charted = chart(song.printed, [hear(song)], duration=song.duration)
    spans = cut(charted, song.printed, duration=song.duration)
    assert_partition(spans, len(song.sung), song.duration)
    inside = [
        window.start <= onset <= window.end
        for window in spans
        for line in window.lines
        for onset in song.sung[line].onsets
    ]
    assert sum(inside) / len(inside) > 0.98


GOOD = [timed(1, 1.5, 2, 2.5), timed(4, 4.5, 5, 5.5), timed(7, 7.5, 8, 8.5)]
GOOD_ROADMAP = roadmap(sung(1, 3), sung(4, 6), sung(7, 9))


def test_good_lines_are_not_suspect() -> None:
    assert suspects(GOOD, GOOD_ROADMAP, silences=[(3, 3.9)]) == ()


@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param(timed(5, 5.01, 5.02, 5.5), id="a plateau"),
        pytest.param(timed(4, 4.1, 15, 15.5), id="a pause of ten seconds"),
        pytest.param(timed(0.5, 0.9, 1.3, 1.7), id="before the line before"),
    ],
)
def test_times_that_cannot_be_sung_are_suspect(wrong: TimedLine) -> None:
    assert suspects([GOOD[0], wrong, GOOD[2]]) == (1,)


def test_a_rate_that_nobody_sings_is_suspect() -> None:
    words = tuple(TimedWord("hallelujah", 1 + 0.15 * i, 1.1 + 0.15 * i) for i in range(6))
    assert suspects([TimedLine("", 1, 2, words)]) == (0,)


def test_a_line_far_from_where_it_was_heard_is_suspect() -> None:
    late = timed(7, 7.2, 7.4, 7.6)
    assert suspects([GOOD[0], late], roadmap(sung(1, 3), sung(4, 6))) == (1,)
    assert suspects([GOOD[0], late], roadmap(sung(1, 3), sung(4, 6, is_heard=False))) == ()
    assert suspects([GOOD[0], late], roadmap(sung(1, 3), sung(4, 6)), drift=4) == ()


def test_words_in_a_known_silence_are_suspect() -> None:
    assert suspects(GOOD, silences=[(3, 6.5)]) == (1,)


def test_a_line_without_words_is_judged_by_its_start() -> None:
    bare = [TimedLine("one", 5, 6), TimedLine("two", 3, 4)]
    assert suspects(bare) == (1,)


def test_lines_of_another_roadmap_are_refused() -> None:
    with pytest.raises(ValueError, match="3 timed lines"):
        suspects(GOOD, roadmap(sung(1, 2)))


def test_nothing_suspect_needs_no_repair() -> None:
    assert repair_windows(GOOD_ROADMAP, GOOD, (), duration=10) == ()


def test_a_repair_lies_between_the_trusted_neighbours() -> None:
    unsure = roadmap(sung(1, 3), sung(4, 6, is_heard=False), sung(7, 9))
    assert repair_windows(unsure, GOOD, (1,), duration=10) == (Window(pytest.approx(2.8), 7, (1,)),)


def test_suspects_in_a_row_are_repaired_together() -> None:
    lines = [*GOOD, timed(10, 10.5, 11, 11.5)]
    charted = roadmap(*GOOD_ROADMAP.lines, sung(10, 12))
    (window,) = repair_windows(charted, lines, (1, 2), duration=12)
    assert window.lines == (1, 2)


def test_a_repair_at_either_end_reaches_to_the_end_of_the_recording() -> None:
    unsure = roadmap(*(sung(line.start, line.end, is_heard=False) for line in GOOD_ROADMAP.lines))
    first, last = repair_windows(unsure, GOOD, (0, 2), duration=20)
    assert first.start == 0
    assert last.end == 20


def test_a_repair_stays_near_where_its_words_were_heard() -> None:
    far = [*GOOD[:2], timed(60, 60.5, 61, 61.5), timed(90, 90.5, 91, 91.5)]
    charted = roadmap(sung(1, 3), sung(4, 6), sung(40, 42), sung(90, 92))
    (window,) = repair_windows(charted, far, (2,), duration=100)
    assert (window.start, window.end) == (38, 44)


def test_a_repair_without_room_takes_its_neighbours_along() -> None:
    lines = [GOOD[0], timed(4, 4.01, 4.02, 4.03), timed(4.2, 4.9, 5.4, 5.9), timed(8, 8.5, 9, 9.5)]
    charted = roadmap(*(sung(line.start, line.end, is_heard=False) for line in lines))
    cramped = [GOOD[0].__class__("a b c d", 1, 3.9, timed(1, 2, 3, 3.8).words), *lines[1:]]
    (window,) = repair_windows(charted, cramped, (1,), duration=12)
    assert set(window.lines) > {1}


def test_single_lines_in_pairs_keep_their_order() -> None:
    spans = windows(*[sung(6 * i, 6 * i + 3) for i in range(12)])
    assert all(a.end <= b.end and a.start <= b.start for a, b in pairwise(spans))
