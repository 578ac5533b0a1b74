"""Lines whose end nothing tells get a likely one, and others keep theirs."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lyric_timing.endings import with_ends
from lyric_timing.formats.lrc import read_lrc
from lyric_timing.timed import TimedLine, TimedLyrics, TimedWord

SOLO = """
[00:10.00]Morning light is on the hill
[00:14.00]Every field is waiting still
[00:18.00]Birds begin to sing of you
[00:22.00]All the world is made anew
[00:42.00]Rivers run beneath the sun
[00:46.00]Open wide the gates, each one
"""


def ends(text: str, *voice: tuple[float, float]) -> list[float]:
    return [line.end for line in with_ends(read_lrc(text), voice).lines]


def test_a_line_before_a_solo_ends_after_as_long_as_lines_of_the_song_take():
    assert ends(SOLO) == [14.0, 18.0, 22.0, 26.0, 46.0, 50.0]


def test_a_line_of_many_syllables_before_a_solo_takes_longer():
    longer = SOLO.replace("All the world is made anew", "All of the world is made anew in the light of the morning")
    assert 30.0 < ends(longer)[3] < 36.0


def test_an_empty_stamp_before_a_solo_is_where_the_line_ends():
    assert ends(SOLO.replace("[00:42.00]", "[00:29.00]\n[00:42.00]"))[3] == 29.0


@pytest.mark.parametrize(
    ("voice", "end"),
    [
        ((9.0, 25.1), 25.1),  # sung for less than is usual ...
        ((9.0, 28.5), 28.5),  # ... or held for longer
        ((9.0, 23.0), 24.0),  # the detector lost it
        ((9.0, 50.0), 30.0),  # somebody sings on, but not this line
        ((43.0, 50.0), 26.0),  # the detector heard nothing here
    ],
)
def test_a_voice_tells_the_end_within_what_is_likely(voice: tuple[float, float], end: float):
    assert ends(SOLO, voice)[3] == end


def test_a_breath_within_a_line_does_not_end_it():
    assert ends(SOLO, (9.0, 23.5), (24.2, 25.8))[3] == 25.8


def test_lines_in_two_languages_at_one_time_end_together():
    text = SOLO.replace("[00:22.00]All the world is made anew", "[00:22.00]All the world\n[00:22.00]全地焕然一新")
    first, second = ends(text)[3:5]
    assert first == second == 26.0


def test_of_a_line_with_words_only_the_last_word_is_in_question():
    text = SOLO.replace("All the world is made anew", "<00:22.00>All <00:22.50>the <00:25.00>world")
    assert ends(text)[3] == 29.0


def test_documents_that_leave_ends_out_are_given_them():
    """Our JSON has an end where its line begins then."""
    lyrics = read_lrc(SOLO)
    bare = replace(lyrics, lines=tuple(replace(line, end=line.start) for line in lyrics.lines))
    assert with_ends(bare).lines == with_ends(lyrics).lines


def test_two_lines_far_apart_do_not_take_a_minute():
    assert ends("[00:10.00]Morning light is on the hill\n[01:40.00]Every field")[0] < 25.0


def test_one_line_alone_stays_as_it_is():
    assert ends("[00:10.00]Amen") == [15.0]


WORDS = st.builds(TimedWord, st.just("la"), st.floats(0, 300), st.floats(0, 300))
LINES = st.builds(
    TimedLine,
    st.sampled_from(["", "...", "la la la", "主愛我", "A very long line of many words"]),
    st.floats(0, 300),
    st.floats(0, 300),
    st.lists(WORDS, max_size=2).map(tuple),
)
SPANS = st.lists(st.tuples(st.floats(0, 300), st.floats(0, 300)).map(sorted).map(tuple), max_size=4)


@given(st.lists(LINES, max_size=8), SPANS)
def test_ends_that_are_told_stay_and_none_lies_beyond_the_next_line(
    lines: list[TimedLine], voice: list[tuple[float, float]]
):
    lines.sort(key=lambda line: line.start)
    ended = with_ends(TimedLyrics(tuple(lines)), voice).lines
    for before, after in zip(lines, ended, strict=True):
        assert replace(after, end=before.end) == before
        later = [line.start for line in lines if line.start > before.start + 0.01]
        assert after.end == before.end or before.start <= after.end <= min([*later, 1000.0])
