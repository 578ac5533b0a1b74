"""Songs of which the truth is known, and a model that hears them and fails as the real one does."""

from __future__ import annotations

import random
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher

import anyio
import numpy as np

from qwen3_align.alignment import align_song
from qwen3_align.alignment.aligned import Alignment
from qwen3_align.alignment.windows import Window
from qwen3_align.clips import SAMPLE_RATE, STEP_SECONDS, Clip, Samples, UnitTime

_COMMON = [
    "the",
    "a",
    "and",
    "i",
    "you",
    "my",
    "me",
    "to",
    "of",
    "in",
    "is",
    "it",
    "we",
    "all",
    "your",
    "on",
    "so",
    "for",
]
_SYLLABLES = [a + b + c for a in "bdfghjklmnprstvw" for b in ("a", "e", "i", "o", "ai") for c in ("", "n", "r", "l")]


@dataclass(frozen=True)
class Sung:
    """One line as it is sung, with the start and end of each word in seconds."""

    text: str
    spans: tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class Song:
    sung: tuple[Sung, ...]
    samples: Samples = field(repr=False)

    @property
    def lines(self) -> tuple[str, ...]:
        return tuple(line.text for line in self.sung)

    @property
    def seconds(self) -> float:
        return len(self.samples) / SAMPLE_RATE


def make_song(
    seed: int,
    seconds: float,
    *,
    intro: float = 2.0,
    breaks: Sequence[float] = (),
    repeats: bool = True,
    quiet: bool = False,
) -> Song:
    """A song of about so many seconds: verses, with a chorus after each if it `repeats`.

    `breaks` are instrumentals of so many seconds, spread over the song; with `quiet` they are silent.
    """
    rng = random.Random(f"song {seed}")
    vocabulary = ["".join(rng.choice(_SYLLABLES) for _ in range(rng.choice([1, 1, 2, 3]))) for _ in range(200)]

    def stanza() -> list[list[str]]:
        return [
            [rng.choice(_COMMON if rng.random() < 0.4 else vocabulary) for _ in range(rng.randint(3, 9))]
            for _ in range(4)
        ]

    chorus, beat, now = stanza(), rng.uniform(0.25, 0.45), intro
    sung: list[Sung] = []
    left = list(breaks)
    sounding: list[tuple[float, float]] = []
    while now < seconds:
        for lines in [stanza(), chorus if repeats else stanza()]:
            for words in lines:
                spans: list[tuple[float, float]] = []
                for _ in words:
                    length = beat * rng.choice([0.6, 1, 1, 1, 1.5, 2])
                    spans.append((now, now + 0.9 * length))
                    now += length
                if now < seconds - 0.5:
                    sung.append(Sung(" ".join(words).capitalize(), tuple(spans)))
                    sounding.append((spans[0][0], spans[-1][1]))
                now += beat * rng.choice([1, 1, 2, 4])
            now += rng.choice([1.0, 2.0, 4.0])
            if left and now > seconds * (len(breaks) - len(left) + 1) / (len(breaks) + 1):
                now += left.pop(0)
    sound = np.random.default_rng(seed)
    samples = (sound.standard_normal(int(seconds * SAMPLE_RATE), np.float32)) * np.float32(0.0001 if quiet else 0.05)
    for start, end in sounding:
        samples[int(start * SAMPLE_RATE) : int(end * SAMPLE_RATE)] *= np.float32(1000 if quiet else 4)
    return Song(tuple(sung), samples)


