from __future__ import annotations

import numpy as np
import pytest

from qwen3_align.alignment.loudness import Loudness
from qwen3_align.clips import SAMPLE_RATE, Samples


def _tone(seconds: float, hertz: float = 440.0, level: float = 0.3) -> Samples:
    time = np.arange(int(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    return (level * np.sin(2 * np.pi * hertz * time)).astype(np.float32)


def test_a_long_pause_is_silence_and_a_short_one_is_not() -> None:
    sound = np.concatenate([_tone(5), np.zeros(3 * SAMPLE_RATE, np.float32), _tone(4), _tone(1, level=0), _tone(5)])

    ((start, end),) = Loudness.of(sound).silences()

    assert start == pytest.approx(5, abs=0.2)
    assert end == pytest.approx(8, abs=0.2)


def test_a_bass_alone_is_silence_as_nobody_sings_so_low() -> None:
    sound = np.concatenate([_tone(5), _tone(5, hertz=60), _tone(5)])

    assert len(Loudness.of(sound).silences()) == 1


def test_the_quietest_moment_is_found() -> None:
    sound = np.concatenate([_tone(4), _tone(0.5, level=0.05), _tone(4)])

    assert 4.0 <= Loudness.of(sound).quietest(2, 7) <= 4.5


def test_where_all_is_alike_the_cut_is_late() -> None:
    assert Loudness.of(np.zeros(20 * SAMPLE_RATE, np.float32)).quietest(5, 10) == pytest.approx(10, abs=0.1)


def test_a_long_recording_is_measured_as_its_parts_are() -> None:
    noise = np.random.default_rng(1).standard_normal(70 * SAMPLE_RATE, np.float32)

    whole, part = Loudness.of(noise).level, Loudness.of(noise[: 20 * SAMPLE_RATE]).level

    assert len(whole) == 70 * 20
    assert np.ptp(whole[:390] - part[:390]) < 1e-3


@pytest.mark.parametrize("count", [0, 1, 799, 800, 801, 5000])
def test_short_recordings_can_be_measured(count: int) -> None:
    loudness = Loudness.of(np.ones(count, np.float32))

    assert np.isfinite(loudness.level).all()
    assert loudness.silences() == ()
