"""The cases of EBU Tech 3341 and 3342, made anew from their descriptions. The tolerances are the standard's."""

from __future__ import annotations

import numpy as np
import pytest

from music_analysis import analyse
from music_analysis.ebu_cases import LOUDNESS_CASES, RANGE_CASES, TRUE_PEAK_CASES, Case, measured


@pytest.mark.parametrize("case", LOUDNESS_CASES, ids=str)
def test_integrated_loudness_is_within_a_tenth(case: Case):
    assert measured(case).integrated_lufs == pytest.approx(case.expected, abs=0.1)


@pytest.mark.parametrize("case", RANGE_CASES, ids=str)
def test_loudness_range_is_within_one(case: Case):
    assert measured(case).range_lu == pytest.approx(case.expected, abs=1)


@pytest.mark.parametrize("case", TRUE_PEAK_CASES, ids=str)
def test_true_peak_is_within_the_tolerance(case: Case):
    peak = measured(case).true_peak_dbtp
    assert peak is not None
    assert case.expected - 0.4 <= peak <= case.expected + 0.2


def test_one_channel_is_three_lower_than_the_same_on_two():
    tone = (0.1 * np.sin(2 * np.pi * 1000 * np.arange(5 * 16_000) / 16_000)).astype(np.float32)
    one, two = analyse(tone, 16_000), analyse(np.stack([tone, tone]), 16_000)
    assert one.loudness.integrated_lufs is not None
    assert two.loudness.integrated_lufs == pytest.approx(one.loudness.integrated_lufs + 3.01, abs=0.02)


def test_a_quiet_sound_has_an_exact_peak():
    tone = (2e-4 * np.sin(2 * np.pi * 100 * np.arange(48_000) / 48_000)).astype(np.float32)
    assert analyse(tone, 48_000).loudness.true_peak_dbtp == pytest.approx(-73.98, abs=0.05)


@pytest.mark.parametrize(("seconds", "is_told"), [(0.5, False), (3.1, False), (3.9, False), (4.0, True)])
def test_a_range_needs_stretches_to_compare(seconds: float, is_told: bool):
    noise = (0.1 * np.random.default_rng(0).standard_normal(int(seconds * 16_000))).astype(np.float32)
    loudness = analyse(noise, 16_000).loudness
    assert loudness.integrated_lufs is not None
    assert (loudness.range_lu == pytest.approx(0, abs=0.5)) if is_told else loudness.range_lu is None


def test_digital_silence_has_no_loudness():
    loudness = analyse(np.zeros((2, 48_000), np.float32), 48_000).loudness
    assert (loudness.integrated_lufs, loudness.range_lu, loudness.true_peak_dbtp) == (None, None, None)