@dataclass
class Ear:
    """A predictor that knows what is sung in the song whose samples a clip is cut from.

    Words that are given in another order than they are sung, or are not sung in the clip, it puts where the real model
    does: at the end of the clip or far beyond it, or on top of their neighbours, unsurely.
    """

    song: Song
    seed: int = 0
    wrong: float = 0.02
    hears: bool = True
    """Otherwise it recognises nothing."""
    deaf: Sequence[tuple[float, float]] = ()
    """Stretches (start, end) of the song in which it recognises nothing."""
    sureness: float = 1.0
    """What its confidence is multiplied by."""
    pile_sureness: tuple[float, float] = (0.01, 0.12)
    """Range of its confidence for words that are not sung in the clip."""
    stretches: bool = False
    """Whether it draws out words that are not sung in the clip over what is left of it, rather than pile them up."""
    asked: list[list[float]] = field(default_factory=list)
    """The lengths of the clips, by call."""

    async def predict(self, clips: Sequence[Clip]) -> list[tuple[UnitTime, ...]]:
        await anyio.lowlevel.checkpoint()
        self.asked.append([clip.seconds for clip in clips])
        return [
            self._hear(clip, random.Random(f"ear {self.seed} {len(self.asked)} {i}")) for i, clip in enumerate(clips)
        ]

    def _hear(self, clip: Clip, rng: random.Random) -> tuple[UnitTime, ...]:
        assert clip.units
        base = self.song.samples.__array_interface__["data"][0]
        start = (clip.samples.__array_interface__["data"][0] - base) / 4 / SAMPLE_RATE
        assert 0 <= start <= self.song.seconds, "the clip is a copy, not a view"
        truth = self._sung(start, start + clip.seconds) if self.hears else []
        matcher = SequenceMatcher(None, [unit.lower() for unit in clip.units], [unit for unit, _, _ in truth], False)
        least = min(3, len(clip.units))
        matched = {
            block.a + i: truth[block.b + i]
            for block in matcher.get_matching_blocks()
            if block.size >= least
            for i in range(block.size)
        }
        raw: list[float] = []
        sure: list[float] = []
        last = max(matched, default=-1)
        runs_away = rng.random() < 0.3
        for at in range(len(clip.units)):
            if at in matched and rng.random() < self.wrong:
                raw += [rng.uniform(0, clip.seconds)] * 2
                sure.append(rng.uniform(0.02, 0.2))
            elif at in matched:
                jitter = [rng.choice([-1, 0, 0, 0, 1]) * STEP_SECONDS for _ in range(2)]
                raw += [time - start + shift for time, shift in zip(matched[at][1:], jitter, strict=True)]
                sure.append(rng.uniform(0.5, 0.95))
            else:
                before = raw[-1] if raw else 0.0
                left = len(clip.units) - at
                if at > last and self.stretches:
                    raw += [before + (clip.seconds - before) / (left + 1)] * 2
                    sure.append(rng.uniform(*self.pile_sureness))
                    continue
                piled = clip.seconds + (rng.uniform(0, 150) if runs_away else -0.1) if at > last else before
                raw += [max(before, piled)] * 2
                sure.append(rng.uniform(*self.pile_sureness))
        times = _never_decreasing([max(0, round(time / STEP_SECONDS)) for time in raw])
        return tuple(
            UnitTime(a * STEP_SECONDS, b * STEP_SECONDS, confidence * self.sureness)
            for a, b, confidence in zip(times[::2], times[1::2], sure, strict=True)
        )

    def _sung(self, start: float, end: float) -> list[tuple[str, float, float]]:
        return [
            (word, first, last)
            for line in self.song.sung
            if line.spans[0][0] < end and line.spans[-1][1] > start
            for word, (first, last) in zip(line.text.lower().split(), line.spans, strict=True)
            if start <= (first + last) / 2 < end and not any(a <= first < b for a, b in self.deaf)
        ]


def _never_decreasing(values: list[int]) -> list[int]:
    """As the model's processor repairs its answer: the longest run that never decreases stays, the rest follows it."""
    tails: list[int] = []
    tops: list[int] = []
    parent: list[int] = []
    for at, value in enumerate(values):
        place = bisect_right(tops, value)
        parent.append(tails[place - 1] if place else -1)
        tails[place:] = [at, *tails[place + 1 :]]
        tops[place:] = [value, *tops[place + 1 :]]
    kept: list[int] = []
    at = tails[-1]
    while at >= 0:
        kept.append(at)
        at = parent[at]
    kept.reverse()
    return [int(value) for value in np.interp(range(len(values)), kept, [values[i] for i in kept])]


def align(
    song: Song, ear: Ear | None = None, lines: Sequence[str] | None = None, windows: Sequence[Window] | None = None
) -> Alignment:
    async def run() -> Alignment:
        given = song.lines if lines is None else lines
        return await align_song(song.samples, given, "English", ear or Ear(song), windows=windows)

    return anyio.run(run)


def share_within(alignment: Alignment, song: Song, seconds: float = 0.3) -> float:
    """Which share of the words starts that near to the truth."""
    found = [word.start for line in alignment.lines for word in line.words]
    truth = [start for line in song.sung for start, _ in line.spans]
    assert len(found) == len(truth)
    return float(np.mean(np.abs(np.array(found) - truth) <= seconds))
