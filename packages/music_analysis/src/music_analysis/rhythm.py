"""From onsets and harmony to tempo, beats and time signature.

Beats may also be found by another `BeatEngine`; what is made of them is the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from music_analysis import beats, tempo
from music_analysis.bars import Bars, find_bars
from music_analysis.document import Beat, Tempo, TempoAlternative, TempoPoint, TimeSignature
from music_analysis.frames import Samples
from music_analysis.harmony import Harmony
from music_analysis.levels import Level, levels
from music_analysis.onsets import Onsets
from music_analysis.tempogram import Tempogram

Wide = NDArray[np.float64]

_LEAST_CLARITY = 0.15  # noise, speech and free rhythm lie below 0.19, songs above 0.25
_CLEAR = 0.35
_LEVEL_SHARPNESS = 2.0
_STEADY = 0.04
_SPAN = 8  # beats over which a tempo is measured
_CURVE_BEATS = 4
_WORTH_A_CURVE = 0.9
_LEAST_BEATS = 8
_CLOSE = 0.04  # tempi that are the same


@dataclass(frozen=True, eq=False)
class Rhythm:
    """What was found; None and empty where there is no pulse."""

    tempo: Tempo | None = None
    beats: tuple[Beat, ...] = field(default=(), repr=False)
    time_signature: TimeSignature | None = None


def find_rhythm(onsets: Onsets, harmony: Harmony) -> Rhythm:
    """Tempo, beats and bars by signal processing alone."""
    if len(onsets) < 2 or not onsets.bands.any():
        return Rhythm()
    tempogram = Tempogram.of(onsets)
    found = levels(onsets, harmony, tempogram, tempo.path(tempogram))
    if not found or found[0].clarity < _LEAST_CLARITY or len(found[0].frames) < _LEAST_BEATS:
        return Rhythm()
    level = found[0]
    times = beats.refined(level.frames, onsets.strength)
    bars = find_bars(level.frames, onsets, harmony, compound=level.compound)
    return Rhythm(_tempo(times, found), _beats(times, bars), _signature(bars, level))


class BeatEngine(Protocol):
    """Finds beats and downbeats by other means."""

    @property
    def name(self) -> str:
        """For `MusicAnalysis.beat_engine`."""
        ...

    @property
    def sample_rate(self) -> int:
        """Hz of the mono sound that it wants."""
        ...

    def push(self, samples: Samples) -> None:
        """Take mono sound, block by block."""
        ...

    def finish(self) -> Sequence[tuple[float, int]]:
        """Return each beat's time in seconds and position in its bar, from 1; in order."""
        ...


def rhythm_of(found: Sequence[tuple[float, int]]) -> Rhythm:
    """What beats from an engine say: the tempo is as sure as they are steady, the bar as often as it is whole."""
    if len(found) < _LEAST_BEATS:
        return Rhythm()
    times = np.array([time for time, _ in found])
    local = local_tempi(times)
    bpm = usual(local)
    steadiness = float(np.mean(np.abs(local / bpm - 1) <= _STEADY))
    tempo = Tempo(
        bpm=round(bpm, 2),
        confidence=round(steadiness, 3),
        steadiness=round(steadiness, 3),
        curve=_curve(times, local) if steadiness < _WORTH_A_CURVE else (),
    )
    lengths = [a for (_, a), (_, b) in pairwise(found) if b == 1]
    size = max(set(lengths), key=lengths.count) if lengths else 0
    signature = TimeSignature(size, 4, round(lengths.count(size) / len(lengths), 3)) if size > 1 else None
    beats = tuple(Beat(round(time, 3), position if signature else None) for time, position in found)
    return Rhythm(tempo, beats, signature)


def _tempo(times: Wide, found: list[Level]) -> Tempo:
    local = local_tempi(times)
    bpm = usual(local)
    steadiness = float(np.mean(np.abs(local / bpm - 1) <= _STEADY))
    level = found[0]
    scores = np.array([other.score for other in found])
    shares = np.exp(_LEVEL_SHARPNESS * (scores - scores[0]))
    shares /= shares.sum()
    pulse = min(1.0, max(0.0, level.clarity - _LEAST_CLARITY) / (_CLEAR - _LEAST_CLARITY))
    return Tempo(
        bpm=round(bpm, 2),
        confidence=round(float(shares[0]) * pulse * steadiness, 3),
        steadiness=round(steadiness, 3),
        alternatives=tuple(
            TempoAlternative(round(bpm * _ratio(other.bpm / level.bpm), 2), round(float(share), 3))
            for other, share in zip(found[1:], shares[1:], strict=True)
        ),
        curve=_curve(times, local) if steadiness < _WORTH_A_CURVE else (),
    )


def local_tempi(times: Wide) -> Wide:
    """The tempo around each beat but the last, in beats a minute, measured over `_SPAN` beats if there are so many."""
    span = min(_SPAN, len(times) - 1)
    over = 60 * span / (times[span:] - times[:-span])
    before = span // 2
    return np.pad(over, (before, len(times) - 1 - len(over) - before), mode="edge")


def usual(local: Wide) -> float:
    """The tempo kept for longest: the median around the densest place."""
    tempi: Wide = np.sort(local)
    ends: list[int] = np.searchsorted(tempi, tempi * (1 + _STEADY), side="right").tolist()
    first = max(range(len(ends)), key=lambda start: ends[start] - start)
    return float(np.median(tempi[first : ends[first]]))


def _ratio(ratio: float) -> float:
    """The simple ratio that two levels were meant to have."""
    simple = (
        1 / 6,
        2 / 9,
        1 / 4,
        1 / 3,
        4 / 9,
        1 / 2,
        2 / 3,
        3 / 4,
        1.0,
        4 / 3,
        3 / 2,
        2.0,
        9 / 4,
        3.0,
        4.0,
        9 / 2,
        6.0,
    )
    nearest = min(simple, key=lambda value: abs(np.log(value / ratio)))
    return nearest if abs(np.log(nearest / ratio)) < _CLOSE else ratio


def _curve(times: Wide, local: Wide) -> tuple[TempoPoint, ...]:
    return tuple(
        TempoPoint(round(float(times[k]), 3), round(float(local[k]), 2)) for k in range(0, len(local), _CURVE_BEATS)
    )


def _beats(times: Wide, bars: Bars) -> tuple[Beat, ...]:
    pairs = zip(times.tolist(), bars.positions.tolist(), strict=True)
    return tuple(Beat(round(time, 3), position) for time, position in pairs)


def _signature(bars: Bars, level: Level) -> TimeSignature:
    sure = bars.meter_confidence * (0.3 + 0.7 * bars.downbeat_confidence)
    if level.compound:
        return TimeSignature(6, 8, round(sure * level.triplets, 3))
    return TimeSignature(bars.beats_per_bar, 4, round(sure, 3))
