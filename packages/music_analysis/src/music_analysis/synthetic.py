"""Made-up music whose tempo, beats, bars and key are known exactly: for tests and benchmarks.

A `Score` says what is played, `perform` plays it with plain synthesis: drums of noise and falling sines, a bass, chords
and a melody of decaying partials. The same score gives the same sound on every machine.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Sound = NDArray[np.float32]
Mode = Literal["major", "minor"]
Timbre = Literal["organ", "piano", "strings", "guitar"]

SAMPLE_RATE = 22_050

_Wave = NDArray[np.float64]
_SCALES: dict[Mode, tuple[int, ...]] = {"major": (0, 2, 4, 5, 7, 9, 11), "minor": (0, 2, 3, 5, 7, 8, 10)}
_PARTIALS: dict[Timbre, tuple[tuple[float, ...], float, float]] = {
    # the partials' amplitudes, seconds of attack, seconds of decay
    "organ": ((1.0, 0.8, 0.4, 0.5, 0.1, 0.2), 0.02, 8.0),
    "piano": ((1.0, 0.6, 0.35, 0.25, 0.15, 0.1, 0.06), 0.005, 0.9),
    "strings": ((1.0, 0.7, 0.55, 0.4, 0.3, 0.25, 0.2, 0.15), 0.12, 8.0),
    "guitar": ((1.0, 0.9, 0.5, 0.45, 0.3, 0.2), 0.004, 0.5),
}

PROGRESSIONS: dict[Mode, tuple[tuple[int, ...], ...]] = {
    "major": ((0, 4, 5, 3), (0, 3, 4, 0), (0, 5, 3, 4), (3, 4, 0, 0), (0, 1, 4, 0), (5, 3, 0, 4)),
    "minor": ((0, 5, 2, 6), (0, 3, 4, 0), (0, 6, 5, 4), (0, 3, 6, 2), (0, 5, 3, 4)),
}
"""Degrees of the scale, from 0, one chord a bar. Minor takes the raised seventh on its fifth degree."""


@dataclass(frozen=True)
class Score:
    """What is played. Positions are in beats from the first downbeat; `beats_per_bar` of them are a bar.

    `pattern` is the drums' and the accompaniment's: "rock" (kick on 1 and 3, snare on 2 and 4, eighths), "ballad" (kick
    on 1, snare on 3, sixteenths on the hat), "four" (kick on every beat), "waltz", "six" (6/8: two beats of three
    eighths), "clicks" (nothing but a click on each beat, the first of a bar louder).
    """

    bpm: float = 120.0
    bars: int = 16
    beats_per_bar: int = 4
    pattern: Literal["rock", "ballad", "four", "waltz", "six", "clicks"] = "rock"
    tonic: int = 0
    mode: Mode = "major"
    progression: tuple[int, ...] = (0, 4, 5, 3)
    timbre: Timbre = "piano"
    drums: bool = True
    harmony: bool = True
    melody: bool = True
    swing: float = 0.5
    """Where the second eighth of a beat lies: 0.5 straight, 0.67 swung."""
    detune_cents: float = 0.0
    noise_db: float | None = None
    """Level of white noise relative to the music."""
    jitter_seconds: float = 0.0
    """Standard deviation of the players' timing."""
    lead_in_seconds: float = 0.5
    tempo_curve: Callable[[float], float] | None = None
    """Share of the piece (0 to 1) to a factor of the tempo."""
    seed: int = 0


@dataclass(frozen=True, eq=False)
class Performance:
    """A score as it sounds, mono at `SAMPLE_RATE`, and when its beats fall."""

    sound: Sound = field(repr=False)
    beats: NDArray[np.float64]
    """Seconds."""
    positions: NDArray[np.int64]
    """Of each beat in its bar, from 1."""
    score: Score

    @property
    def downbeats(self) -> NDArray[np.float64]:
        """Seconds."""
        return self.beats[self.positions == 1]


