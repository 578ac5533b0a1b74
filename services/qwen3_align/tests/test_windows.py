from __future__ import annotations

import math

import pytest

from qwen3_align.alignment.windows import Window, held_within
from qwen3_align.errors import WindowsInvalidError


def _windows(*spans: tuple[float, float]) -> list[Window]:
    return [Window(start, end, ("a line",)) for start, end in spans]


def test_windows_may_touch_overlap_and_leave_gaps() -> None:
    windows = _windows((0, 10), (10, 20), (19, 30), (40, 50))

    assert held_within(windows, 60) == tuple(windows)


def test_a_window_that_ends_a_little_after_the_recording_ends_with_it() -> None:
    (window,) = held_within(_windows((50, 60.3)), 60)

    assert window.end == 60


@pytest.mark.parametrize(
    ("spans", "reason"),
    [
        ([], "no windows"),
        ([(0, 10), (5, 5)], "Window 2 .* must end after it starts"),
        ([(9, 3)], "must end after it starts"),
        ([(-1, 5)], "outside the recording, which has 60.00 s"),
        ([(60, 61)], "outside the recording"),
        ([(50, 61)], "outside the recording"),
        ([(20, 30), (0, 10)], "Window 2 .* before window 1"),
        ([(0, 30), (10, 20)], "Window 2 .* before window 1"),
        ([(math.nan, 3)], "needs a start"),
        ([(0, math.inf)], "needs a start"),
    ],
)
def test_windows_that_cannot_be_used_are_refused_with_the_reason(spans: list[tuple[float, float]], reason: str) -> None:
    with pytest.raises(WindowsInvalidError, match=reason):
        held_within(_windows(*spans), 60)
