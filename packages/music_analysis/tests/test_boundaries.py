"""Where sections begin, by how each bar is like the others."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from music_analysis import analyse
from music_analysis.boundaries import best_starts, novelty_of
from music_analysis.synthetic import SAMPLE_RATE
from music_analysis.synthetic_songs import other_song, song


def peaks(count: int, **at: float) -> np.ndarray:
    novelty = np.zeros(count)
    for bar, value in at.items():
        novelty[int(bar.removeprefix("bar"))] = value
    return novelty


def test_of_two_neighbours_the_one_after_whole_fours_of_bars_begins_a_section():
    assert best_starts(peaks(32, bar8=0.7, bar16=0.6, bar17=0.65, bar24=0.7)) == [8, 16, 24]


def test_a_clear_boundary_at_an_odd_bar_is_one():
    assert best_starts(peaks(41, bar3=0.8, bar11=0.8, bar19=0.8, bar22=0.8)) == [3, 11, 19, 22]


def test_where_nothing_is_new_nothing_begins():
    assert best_starts(np.full(64, 0.2)) == []
    assert best_starts(np.zeros(0)) == []


@given(st.lists(st.floats(0, 2), min_size=1, max_size=60).map(np.array))
def test_starts_are_in_order_and_inside(novelty: np.ndarray):
    starts = best_starts(novelty)
    assert starts == sorted(set(starts))
    assert all(0 < start < novelty.size for start in starts)


def test_chords_that_go_round_are_new_where_others_take_over():
    """Bar by bar, the four chords are unlike one another on both sides, so that nothing is new in the middle."""
    chords = np.array([0, 1, 2, 3] * 4 + [4, 5, 6, 7] * 4)
    harmony = (chords[:, None] == chords[None, :]).astype(float)
    novelty = novelty_of(harmony, np.ones_like(harmony), np.zeros(chords.size))
    assert novelty.argmax() == 16
    assert best_starts(novelty) == [16]


def test_two_verses_over_the_same_chords_are_two_if_another_stands_alone():
    made = song(("verse", "verse", "bridge", "verse"), bpm=84)
    found = analyse(made.sound, SAMPLE_RATE).sections
    assert [section.group for section in found] == ["A", "A", "B", "A"]
    assert [section.start_seconds for section in found] == pytest.approx([start for start, _ in made.spans], abs=0.1)


def test_songs_of_a_seed_are_the_same_and_of_another_are_others():
    form = ("intro", "bridge")
    first, again, other = other_song(form, 7), other_song(form, 7), other_song(form, 8)
    assert np.array_equal(first.sound, again.sound)
    assert first.spans != other.spans
    assert first.labels == form