@dataclass
class _Stage:
    """Where notes are put: a sound, and the clock that turns beats into seconds."""

    score: Score
    clock: NDArray[np.float64]
    """Seconds of each beat, one more than are played."""
    rng: np.random.Generator
    sound: _Wave

    def seconds(self, beat: float) -> float:
        return float(np.interp(beat, np.arange(self.clock.size), self.clock))

    def add(self, beat: float, wave: _Wave, gain: float) -> None:
        swung = beat
        if abs(beat % 1 - 0.5) < 0.01:
            swung = np.floor(beat) + self.score.swing
        at = self.seconds(swung) + self.score.jitter_seconds * self.rng.standard_normal()
        first = max(0, round(at * SAMPLE_RATE))
        part = wave[: max(0, self.sound.size - first)]
        self.sound[first : first + part.size] += gain * part


def perform(score: Score) -> Performance:
    """Play a score."""
    count = score.bars * score.beats_per_bar
    shares = np.arange(count) / count
    factors = np.array([score.tempo_curve(float(x)) if score.tempo_curve else 1.0 for x in shares])
    clock = score.lead_in_seconds + np.concatenate(([0.0], np.cumsum(60 / (score.bpm * factors))))
    rng = np.random.default_rng(score.seed)
    stage = _Stage(score, clock, rng, np.zeros(int((clock[-1] + 1.0) * SAMPLE_RATE)))
    if score.pattern == "clicks":
        for beat in range(count):
            stage.add(beat, _click(), 0.8 if beat % score.beats_per_bar == 0 else 0.5)
    else:
        for bar in range(score.bars):
            if score.drums:
                _drums(stage, bar)
            if score.harmony:
                _harmony(stage, bar)
    sound = stage.sound
    if score.noise_db is not None:
        level = np.sqrt(np.mean(sound**2)) * 10 ** (score.noise_db / 20)
        sound = sound + level * rng.standard_normal(sound.size)
    sound *= 0.7 / max(1e-9, float(np.abs(sound).max()))
    positions = np.arange(count) % score.beats_per_bar + 1
    return Performance(sound.astype(np.float32), clock[:-1], positions, score)


def chords_only(tonic: int, mode: Mode, progression: tuple[int, ...], timbre: Timbre, detune_cents: float) -> Sound:
    """Twenty seconds of chords, bass and melody in one key, for key estimation."""
    score = Score(
        bpm=96, bars=8, tonic=tonic, mode=mode, progression=progression, timbre=timbre, drums=False,
        detune_cents=detune_cents, seed=tonic,
    )  # fmt: skip
    return perform(score).sound


def _drums(stage: _Stage, bar: int) -> None:
    score = stage.score
    at, beats = bar * score.beats_per_bar, score.beats_per_bar
    for beat, hit in _hits(score.pattern, beats):
        stage.add(at + beat, {"kick": _kick, "snare": _snare, "hat": _hat}[hit](stage.rng), _GAINS[hit])


_GAINS = {"kick": 0.9, "snare": 0.5, "hat": 0.15}


def _hits(pattern: str, beats: int) -> Iterator[tuple[float, str]]:
    if pattern == "rock":
        for beat in range(beats):
            yield beat, "kick" if beat % 2 == 0 else "snare"
            yield beat, "hat"
            yield beat + 0.5, "hat"
        yield beats - 1.5, "kick"
    elif pattern == "ballad":
        yield 0, "kick"
        yield 2, "snare"
        yield 2.5, "kick"
        for quarter in range(4 * beats):
            yield quarter / 4, "hat"
    elif pattern == "four":
        for beat in range(beats):
            yield beat, "kick"
            yield beat + 0.5, "hat"
            if beat % 2:
                yield beat, "snare"
    elif pattern == "waltz":
        yield 0, "kick"
        for beat in range(1, beats):
            yield beat, "snare"
        for beat in range(beats):
            yield beat, "hat"
    elif pattern == "six":
        yield 0, "kick"
        yield 1, "snare"
        for eighth in range(6):
            yield eighth / 3, "hat"


