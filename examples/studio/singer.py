"""A line's words and notes -> its sound, with the time of every word.

How: Kokoro speaks the line with the melody in place of its own pitch, vowels a little long. WORLD (Morise et al. 2016,
through `pyworld`) takes that apart, the vowels are stretched until each starts on its note's beat, and it is put
together again on the melody with glides and vibrato. The times of the words are the times the parts were moved to.
"""

from dataclasses import dataclass

import numpy as np
import pyworld  # pyright: ignore[reportMissingTypeStubs]
from numpy.typing import NDArray

from studio.kokoro import FRAME, SAMPLE_RATE, Curves, Floats, Ints, Kokoro
from studio.score import UNIT, Line, Note

LEAD = 0.05
"""Kokoro's sound runs this far ahead of its durations, s. Measured: correlating the low-to-high band energy of 7 voices
with the phonemes' kinds gave 38 to 55 ms for each."""

CONSONANT, SONORANT = (0.06, 0.15), (0.08, 0.18)
"""Shortest and longest consonant, s; glides and nasals are a little longer, or Mandarin finals are lost."""

EDGE = 0.25
"""Silence kept before and after a line, s."""

WORLD_STEP_MS = 5.0

Bools = NDArray[np.bool_]

_VOWELS = set("AIOQWYaeiouyæɐɑɒɔəɚɛɜɤɨɪʊʌᵊᵻ")
_SONORANTS = set("wjɥnŋ")
_DIPHTHONGS = set("AIOWY")
_HOLD, _DIPHTHONG_HOLD = (0.35, 0.6), (0.25, 0.4)
"""Which share of a vowel is held on a long note; of a diphthong its first sound, as singers do."""

_BEFORE, _AFTER = set("ˈˌ"), set("ʰ→↗↘↓")


@dataclass(frozen=True)
class Phone:
    """One speech sound: its sign, and its range in the line's phonemes (half open, with stress and tone marks)."""

    sign: str
    first: int
    stop: int

    @property
    def vowel(self) -> bool:
        return self.sign in _VOWELS


@dataclass(frozen=True)
class Syllable:
    """The phones of a syllable around its vowels, the word it belongs to, and its note."""

    word: int
    onset: tuple[Phone, ...]
    nucleus: tuple[Phone, ...]
    coda: tuple[Phone, ...]
    note: Note


@dataclass(frozen=True)
class Sung:
    """A sung line: mono sound that starts at `start`, (start, end) of each word; in s from the line's first beat."""

    sound: Floats
    start: float
    words: tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class Plan:
    """Where each phone is in what Kokoro says, and where it goes: increasing times in s, knot by knot."""

    source: Floats
    target: Floats


def syllables(line: Line) -> tuple[str, tuple[Syllable, ...]]:
    """The line's phonemes as Kokoro reads them, and its syllables. Raises ValueError unless each has a note."""
    text, found = "", list[tuple[int, list[Phone]]]()
    for word, phonemes in enumerate(line.phonemes):
        if word and not phonemes.startswith("+"):
            text += " "
        for syllable in phonemes.lstrip("+").split("-"):
            found.append((word, _phones(syllable, len(text))))
            text += syllable
    if len(found) != len(line.notes):
        raise ValueError(f"{line.text!r} has {len(found)} syllables and {len(line.notes)} notes")
    out = list[Syllable]()
    for (word, phones), note in zip(found, line.notes, strict=True):
        at = [i for i, phone in enumerate(phones) if phone.vowel]
        onset, nucleus, coda = phones[: at[0]], phones[at[0] : at[-1] + 1], phones[at[-1] + 1 :]
        out.append(Syllable(word, tuple(onset), tuple(nucleus), tuple(coda), note))
    return text, tuple(out)


