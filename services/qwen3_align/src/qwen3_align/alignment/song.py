"""A song as it is asked about: its sound, its phrases, and questions that each take a stretch of both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import islice

from qwen3_align.alignment.loudness import Loudness
from qwen3_align.clips import SAMPLE_RATE, Clip, Samples, UnitTime
from qwen3_align.text.printed import Phrase

Times = tuple[UnitTime, ...]
"""When the units of one phrase are sung, in seconds of the recording."""
Found = dict[int, Times]
"""What has been found so far, by index into the song's phrases. A phrase that is missing has not been placed."""

_RUN_AWAY_SECONDS = 1.0
"""An end this far beyond the clip's is no long note but a mistake."""


@dataclass(frozen=True)
class Song:
    """One recording and all that is sung in it."""

    samples: Samples = field(repr=False)
    phrases: tuple[Phrase, ...]
    language: str
    """The model's name for it."""

    @property
    def seconds(self) -> float:
        return len(self.samples) / SAMPLE_RATE

    @cached_property
    def loudness(self) -> Loudness:
        return Loudness.of(self.samples)

    @cached_property
    def silences(self) -> tuple[tuple[float, float], ...]:
        return self.loudness.silences()


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of the recording, in seconds, and the phrases that are looked for in it: `first` to before `last`."""

    start: float
    end: float
    first: int
    last: int

    @property
    def seconds(self) -> float:
        return self.end - self.start

    @property
    def phrases(self) -> range:
        return range(self.first, self.last)


def unit_count(song: Song, stretch: Stretch) -> int:
    """How many units its phrases have."""
    return sum(len(song.phrases[i].units) for i in stretch.phrases)


def clip_of(song: Song, stretch: Stretch) -> Clip:
    """The stretch as a question to the model. Its sound is a view of the song's, not a copy."""
    sound = song.samples[round(stretch.start * SAMPLE_RATE) : round(stretch.end * SAMPLE_RATE)]
    units = tuple(unit for i in stretch.phrases for unit in song.phrases[i].units)
    return Clip(sound, units, song.language)


def read_answer(song: Song, stretch: Stretch, answer: Sequence[UnitTime]) -> Found:
    """The model's answer by phrases, in seconds of the recording, held within the stretch.

    What had to be moved for that was not heard there, and gets confidence 0.
    """
    units = (_held(time, stretch) for time in answer)
    return {i: tuple(islice(units, len(song.phrases[i].units))) for i in stretch.phrases}


def _held(time: UnitTime, stretch: Stretch) -> UnitTime:
    start, end = stretch.start + time.start, stretch.start + time.end
    if stretch.start <= start < stretch.end and start <= end <= stretch.end + _RUN_AWAY_SECONDS:
        return UnitTime(start, min(end, stretch.end), time.confidence)
    start = min(max(start, stretch.start), stretch.end)
    return replace(time, start=start, end=min(max(end, start), stretch.end), confidence=0.0)
