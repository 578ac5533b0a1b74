from __future__ import annotations

import numpy as np
import pytest

from music_analysis import analyse
from music_analysis.chroma import Chroma, ChromaListener
from music_analysis.document import Key
from music_analysis.frames import Downmix
from music_analysis.key import find_key, name
from music_analysis.synthetic import SAMPLE_RATE, Mode, chords_only


def chroma_of(sound: np.ndarray) -> Chroma:
    downmix, listener = Downmix(SAMPLE_RATE), ChromaListener()
    listener.push(downmix.push(sound[None].astype(np.float32)))
    listener.push(downmix.rest())
    return listener.finish()


def key_of(sound: np.ndarray) -> Key | None:
    return find_key(chroma_of(sound), sound.size / SAMPLE_RATE)


@pytest.mark.parametrize("mode", ["major", "minor"])
@pytest.mark.parametrize("tonic", [0, 3, 6, 11])
def test_a_cadence_tells_the_key(tonic: int, mode: Mode):
    timbre = ("organ", "piano", "strings", "guitar")[tonic % 4]
    key = key_of(chords_only(tonic, mode, (0, 3, 4, 0), timbre, 0))
    assert key is not None
    assert (key.tonic, key.mode) == name(tonic + 12 * (mode == "minor"))
    assert key.confidence > 0.5
    assert sum(other.confidence for other in key.alternatives) + key.confidence <= 1.001


@pytest.mark.parametrize("cents", [-40, 40])
def test_a_song_out_of_tune_keeps_its_key(cents: int):
    key = key_of(chords_only(2, "major", (0, 4, 5, 3), "piano", cents))
    assert key is not None
    assert (key.tonic, key.mode) == ("D", "major")
    assert key.tuning_cents == pytest.approx(cents, abs=5)


def test_a_modulation_makes_two_segments():
    low, high = (chords_only(tonic, "major", (0, 3, 4, 0), "piano", 0) for tonic in (7, 9))
    sound = np.concatenate((low, low, high))
    key = key_of(sound)
    assert key is not None
    assert [(part.tonic, part.mode) for part in key.segments] == [("G", "major"), ("A", "major")]
    assert key.segments[-1].end_seconds == round(sound.size / SAMPLE_RATE, 3)
    assert key.segments[0].end_seconds == pytest.approx(2 * low.size / SAMPLE_RATE, abs=5)
    assert (key.tonic, key.mode) == ("G", "major")


def test_a_progression_of_two_keys_is_not_sure_of_one():
    key = key_of(chords_only(9, "minor", (0, 5, 2, 6), "piano", 0))
    assert key is not None
    told = {(key.tonic, key.mode), *((other.tonic, other.mode) for other in key.alternatives)}
    assert {("A", "minor"), ("C", "major")} <= told
    assert key.confidence < 0.75


@pytest.mark.parametrize("hertz", [(440.0,), (440.0, 659.3), (1000.0, 2000.0)])
def test_one_note_or_two_are_in_too_many_keys(hertz: tuple[float, ...]):
    seconds = np.arange(10 * SAMPLE_RATE) / SAMPLE_RATE
    sound = sum(0.1 * np.sin(2 * np.pi * tone * seconds) for tone in hertz)
    assert key_of(np.asarray(sound)) is None


@pytest.mark.parametrize("mode", ["major", "minor"])
def test_one_chord_is_enough_for_a_key(mode: Mode):
    assert key_of(chords_only(0, mode, (0,), "organ", 0)) is not None


@pytest.mark.parametrize("kind", ["silence", "noise"])
def test_what_is_not_tonal_has_no_key(kind: str):
    rng = np.random.default_rng(2)
    sound = np.zeros(10 * SAMPLE_RATE) if kind == "silence" else 0.1 * rng.standard_normal(10 * SAMPLE_RATE)
    assert analyse(sound.astype(np.float32), SAMPLE_RATE).key is None
