"""The key: which tonic and mode the pitch classes speak for, in the whole song and from stretch to stretch.

Pitch classes are compared with the profiles of the 24 keys by correlation, as Krumhansl and Schmuckler did, with
profiles that Albrecht and Shanahan counted in scores ("The use of large corpora to train a new type of key-finding
algorithm", Music Perception 2013), for all voices and again for the bass, which tells a key from its relative. A hidden
Markov model over the 24 keys, which seldom changes, follows modulations (as in Temperley, "The Cognition of Basic
Musical Structures", 2001).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from music_analysis.chroma import FPS, Chroma
from music_analysis.document import Key, KeyAlternative, KeySegment, Mode

Wide = NDArray[np.float64]

_MAJOR = (0.238, 0.006, 0.111, 0.006, 0.137, 0.094, 0.016, 0.214, 0.009, 0.080, 0.008, 0.081)
_MINOR = (0.220, 0.006, 0.104, 0.123, 0.019, 0.103, 0.012, 0.214, 0.062, 0.022, 0.061, 0.052)
_BASS_SHARE = 0.3
_SHARPNESS = 14.0
"""How fast probability falls with correlation, for a whole song."""

_STRETCH_SECONDS = 8
_STRETCH_SHARPNESS = 8.0
_CHANGE_LOG_ODDS = -9.0
_SHORTEST_SECONDS = 16
_LEAST_TONAL = 0.02
_LEAST_CLASSES = 2.9
"""Fewer pitch classes than a chord has, such as a drone's or a metronome's, are in too many keys to tell one."""
_MISTAKEN = (("relative", 0.10), ("fifth", 0.04), ("fourth", 0.04), ("parallel", 0.03))
"""Shares of songs for which a key-finder is wrong in this way, however sure it is (MIREX audio key detection)."""
_WORTH_TELLING = 0.03

_MAJOR_NAMES = ("C", "Db", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")
_MINOR_NAMES = ("C", "C#", "D", "Eb", "E", "F", "F#", "G", "G#", "A", "Bb", "B")


def _profiles() -> Wide:
    """Shape (24, 12), each of mean 0 and length 1: the major keys from C, then the minor ones."""
    rows = np.array([np.roll(profile, tonic) for profile in (_MAJOR, _MINOR) for tonic in range(12)])
    rows -= rows.mean(axis=1, keepdims=True)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


PROFILES = _profiles()


def find_key(chroma: Chroma, duration_seconds: float) -> Key | None:
    """The key of a song that lasts so long; None where there is nothing tonal to go by, or too few notes."""
    if len(chroma.treble) < FPS or chroma.tonality < _LEAST_TONAL or _classes(chroma) < _LEAST_CLASSES:
        return None
    probabilities = _probabilities(chroma)
    spans = _spans(chroma)
    if len(spans) > 1:
        best = _longest(spans)
    else:
        best = int(probabilities.argmax())
        spans = [_Span(spans[0].start, spans[0].end, best)]
    spans[-1] = replace(spans[-1], end=duration_seconds)  # the last frame of chroma hangs over
    tonic, mode = name(best)
    others = [int(key) for key in np.argsort(-probabilities) if key != best and probabilities[key] >= _WORTH_TELLING]
    return Key(
        tonic,
        mode,
        confidence=round(float(probabilities[best]), 3),
        alternatives=tuple(KeyAlternative(*name(key), round(float(probabilities[key]), 3)) for key in others),
        segments=tuple(KeySegment(float(span.start), round(float(span.end), 3), *name(span.key)) for span in spans),
        tuning_cents=round(chroma.tuning_cents, 1),
    )


def name(key: int) -> tuple[str, Mode]:
    """Tonic and mode of a key: 0 to 11 are the major ones from C, 12 to 23 the minor ones."""
    return (_MAJOR_NAMES[key], "major") if key < 12 else (_MINOR_NAMES[key - 12], "minor")


def _classes(chroma: Chroma) -> float:
    """How many pitch classes there are: as many as would have this entropy if all were as strong."""
    strength = chroma.treble.mean(axis=0, dtype=np.float64)
    share = strength / max(float(strength.sum()), 1e-9)
    return float(np.exp(-(share * np.log(np.maximum(share, 1e-9))).sum()))


@dataclass(frozen=True)
class _Span:
    """A stretch in one key, in seconds."""

    start: float
    end: float
    key: int


def _probabilities(chroma: Chroma) -> Wide:
    """How likely each key is, sure of none."""
    fit = correlations(chroma.treble.mean(axis=0)[None], chroma.bass.mean(axis=0)[None])[0]
    sure = np.exp(_SHARPNESS * (fit - fit.max()))
    sure /= sure.sum()
    keys = np.arange(24)
    tonic, minor = keys % 12, keys >= 12
    taken = {
        "relative": np.where(minor, (tonic + 3) % 12, (tonic + 9) % 12 + 12),
        "fifth": (tonic + 7) % 12 + 12 * minor,
        "fourth": (tonic + 5) % 12 + 12 * minor,
        "parallel": (keys + 12) % 24,
    }
    return (1 - sum(share for _, share in _MISTAKEN)) * sure + sum(share * sure[taken[how]] for how, share in _MISTAKEN)


def _longest(spans: list[_Span]) -> int:
    seconds = np.zeros(24)
    for span in spans:
        seconds[span.key] += span.end - span.start
    return int(seconds.argmax())


def correlations(treble: Wide | NDArray[np.float32], bass: Wide | NDArray[np.float32]) -> Wide:
    """How each row fits each of the 24 keys, -1 to 1; shape (rows, 24)."""
    return (1 - _BASS_SHARE) * _unit(treble) @ PROFILES.T + _BASS_SHARE * _unit(bass) @ PROFILES.T


def _unit(rows: Wide | NDArray[np.float32]) -> Wide:
    wide = rows.astype(np.float64)
    wide -= wide.mean(axis=1, keepdims=True)
    return wide / np.maximum(np.linalg.norm(wide, axis=1, keepdims=True), 1e-9)


def _spans(chroma: Chroma) -> list[_Span]:
    """The likeliest sequence of keys, second by second; each second is heard with those around it."""
    count = len(chroma.treble) // FPS
    fits = correlations(_around(chroma.treble, count), _around(chroma.bass, count))
    gain = _STRETCH_SHARPNESS * fits / _STRETCH_SECONDS * 2
    score, before = gain[0], np.zeros((count, 24), np.int64)
    for k in range(1, count):
        top = int(score.argmax())
        before[k] = np.where(score >= score[top] + _CHANGE_LOG_ODDS, np.arange(24), top)
        score = np.maximum(score, score[top] + _CHANGE_LOG_ODDS) + gain[k]
    keys = np.zeros(count, np.int64)
    keys[-1] = int(score.argmax())
    for k in range(count - 1, 0, -1):
        keys[k - 1] = before[k, keys[k]]
    edges = [0, *(np.flatnonzero(np.diff(keys)) + 1).tolist(), len(chroma.treble) / FPS]
    spans = [_Span(a, b, int(keys[int(a)])) for a, b in pairwise(edges)]
    return _without_short(spans)


def _without_short(spans: list[_Span]) -> list[_Span]:
    """A key that lasts for a few seconds is a chord out of the scale, not a modulation: it joins what came before."""
    kept: list[_Span] = []
    for span in spans:
        if kept and (span.key == kept[-1].key or span.end - span.start < _SHORTEST_SECONDS):
            kept[-1] = _Span(kept[-1].start, span.end, kept[-1].key)
        else:
            kept.append(span)
    if len(kept) > 1 and kept[0].end - kept[0].start < _SHORTEST_SECONDS:
        kept[:2] = [_Span(kept[0].start, kept[1].end, kept[1].key)]
    return kept


def _around(chroma: NDArray[np.float32], count: int) -> Wide:
    """The mean over `_STRETCH_SECONDS` around each second."""
    summed = np.concatenate((np.zeros((1, 12)), np.cumsum(chroma, axis=0, dtype=np.float64)))
    middle = np.arange(count) * FPS + FPS // 2
    reach = _STRETCH_SECONDS * FPS // 2
    return summed[np.minimum(middle + reach, len(chroma))] - summed[np.maximum(middle - reach, 0)]
