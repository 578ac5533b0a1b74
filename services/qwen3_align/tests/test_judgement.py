from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from qwen3_align.alignment.anchors import Reading
from qwen3_align.alignment.judgement import is_believable, level_of, piled, piles_in, sure_from, without_piles
from qwen3_align.alignment.limits import Limits
from qwen3_align.alignment.song import Found, Song, Stretch, Times, clip_of, read_answer
from qwen3_align.clips import UnitTime
from qwen3_align.text.printed import phrases_of, read_lines


def _times(starts: Sequence[float], confidence: float = 0.8) -> Times:
    return tuple(UnitTime(start, start + 0.08, confidence) for start in starts)


def _line(start: float, confidence: float = 0.8) -> Times:
    return _times([start + 0.4 * i for i in range(5)], confidence)


def test_three_units_in_one_step_are_a_pile_and_two_are_not() -> None:
    assert piled(_times([1.0, 1.0, 1.4, 1.8, 1.8, 1.8])) == [False, False, False, True, True, True]


def test_a_pile_may_reach_over_phrases() -> None:
    found = {0: _times([1.0, 2.0, 2.0]), 1: _times([2.0, 3.0])}

    assert piles_in(found) == {0: [False, True, True], 1: [True, False]}
    assert [time.confidence for time in without_piles(found)[1]] == [0.0, 0.8]


def test_what_is_sung_evenly_and_surely_is_believed() -> None:
    assert is_believable(_line(3.0), [False] * 5, sure=0.3)


@pytest.mark.parametrize(
    "times",
    [_line(3.0, confidence=0.1), _times([1, 1.5, 12, 12.5]), _times([0.05 * i for i in range(12)])],
    ids=["unsure", "a pause that nobody makes", "too fast"],
)
def test_what_cannot_be_sung_is_not_believed(times: Times) -> None:
    assert not is_believable(times, [False] * len(times), sure=0.3)


def test_sureness_is_relative_to_the_clip_and_to_the_song() -> None:
    loud, faint = {0: _line(0, 0.9)}, {0: _line(0, 0.1)}

    assert sure_from(level_of(loud)) == pytest.approx(0.3)
    assert sure_from(level_of(faint)) == pytest.approx(0.05)
    assert sure_from(level_of(faint), level_of(loud)) == pytest.approx(0.225)
    assert level_of({}) == 0


def test_times_beyond_the_clip_are_brought_back_and_not_believed() -> None:
    phrases = phrases_of(read_lines(["one two three", "four"], "English"))
    song = Song(np.zeros(160_000, np.float32), phrases, "English")
    stretch = Stretch(4.0, 8.0, 0, 2)
    answer = [UnitTime(1, 2, 0.9), UnitTime(3, 4.5, 0.9), UnitTime(3.9, 224, 0.9), UnitTime(224, 224, 0.9)]

    heard = read_answer(song, stretch, answer)

    assert clip_of(song, stretch).units == ("one", "two", "three", "four")
    assert heard[0][0] == UnitTime(5, 6, 0.9)
    assert heard[0][1] == UnitTime(7, 8, 0.9)
    assert heard[0][2] == UnitTime(7.9, 8, 0.0)
    assert heard[1] == (UnitTime(8, 8, 0.0),)


def _reading(heard: Found) -> Reading:
    return Reading.of(Stretch(0, 60, 0, len(heard)), heard, sure=0.3)


def test_the_anchor_is_the_last_phrase_clear_of_the_end() -> None:
    piled_up = _times([60.0] * 5, 0.1)

    assert _reading({0: _line(5), 1: _line(20), 2: _line(58), 3: piled_up}).anchor(over_holes=False) == 1
    assert _reading({0: piled_up, 1: piled_up}).anchor(over_holes=True) is None


def test_an_anchor_lies_beyond_a_hole_only_when_nothing_else_helps() -> None:
    hole = _times([3.0] * 5, 0.1)
    heard = {0: _line(0), 1: hole, 2: hole, 3: hole, 4: _line(30), 5: _line(33), 6: _line(36)}

    assert _reading(heard).anchor(over_holes=False) == 0
    assert _reading(heard).anchor(over_holes=True) == 6
    assert _reading(heard).onset(1) == 30


@pytest.mark.parametrize(
    "limits", [{"clip_seconds": 0}, {"clip_seconds": 130}, {"longest_seconds": 301}, {"units_per_second": 0}]
)
def test_limits_that_contradict_the_model_are_refused(limits: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=r"Clips last|Some words"):
        Limits(**limits)
