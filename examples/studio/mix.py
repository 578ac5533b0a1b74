"""A song -> its mix and the times of its words and lines."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.signal import butter, sosfilt

from studio.band import Bar, play, reverb
from studio.kokoro import SAMPLE_RATE, Floats
from studio.score import LINE_UNITS, UNIT, Line, Song
from studio.singer import Sung

BAR = 8
INTRO_CHORDS = ("C", "F", "G")
INTERLUDE_BELL = (
    (72, None, 71, None, 67, None, 64, None),
    (65, None, 67, None, 69, None, 72, None),
    (71, None, 69, None, 67, None, None, None),
)
VOICE_OVER_BAND_DB = 10.0
SECOND_VOICE_DB = -8.0
OUTRO_BARS = 2
RING_SECONDS = 3.0

Singer = Callable[[Line, str], Sung]


@dataclass(frozen=True)
class TimedWord:
    """A word as printed, its times in seconds, and the index of its line."""

    text: str
    start: float
    end: float
    line: int


@dataclass(frozen=True)
class Recording:
    """The mix, the two stems that it is the sum of, shapes (2, samples) at SAMPLE_RATE, and what is sung, in order."""

    sound: Floats
    vocals: Floats
    accompaniment: Floats
    lines: tuple[str, ...]
    words: tuple[TimedWord, ...]


def record(song: Song, sing: Singer, seed: int = 1) -> Recording:
    """Let the singers and the band play the song. The same song, singer and seed give the same recording."""
    bars, entries = _arrange(song)
    seconds = len(bars) * BAR * UNIT + RING_SECONDS
    voices = np.zeros((2, int(seconds * SAMPLE_RATE)))
    words = list[TimedWord]()
    for index, (at, line, singers) in enumerate(entries):
        for place, singer in enumerate(singers):
            sung = sing(line, singer)
            beat = at * UNIT
            gain = 10 ** (SECOND_VOICE_DB * place / 20)
            _add(voices, gain * _level(sung.sound), beat + sung.start, 0.0 if place == 0 else 0.35)
            if place == 0:
                words += [
                    TimedWord(text, beat + start, beat + end, index)
                    for text, (start, end) in zip(line.words, sung.words, strict=True)
                ]
    rng = np.random.default_rng(seed)
    band = play((*bars, Bar((), drums=False, last=True)), seconds, rng)
    sounding = np.abs(voices[0]) > 1e-3
    band *= _rms(voices[:, sounding]) / _rms(band[:, sounding]) * 10 ** (-VOICE_OVER_BAND_DB / 20)
    voices = reverb(voices, 0.9, 0.14, rng)
    fade = np.minimum(1, np.arange(band.shape[1])[::-1] / (0.8 * SAMPLE_RATE))
    mix = (voices + band) * fade
    peak = np.abs(mix).max()
    stems = tuple(0.89 * stem * fade / peak for stem in (voices, band))
    return Recording(0.89 * mix / peak, *stems, tuple(line.text for _, line, _ in entries), tuple(words))


def _arrange(song: Song) -> tuple[tuple[Bar, ...], tuple[tuple[int, Line, tuple[str, ...]], ...]]:
    """The band's bars, and each sung line with its first beat in units and its singers."""
    bars, entries = list[Bar](), list[tuple[int, Line, tuple[str, ...]]]()
    for part in song.parts:
        for i in range(part.bars_before):
            bars.append(Bar(((INTRO_CHORDS[i % 3], BAR),), drums=False, bell=INTERLUDE_BELL[i % 3]))
        drums = bool(entries)  # the first verse does without
        for line, chords in zip(part.section.lines, part.section.chords, strict=True):
            entries.append((len(bars) * BAR, line, part.singers))
            bars.append(Bar(chords[:1], drums=drums))
            bars.append(Bar(chords[1:], drums=drums))
    bars += [
        Bar((("F", BAR),), drums=False, bell=INTERLUDE_BELL[1]),
        Bar((("G", BAR),), drums=False, bell=INTERLUDE_BELL[2]),
    ]
    assert all(sum(units for _, units in bar.chords) == BAR for bar in bars)
    assert LINE_UNITS == 2 * BAR
    return tuple(bars), tuple(entries)


def _level(voice: Floats) -> Floats:
    """Evens loudness out: half of the distance in dB between a 60 ms level and the line's own."""
    smooth = sosfilt(butter(1, 6, fs=SAMPLE_RATE, output="sos"), voice**2).clip(1e-8)
    loud = smooth[smooth > smooth.max() / 100].mean()
    gain = np.clip(np.sqrt(loud / smooth), 0.3, 3.0) ** 0.5
    clean = sosfilt(butter(2, 80, "highpass", fs=SAMPLE_RATE, output="sos"), voice * gain)
    return clean / np.sqrt(loud)


def _add(stage: Floats, sound: Floats, at: float, pan: float) -> None:
    first = round(at * SAMPLE_RATE)
    angle = (pan + 1) * np.pi / 4
    stage[:, first : first + len(sound)] += np.outer([np.cos(angle), np.sin(angle)], sound)


def _rms(sound: Floats) -> float:
    return float(np.sqrt((sound**2).mean()))
