"""Where somebody sings, told from how loud the voice is."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sow_analysis.singing import Voice

RATE = 16_000


def voice(*stretches: tuple[float, float], seconds: float) -> np.ndarray:
    """Noise that is loud in these stretches."""
    rng = np.random.default_rng(1)
    sound = rng.normal(0, 1e-5, int(seconds * RATE)).astype(np.float32)
    for start, end in stretches:
        part = sound[int(start * RATE) : int(end * RATE)]
        part += rng.normal(0, 0.1, len(part)).astype(np.float32)
    return sound


def test_a_long_pause_of_the_voice_is_a_silence():
    vocals = voice((2, 10), (20, 30), seconds=40)
    (first, second) = Voice.of(vocals, vocals).silences()
    assert first == pytest.approx((10.6, 19.4), abs=0.3)
    assert second == pytest.approx((30.6, 40), abs=0.3)


def test_without_a_separated_voice_nothing_is_a_silence():
    assert Voice.of(voice((2, 10), seconds=40), None).silences() == ()


def test_pieces_hold_all_singing_and_leave_out_the_pauses():
    vocals = voice((2, 10), (20, 30), seconds=40)
    (first, second) = Voice.of(vocals, vocals).pieces(25)
    assert first == pytest.approx((1.4, 10.6), abs=0.3)
    assert second == pytest.approx((19.4, 30.6), abs=0.3)


def test_a_long_stretch_is_cut_where_the_voice_is_faintest():
    vocals = voice((0, 17.8), (18.3, 40), seconds=40)
    pieces = Voice.of(vocals, vocals).pieces(25)
    assert pieces[0][1] == pytest.approx(18.05, abs=0.3)


@given(
    stretches=st.lists(st.tuples(st.floats(0, 90), st.floats(0.1, 60)), max_size=4),
    seconds=st.floats(1, 100),
    separated=st.booleans(),
)
def test_pieces_are_short_in_order_and_inside_the_recording(
    stretches: list[tuple[float, float]], seconds: float, separated: bool
):
    inside = [(start, min(start + length, seconds)) for start, length in stretches if start < seconds]
    sound = voice(*inside, seconds=seconds)
    pieces = Voice.of(sound, sound if separated else None).pieces(25)
    assert all(0.5 < end - start <= 25 + 1e-6 for start, end in pieces)
    edges = [edge for piece in pieces for edge in piece]
    assert edges == sorted(edges)
    assert not edges or (edges[0] >= 0 and edges[-1] <= seconds + 1e-6)
