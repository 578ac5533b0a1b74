"""Made-up songs of known structure: scores one after another, each section with chords and a band of its own.

`song` plays one band in any form; `other_song` draws chords, band, lengths, tempo and key from a seed, so that what was
set by some songs can be tried on others.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import get_args

import numpy as np

from music_analysis.synthetic import PROGRESSIONS, SAMPLE_RATE, Mode, Score, Sound, Timbre, perform

_RING_SECONDS = 1.0  # that a performance goes on after its last bar

PARTS: dict[str, Score] = {
    "intro": Score(bars=4, progression=(0, 3), timbre="guitar", drums=False, melody=False),
    "verse": Score(bars=8, progression=(0, 5, 3, 4), timbre="guitar", drums=False),
    "chorus": Score(bars=8, progression=(3, 4, 0, 0), timbre="organ"),
    "bridge": Score(bars=8, progression=(1, 4, 5, 1), timbre="strings", pattern="ballad"),
    "outro": Score(bars=4, progression=(0, 3), timbre="guitar", drums=False, melody=False),
}
"""What each section is like; a song may differ in tempo, key and pattern."""


@dataclass(frozen=True, eq=False)
class MadeSong:
    """A song as it sounds, mono at `SAMPLE_RATE`, and its sections."""

    sound: Sound = field(repr=False)
    spans: tuple[tuple[float, float], ...]
    """Start and end of each in seconds; the first starts at 0."""
    labels: tuple[str, ...]


def song(form: Sequence[str], *, bpm: float = 120.0, waltz: bool = False, lift: int = 0) -> MadeSong:
    """Play sections of `PARTS` one after another; each melody is new. `lift` raises the last one sung by semitones."""
    metre = {"pattern": "waltz", "beats_per_bar": 3} if waltz else {}
    parts = {label: replace(part, bpm=bpm, **metre) for label, part in PARTS.items()}
    return _played(form, [replace(parts[label], seed=k) for k, label in enumerate(form)], lift)


def other_song(form: Sequence[str], seed: int) -> MadeSong:
    """Play sections that a seed draws; what comes back has its melody again, and one last chorus in three is higher."""
    rng = np.random.default_rng(seed)
    parts = _drawn_parts(rng)
    tunes = {label: int(rng.integers(1 << 30)) for label in parts}
    lift = int(rng.choice([0, 0, 0, 0, 1, 2]))
    return _played(form, [replace(parts[label], seed=tunes[label]) for label in form], lift)


def _drawn_parts(rng: np.random.Generator) -> Mapping[str, Score]:
    """What each section of one song is like. Its chorus has drums; its verse has other chords, or no drums."""
    mode: Mode = "major" if rng.random() < 0.7 else "minor"
    waltz = rng.random() < 0.2
    whole = Score(
        bpm=float(rng.uniform(76, 150)),
        mode=mode,
        tonic=int(rng.integers(12)),
        pattern="waltz" if waltz else "rock",
        beats_per_bar=3 if waltz else 4,
        jitter_seconds=0.006,
    )
    order: list[int] = rng.permutation(len(PROGRESSIONS[mode])).tolist()
    verse, chorus, bridge = (PROGRESSIONS[mode][k] for k in order[:3])
    timbres = rng.permutation(get_args(Timbre)).tolist()
    quiet = replace(whole, bars=int(rng.choice([2, 4, 4, 8])), progression=verse, timbre=timbres[0], drums=False)
    return {
        "intro": replace(quiet, melody=False),
        "verse": replace(quiet, bars=int(rng.choice([8, 8, 16])), drums=bool(rng.random() < 0.5)),
        "chorus": replace(whole, bars=8, progression=chorus, timbre=timbres[1]),
        "bridge": replace(whole, bars=int(rng.choice([4, 8])), progression=bridge, timbre=timbres[2]),
        "interlude": replace(
            whole, bars=int(rng.choice([2, 4, 8])), progression=verse, timbre=timbres[0], melody=False
        ),
        "outro": replace(quiet, bars=4, melody=False),
    }


def _played(form: Sequence[str], scores: Sequence[Score], lift: int) -> MadeSong:
    """One score after another, the last one sung `lift` semitones higher."""
    last = max(k for k, label in enumerate(form) if label != "outro")
    sounds: list[Sound] = []
    edges = [0.0]
    for k, score in enumerate(scores):
        score = replace(score, lead_in_seconds=0.0, tonic=score.tonic + (lift if k == last else 0))
        loud = 1.0 if score.drums else 0.6
        sounds.append(loud * perform(score).sound)
        edges.append(edges[-1] + score.bars * score.beats_per_bar * 60 / score.bpm)
    whole = np.zeros(round((edges[-1] + _RING_SECONDS) * SAMPLE_RATE), np.float32)
    for start, sound in zip(edges, sounds, strict=False):
        first = round(start * SAMPLE_RATE)
        part = sound[: whole.size - first]
        whole[first : first + part.size] += part
    edges[-1] = whole.size / SAMPLE_RATE
    return MadeSong(whole / np.abs(whole).max(), tuple(pairwise(edges)), tuple(form))
