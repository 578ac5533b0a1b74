"""Made-up songs of known structure: scores one after another, each section with chords and a band of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

import numpy as np

from music_analysis.synthetic import SAMPLE_RATE, Score, Sound, perform

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
    last = max(k for k, label in enumerate(form) if label != "outro")
    sounds: list[Sound] = []
    edges = [0.0]
    for k, label in enumerate(form):
        score = replace(PARTS[label], bpm=bpm, seed=k, lead_in_seconds=0.0, tonic=lift if k == last else 0)
        if waltz:
            score = replace(score, pattern="waltz", beats_per_bar=3)
        played = perform(score).sound
        loud = 1.0 if score.drums else 0.6
        sounds.append(loud * played)
        edges.append(edges[-1] + score.bars * score.beats_per_bar * 60 / bpm)
    whole = np.zeros(round((edges[-1] + _RING_SECONDS) * SAMPLE_RATE), np.float32)
    for start, sound in zip(edges, sounds, strict=False):
        first = round(start * SAMPLE_RATE)
        part = sound[: whole.size - first]
        whole[first : first + part.size] += part
    edges[-1] = whole.size / SAMPLE_RATE
    return MadeSong(whole / np.abs(whole).max(), tuple(pairwise(edges)), tuple(form))