def _harmony(stage: _Stage, bar: int) -> None:
    score = stage.score
    beats = score.beats_per_bar
    at = bar * beats
    chord = _chord(score, score.progression[bar % len(score.progression)])
    length = stage.seconds(at + beats) - stage.seconds(at)
    shift = score.detune_cents / 100
    root = chord[0] + shift
    pulse = length / beats
    for beat in range(0, beats, 2 if beats % 2 == 0 and score.pattern != "six" else beats):
        stage.add(at + beat, _note(root - 24, 2 * pulse, "guitar"), 0.30)
    onsets = {"waltz": range(1, beats), "six": [k / 3 for k in range(0, 6)]}.get(score.pattern, range(0, beats, beats))
    if score.timbre in ("guitar",) and score.pattern not in ("waltz", "six"):
        onsets = [k / 2 for k in range(2 * beats)]
    for index, onset in enumerate(onsets):
        held = length * (beats - onset) / beats if len(onsets) == 1 else pulse
        voices = chord if len(onsets) <= 3 else (chord[index % 3],)
        for pitch in voices:
            stage.add(at + onset, _note(pitch + shift, held, score.timbre), 0.10 if len(voices) > 1 else 0.2)
    if score.melody:
        _melody(stage, at, chord, pulse)


def _melody(stage: _Stage, at: int, chord: tuple[int, ...], pulse: float) -> None:
    score = stage.score
    step = 1 / 3 if score.pattern == "six" else 0.5
    place, pitch = 0.0, chord[int(stage.rng.integers(3))] + 12
    scale = {(score.tonic + degree) % 12 for degree in _SCALES[score.mode]}
    while place < score.beats_per_bar - 1e-6:
        length = step * float(stage.rng.choice([1, 2, 3, 4], p=[0.35, 0.4, 0.1, 0.15]))
        length = min(length, score.beats_per_bar - place)
        if stage.rng.random() < 0.85:
            wave = _note(pitch + score.detune_cents / 100, length * pulse, "strings" if pulse > 0.3 else "organ")
            stage.add(at + place, wave, 0.12)
        place += length
        pitch += int(stage.rng.integers(-4, 5))
        pitch = min(max(pitch, 64), 84)
        while pitch % 12 not in scale:
            pitch -= 1


def _chord(score: Score, degree: int) -> tuple[int, ...]:
    scale = _SCALES[score.mode]
    pitches = [score.tonic + scale[(degree + k) % 7] + 12 * ((degree + k) // 7) for k in (0, 2, 4)]
    if score.mode == "minor" and degree == 4:
        pitches[1] += 1
    lowest = 52
    return tuple(lowest + (pitches[0] - lowest) % 12 + pitch - pitches[0] for pitch in pitches)


def _clock(seconds: float) -> _Wave:
    return np.arange(max(1, int(seconds * SAMPLE_RATE))) / SAMPLE_RATE


def _note(pitch: float, seconds: float, timbre: Timbre) -> _Wave:
    """Partial k is a sine that starts at k radians, and dies away the faster the higher it is.

    Partials are the powers of one complex wave, summed by Horner's rule: three times as fast as a sine for each.
    """
    partials, attack, decay = _PARTIALS[timbre]
    t = _clock(seconds + 0.05)
    hertz = 440 * 2 ** ((pitch - 69) / 12)
    heard = partials[: int(0.45 * SAMPLE_RATE / hertz)]
    first = np.exp((2j * np.pi * hertz - 0.3 / decay) * t + 1j)
    waves = np.zeros(t.size, np.complex128)
    for amplitude in reversed(heard):
        waves += amplitude
        waves *= first
    wave = waves.imag * np.exp(-0.7 / decay * t)
    return wave * np.minimum(1, t / attack) * np.clip((seconds + 0.05 - t) / 0.05, 0, 1)


def _click() -> _Wave:
    t = _clock(0.03)
    return np.sin(2 * np.pi * 1000 * t) * np.exp(-t / 0.005)


def _kick(rng: np.random.Generator) -> _Wave:
    t = _clock(0.2)
    turns = 50 * t + 70 * 0.03 * (1 - np.exp(-t / 0.03))
    return np.sin(2 * np.pi * turns) * np.exp(-t / 0.07) + 0.1 * np.exp(-t / 0.003) * rng.standard_normal(t.size)


def _snare(rng: np.random.Generator) -> _Wave:
    t = _clock(0.18)
    return 0.6 * np.exp(-t / 0.05) * rng.standard_normal(t.size) + 0.5 * np.sin(2 * np.pi * 190 * t) * np.exp(-t / 0.04)


def _hat(rng: np.random.Generator) -> _Wave:
    t = _clock(0.06)
    noise = rng.standard_normal(t.size)
    return np.diff(noise, prepend=0.0) * np.exp(-t / 0.015)