def sing(kokoro: Kokoro, line: Line, voice: str, transpose: int = 0, tones: float = 0.0) -> Sung:
    """Sing a line. `transpose` is in semitones; `tones` (0..1) is how much of the spoken pitch stays on the melody."""
    text, sylls = syllables(line)
    natural = kokoro.durations(text, voice)
    frames = _speaking_frames(text, natural)
    spoken = kokoro.curves(text, voice, frames)
    bounds = np.concatenate([[0], np.cumsum(frames)]) * FRAME - LEAD
    plan = _plan(sylls, natural, bounds)
    times = (np.arange(len(spoken.pitch)) + 0.5) * FRAME / 2
    rhyme = _in_rhymes(sylls, bounds, times)
    voiced = (spoken.pitch > 60) | rhyme
    bend = tones * _bend(spoken.pitch, voiced)
    on_beat = np.interp(times, plan.source, plan.target)
    pitch = np.where(voiced, _hertz(_melody(sylls, on_beat) + transpose + bend), spoken.pitch)
    energy = _steady(spoken.energy, rhyme)
    sound = kokoro.sound(text, voice, frames, Curves(pitch, energy))
    sung = _resing(sound, plan, sylls, transpose, (times, pitch, bend))
    return Sung(sung, float(plan.target[0]), _word_times(sylls, plan, bounds))


def _phones(syllable: str, offset: int) -> list[Phone]:
    phones, first = list[Phone](), offset
    for i, char in enumerate(syllable, offset):
        if char in _BEFORE:
            continue
        if char in _AFTER:
            phones[-1] = Phone(phones[-1].sign, phones[-1].first, i + 1)
        else:
            phones.append(Phone(char, first, i + 1))
        first = i + 1
    return phones


def _speaking_frames(text: str, natural: Floats) -> Ints:
    """Whole frames per phoneme: natural, but vowels long enough to find their middle, consonants and ends short."""
    frames = np.maximum(1, np.round(natural)).astype(np.int64)
    for i, char in enumerate(text, 1):
        frames[i] = np.clip(frames[i], 5, 9) if char in _VOWELS else min(frames[i], 4)
    frames[0], frames[-1] = max(frames[0], 12), 10
    return frames


def _plan(sylls: tuple[Syllable, ...], natural: Floats, bounds: Floats) -> Plan:
    """Knots from the spoken line to the beat.

    Vowels start on their notes; consonants take their time from the vowel before.
    """

    def consonant(phone: Phone) -> float:
        shortest, longest = SONORANT if phone.sign in _SONORANTS else CONSONANT
        return float(np.clip(natural[phone.first + 1 : phone.stop + 1].sum() * FRAME, shortest, longest))

    source, target = list[float](), list[float]()

    def place(phone: Phone, start: float, end: float) -> None:
        a, b = bounds[phone.first + 1], bounds[phone.stop + 1]
        knots = [(a, start), (b, end)]
        if phone.vowel and end - start > b - a:  # one stretch is held, what is around it keeps its speed
            hold, release = _DIPHTHONG_HOLD if phone.sign in _DIPHTHONGS else _HOLD
            knots[1:1] = [
                (a + hold * (b - a), start + hold * (b - a)),
                (a + release * (b - a), end - (1 - release) * (b - a)),
            ]
        for x, y in knots:
            if not source or x > source[-1]:
                source.append(x)
                target.append(max(y, target[-1] + 1e-6) if target else y)

    first = sylls[0]
    start = first.note.at * UNIT - sum(map(consonant, first.onset))
    for phone in first.onset:
        place(phone, start, start + consonant(phone))
        start += consonant(phone)
    for i, syll in enumerate(sylls):
        beat, end = syll.note.at * UNIT, (syll.note.at + syll.note.length) * UNIT
        after = sylls[i + 1].onset if i + 1 < len(sylls) else ()
        tail = [*syll.coda, *after]
        lengths = np.array([consonant(phone) for phone in tail])
        if lengths.sum() > 0.6 * (end - beat):
            lengths *= 0.6 * (end - beat) / lengths.sum()
        now, share = beat, np.array([2.0, *[1.0] * (len(syll.nucleus) - 1)])
        for phone, length in zip(syll.nucleus, share / share.sum() * (end - beat - lengths.sum()), strict=True):
            place(phone, now, now + length)
            now += length
        for phone, length in zip(tail, lengths, strict=True):
            place(phone, now, now + length)
            now += length
    return Plan(
        np.array([source[0] - EDGE, *source, source[-1] + EDGE]),
        np.array([target[0] - EDGE, *target, target[-1] + EDGE]),
    )


