from __future__ import annotations

import mir_eval
import numpy as np
import pytest

from music_analysis import MusicAnalysis, analyse
from music_analysis.beats import track
from music_analysis.rhythm import local_tempi, rhythm_of, usual
from music_analysis.synthetic import SAMPLE_RATE, Performance, Score, perform


def analysed(score: Score) -> tuple[Performance, MusicAnalysis]:
    performance = perform(score)
    return performance, analyse(performance.sound, SAMPLE_RATE)


def beat_score(performance: Performance, analysis: MusicAnalysis) -> float:
    return mir_eval.beat.f_measure(performance.beats, np.array([beat.time_seconds for beat in analysis.beats]))


def downbeat_score(performance: Performance, analysis: MusicAnalysis) -> float:
    found = np.array([beat.time_seconds for beat in analysis.beats if beat.position == 1])
    return mir_eval.beat.f_measure(performance.downbeats, found)


@pytest.mark.parametrize("bpm", [70, 96, 133, 160])
def test_beats_downbeats_and_tempo_of_a_band_are_found(bpm: int):
    performance, analysis = analysed(Score(bpm=bpm, bars=bpm // 9, jitter_seconds=0.008, seed=bpm, tonic=bpm % 12))
    assert analysis.tempo is not None
    assert analysis.tempo.bpm == pytest.approx(bpm, rel=0.005)
    assert analysis.tempo.steadiness > 0.95
    assert analysis.tempo.curve == ()
    assert beat_score(performance, analysis) > 0.98
    assert downbeat_score(performance, analysis) > 0.95
    assert analysis.time_signature is not None
    assert (analysis.time_signature.numerator, analysis.time_signature.denominator) == (4, 4)


def test_a_waltz_is_in_three():
    performance, analysis = analysed(Score(bpm=120, pattern="waltz", beats_per_bar=3, bars=20))
    assert analysis.time_signature is not None
    assert (analysis.time_signature.numerator, analysis.time_signature.denominator) == (3, 4)
    assert downbeat_score(performance, analysis) > 0.95


def test_six_eight_has_two_beats_to_a_bar():
    performance, analysis = analysed(Score(bpm=60, pattern="six", beats_per_bar=2, bars=16))
    assert analysis.time_signature is not None
    assert (analysis.time_signature.numerator, analysis.time_signature.denominator) == (6, 8)
    assert beat_score(performance, analysis) > 0.98
    assert downbeat_score(performance, analysis) > 0.95


def test_swung_eighths_are_not_six_eight():
    _, analysis = analysed(Score(bpm=120, swing=0.66, bars=12))
    assert analysis.time_signature is not None
    assert analysis.time_signature.denominator == 4


def test_noise_over_the_band_leaves_its_beats():
    performance, analysis = analysed(Score(bpm=118, bars=14, noise_db=-6))
    assert beat_score(performance, analysis) > 0.95


def test_a_change_of_tempo_gives_a_curve_and_less_confidence():
    performance, analysis = analysed(Score(bpm=90, bars=24, tempo_curve=lambda share: 1.0 if share < 0.6 else 1.3))
    assert beat_score(performance, analysis) > 0.95
    assert analysis.tempo is not None
    assert analysis.tempo.bpm == pytest.approx(90, rel=0.01)
    assert analysis.tempo.steadiness < 0.7
    assert analysis.tempo.curve[-1].bpm == pytest.approx(117, rel=0.02)
    assert analysis.tempo.confidence < 0.7


def test_half_and_double_the_tempo_are_told():
    _, analysis = analysed(Score(bpm=72, pattern="ballad", bars=10))
    assert analysis.tempo is not None
    told = [analysis.tempo.bpm, *(other.bpm for other in analysis.tempo.alternatives)]
    assert any(bpm == pytest.approx(72, rel=0.01) for bpm in told)
    assert any(bpm == pytest.approx(144, rel=0.01) for bpm in told)


@pytest.mark.parametrize("kind", ["silence", "noise", "tone", "click", "syllables", "free song"])
def test_what_has_no_pulse_has_no_sure_tempo(kind: str):
    rng = np.random.default_rng(1)
    n = 20 * SAMPLE_RATE
    sound = np.zeros(n)
    if kind == "noise":
        sound = 0.1 * rng.standard_normal(n)
    elif kind == "tone":
        sound = 0.3 * np.sin(2 * np.pi * 220 * np.arange(n) / SAMPLE_RATE)
    elif kind == "click":
        sound[n // 2] = 1.0
    elif kind == "syllables":
        for start in np.cumsum(rng.uniform(0.12, 0.5, 50)):
            burst = np.hanning(2000) * rng.uniform(0.2, 1) * rng.standard_normal(2000)
            sound[int(start * SAMPLE_RATE) :][:2000] += burst[: max(0, n - int(start * SAMPLE_RATE))]
    elif kind == "free song":
        for start in np.cumsum(rng.uniform(0.3, 1.6, 20)):
            t = np.arange(SAMPLE_RATE) / SAMPLE_RATE
            turns = 220 * 2 ** (rng.integers(12) / 12) * t + 0.3 * np.sin(2 * np.pi * 5.5 * t)
            part = sound[int(start * SAMPLE_RATE) :][: t.size]
            part += (0.2 * np.sin(2 * np.pi * turns) * np.minimum(1, t / 0.06) * (1 - t))[: part.size]
    analysis = analyse(sound.astype(np.float32), SAMPLE_RATE)
    assert analysis.tempo is None or analysis.tempo.confidence < 0.2


def test_tracking_follows_the_period_through_a_gap():
    strength = np.zeros(1000, np.float32)
    places = np.arange(20, 1000, 50)
    strength[places[np.r_[0:8, 12:20]]] = 3.0
    assert np.abs(track(strength, np.full(1000, 50.0)) - places).max() <= 1


def test_the_usual_tempo_is_the_one_kept_for_longest():
    times = np.cumsum([0.5] * 30 + [0.6] * 12)
    assert usual(local_tempi(times)) == pytest.approx(120, rel=0.01)


def test_beats_of_another_engine_make_a_rhythm():
    rhythm = rhythm_of([(0.5 * k, k % 3 + 1) for k in range(30)])
    assert rhythm.tempo is not None
    assert rhythm.tempo.bpm == pytest.approx(120)
    assert rhythm.time_signature is not None
    assert rhythm.time_signature.numerator == 3
    assert rhythm_of([]).tempo is None