def _word_times(sylls: tuple[Syllable, ...], plan: Plan, bounds: Floats) -> tuple[tuple[float, float], ...]:
    moved = np.interp(bounds, plan.source, plan.target)
    words = dict[int, tuple[float, float]]()
    for syll in sylls:
        phones = [*syll.onset, *syll.nucleus, *syll.coda]
        start = words.get(syll.word, (moved[phones[0].first + 1], 0.0))[0]
        words[syll.word] = float(start), float(moved[phones[-1].stop + 1])
    return tuple(words[i] for i in sorted(words))


def _in_rhymes(sylls: tuple[Syllable, ...], bounds: Floats, times: Floats) -> Bools:
    inside = np.zeros(len(times), bool)
    for phone in (phone for syll in sylls for phone in (*syll.nucleus, *(p for p in syll.coda if p.sign in "nŋm"))):
        inside |= (times >= bounds[phone.first + 1]) & (times < bounds[phone.stop + 1])
    return inside


def _bend(pitch: Floats, voiced: Bools) -> Floats:
    """The spoken intonation in semitones around its median."""
    spoken = 12 * np.log2(np.where(voiced, pitch, 1).clip(70))
    return np.where(voiced, spoken - np.median(spoken[voiced]), 0)


def _steady(energy: Floats, rhyme: Bools) -> Floats:
    """Vowels and final nasals at least as loud as their median: speech fades towards a line's end, song does not."""
    return np.where(rhyme, np.maximum(energy, np.median(energy[rhyme])), energy)


def _melody(sylls: tuple[Syllable, ...], times: Floats) -> Floats:
    """The MIDI pitch at times on the beat, with glides of about 60 ms between notes."""
    onsets = np.array([s.note.at * UNIT for s in sylls])
    pitches = np.array([s.note.pitch for s in sylls], np.float64)
    pitch = np.full(len(times), pitches[0])
    for onset, step in zip(onsets[1:], np.diff(pitches), strict=True):
        pitch += step / (1 + np.exp(-(times - onset + 0.02) / 0.015))
    return pitch


def _vibrato(sylls: tuple[Syllable, ...], times: Floats) -> Floats:
    """A quarter of a semitone at 5.4 Hz, coming in late on the notes longer than half a second."""
    depth = np.zeros(len(times))
    for syll in sylls:
        start, length = syll.note.at * UNIT, syll.note.length * UNIT
        if length > 0.5:
            inside = (times >= start) & (times < start + length)
            depth[inside] = np.clip((times[inside] - start - 0.3) / 0.4, 0, 1)
    return 0.25 * depth * np.sin(2 * np.pi * 5.4 * times)


def _hertz(midi: Floats) -> Floats:
    return 440 * 2 ** ((midi - 69) / 12)


def _resing(
    sound: Floats, plan: Plan, sylls: tuple[Syllable, ...], transpose: int, spoken: tuple[Floats, Floats, Floats]
) -> Floats:
    """Take the sound apart, move it to the plan's target times and sing it on the melody."""
    times, pitch, bend = spoken
    harvested, at = pyworld.harvest(sound, SAMPLE_RATE, f0_floor=60, f0_ceil=600, frame_period=WORLD_STEP_MS)
    given = np.interp(at, times, pitch)
    f0 = np.where((harvested > 0) | (given > 60), np.maximum(given, 60.0), 0.0)  # the pitch is known: it was put in
    spectrum = pyworld.cheaptrick(sound, f0, at, SAMPLE_RATE)
    noise = pyworld.d4c(sound, f0, at, SAMPLE_RATE)

    now = np.arange(plan.target[0], plan.target[-1], WORLD_STEP_MS / 1000)
    then = np.interp(now, plan.target, plan.source)
    frame = np.clip(then * 1000 / WORLD_STEP_MS, 0, len(f0) - 1.001)
    low, part = frame.astype(int), (frame % 1)[:, None]
    spectrum = np.exp(np.log(spectrum[low]) * (1 - part) + np.log(spectrum[low + 1]) * part)
    noise = noise[low] * (1 - part) + noise[low + 1] * part
    melody = _melody(sylls, now) + transpose + _vibrato(sylls, now) + np.interp(then, times, bend)
    f0 = np.where(f0[np.round(frame).astype(int)] > 0, _hertz(melody), 0.0)
    return pyworld.synthesize(
        f0, np.ascontiguousarray(spectrum), np.ascontiguousarray(noise), SAMPLE_RATE, WORLD_STEP_MS
    )
