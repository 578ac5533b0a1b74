"""Sections by the sound alone: where it changes, and which stretches are alike.

Each bar is described by its chords (pitch classes in quarters of a bar) and by its timbre, and compared with every
other. A section begins where what follows is like itself and unlike what went before (Foote, "Automatic audio
segmentation using a measure of audio novelty", 2000), where repetition begins or ends (Serrà et al., "Unsupervised
music structure annotation by time series structure features and segment similarity", 2014), and where singing does.
Stretches are of one group where one runs along the other bar by bar, at any transposition: a last chorus may be higher.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from music_analysis.chroma import FPS, Chroma
from music_analysis.document import Beat, Section, SectionFunction, VocalActivity
from music_analysis.grid import Grid, letter_of

Wide = NDArray[np.float64]

_QUARTERS = 4
_MOST_BARS = 1000  # beyond, bars are compared in twos, threes and so on
_LEAST_BARS = 8  # of a song that can have sections
_SHORTEST = 4  # bars of a section
_USUAL = 8  # bars up to which neighbours that are alike are halves of one section
_SIDE = 4  # bars that are compared on either side of a boundary
_STRONG = 0.25  # novelty of a boundary at least, of 0 to 1
_TIMBRE_SHARE = 0.4
_ALIKE = 0.72
_SUNG, _UNSUNG = 0.5, 0.2  # shares of a section with a voice
_MOST_SURE = 0.6


@dataclass(frozen=True, eq=False)
class _Bars:
    """What is compared; n stretches of a bar each, as a rule."""

    edges: Wide
    """Seconds, n + 1 of them."""
    chords: Wide = field(repr=False)
    """Shape (n, quarters, 2, 12): treble and bass; each bar of length 1."""
    timbre: Wide = field(repr=False)
    """Shape (n, bands), in units of its usual spread."""
    voice: Wide = field(repr=False)
    """Share of each in which somebody sings; 0 where that is not known."""


def find_sections(
    chroma: Chroma, timbre: NDArray[np.float32], beats: Sequence[Beat], voice: VocalActivity | None, duration: float
) -> tuple[Section, ...]:
    """The whole song in sections; empty where there are no beats, or less than eight bars of them."""
    edges = _edges(beats, duration)
    if edges.size - 1 < _LEAST_BARS or not len(chroma.treble):
        return ()
    bars = _bars(edges, chroma, timbre, voice)
    harmony, colour = _harmony(bars), _colour(bars)
    novelty = _novelty(harmony, colour, bars.voice)
    starts = [0, *_peaks(novelty), edges.size - 1]
    spans = list(pairwise(starts))
    groups = _groups(bars, colour, spans)
    kept = [k for k in range(len(spans)) if not _halves(spans, groups, k)]
    spans, groups = [spans[k] for k in kept], [groups[k] for k in kept]
    starts = [*(start for start, _ in spans), edges.size - 1]
    times = [0.0, *(round(float(edges[start]), 3) for start in starts[1:-1]), duration]
    functions = _functions([_share(voice, a, b) for a, b in pairwise(times)], voice)
    return tuple(
        Section(
            times[k],
            times[k + 1],
            letter_of(groups[k]),
            functions[k],
            confidence=round(_MOST_SURE * min(1.0, float(novelty[start]) if start else 0.5), 3),
        )
        for k, (start, _) in enumerate(spans)
    )


def _edges(beats: Sequence[Beat], duration: float) -> Wide:
    """Of the bars, from the first beat to the last, and on at the usual length to both ends if a bar has room."""
    grid = Grid.of(beats)
    starts = grid.starts
    if starts.size < 2:
        return np.zeros(0)
    if not any(beat.position for beat in beats):
        starts = starts[::4]
    before = np.arange(starts[0] - grid.bar_seconds, -0.25 * grid.bar_seconds, -grid.bar_seconds)[::-1]
    after = np.arange(starts[-1] + grid.bar_seconds, duration + 0.25 * grid.bar_seconds, grid.bar_seconds)
    edges = np.concatenate((np.maximum(0.0, before), starts, np.minimum(duration, after)))
    return edges[:: -(-edges.size // _MOST_BARS)]


def _bars(edges: Wide, chroma: Chroma, timbre: NDArray[np.float32], voice: VocalActivity | None) -> _Bars:
    inner = np.interp(np.arange((edges.size - 1) * _QUARTERS + 1) / _QUARTERS, np.arange(edges.size), edges)
    both = np.concatenate((chroma.treble, chroma.bass), axis=1)
    chords = _means(both, inner).reshape(-1, _QUARTERS, 2, 12)
    chords = chords - chords.mean(axis=-1, keepdims=True)
    length = np.sqrt((chords**2).sum(axis=(1, 2, 3), keepdims=True))
    colours = _means(timbre, edges)
    spread = colours - np.median(colours, axis=0)
    spread /= np.sqrt((spread**2).mean()) + 0.05
    sung = np.array([_share(voice, a, b) for a, b in pairwise(edges.tolist())])
    return _Bars(edges, chords / np.maximum(length, 1e-3), spread, sung)


def _means(frames: NDArray[np.float32], edges: Wide) -> Wide:
    """The mean of frames between each two edges, shape (edges - 1, ...)."""
    summed = np.concatenate((np.zeros((1, frames.shape[1])), np.cumsum(frames, axis=0, dtype=np.float64)))
    at = np.clip(np.round(edges * FPS).astype(np.int64), 0, len(frames) - 1)
    ends = np.maximum(at[1:], at[:-1] + 1)
    return (summed[ends] - summed[at[:-1]]) / (ends - at[:-1])[:, None]


def _harmony(bars: _Bars, shift: int = 0) -> Wide:
    """How alike the bars' chords are, 0 to 1, shape (n, n); the second bar transposed by semitones."""
    flat = bars.chords.reshape(len(bars.chords), -1)
    other = np.roll(bars.chords, shift, axis=-1).reshape(flat.shape)
    return np.clip(flat @ other.T, 0, 1)


def _colour(bars: _Bars) -> Wide:
    """How alike the bars' timbres are, 0 to 1, shape (n, n)."""
    squares = (bars.timbre**2).sum(axis=1)
    distance = np.maximum(0, squares[:, None] + squares[None, :] - 2 * bars.timbre @ bars.timbre.T)
    return np.exp(-distance / bars.timbre.shape[1])


def _novelty(harmony: Wide, colour: Wide, voice: Wide) -> Wide:
    """How much begins at each bar, about 0 to 1."""
    parts = (_checkerboard(colour), 1.5 * _checkerboard(harmony), _repetition(harmony), _difference(voice[:, None]))
    return sum(parts, start=np.zeros(len(voice))) / 2


def _checkerboard(alike: Wide) -> Wide:
    """Likeness within both sides of a bar's start, less that across it."""
    count = len(alike)
    out = np.zeros(count)
    for at in range(2, count - 1):
        side = min(_SIDE, at, count - at)
        before, after = slice(at - side, at), slice(at, at + side)
        within = (alike[before, before].mean() + alike[after, after].mean()) / 2 - 1 / side
        across = alike[before, after].mean()
        out[at] = max(0.0, within / (1 - 1 / side) - across)
    return out


def _repetition(harmony: Wide) -> Wide:
    """How much the pattern of what each bar repeats, and how long ago, changes."""
    count = len(harmony)
    paths = np.zeros_like(harmony)
    for shift in range(-_SIDE // 2, _SIDE // 2 + 1):
        paths += np.roll(harmony, (shift, shift), axis=(0, 1))
    paths /= _SIDE + 1
    repeated = np.clip((paths - 0.6) / 0.3, 0, 1)
    lags = repeated[np.arange(count)[:, None], (np.arange(count)[:, None] - np.arange(count)[None, :]) % count]
    lags[:, 0] = 0
    return _difference(lags / np.sqrt(np.maximum(1.0, lags.sum(axis=1).max())))


def _difference(rows: Wide) -> Wide:
    """Distance of the means of some rows before and some after each."""
    summed = np.concatenate((np.zeros((1, rows.shape[1])), np.cumsum(rows, axis=0)))
    out = np.zeros(len(rows))
    for at in range(1, len(rows)):
        side = min(_SIDE, at, len(rows) - at)
        after, before = summed[at + side] - summed[at], summed[at] - summed[at - side]
        out[at] = float(np.linalg.norm(after - before)) / side
    return out


def _peaks(novelty: Wide) -> list[int]:
    """Bars where something begins, the clearest first, none nearer to another or to an end than a section may be."""
    chosen: list[int] = []
    for at in np.argsort(-novelty, kind="stable").tolist():
        if novelty[at] < _STRONG:
            break
        if all(abs(at - other) >= _SHORTEST for other in (*chosen, len(novelty))) and at >= _SHORTEST // 2:
            chosen.append(at)
    return sorted(chosen)


def _groups(bars: _Bars, colour: Wide, spans: Sequence[tuple[int, int]]) -> list[int]:
    """A number for each span; alike ones share it, by average linkage. They count up in order of appearance."""
    alike = _likeness(bars, colour, spans)
    np.fill_diagonal(alike, -1.0)
    members = [[k] for k in range(len(spans))]
    while len(members) > 1:
        i, j = sorted(int(k) for k in np.unravel_index(alike.argmax(), alike.shape))
        if alike[i, j] < _ALIKE:
            break
        sizes = np.array([len(members[i]), len(members[j])])
        alike[i] = alike[:, i] = (sizes @ alike[[i, j]]) / sizes.sum()
        alike[i, i] = -1.0
        alike = np.delete(np.delete(alike, j, axis=0), j, axis=1)
        members[i] += members.pop(j)
    members.sort(key=min)
    return [next(k for k, group in enumerate(members) if span in group) for span in range(len(spans))]


def _halves(spans: Sequence[tuple[int, int]], groups: Sequence[int], k: int) -> bool:
    """Whether a span is the second half of the one before: alike, and together no longer than is usual."""
    if k == 0 or groups[k] != groups[k - 1] or spans[k][1] - spans[k - 1][0] > _USUAL:
        return False
    return not _halves(spans, groups, k - 1)


def _likeness(bars: _Bars, colour: Wide, spans: Sequence[tuple[int, int]]) -> Wide:
    """Of each two spans, 0 to 1: the best run of one along the other, less what is longer in one than in the other."""
    out = np.eye(len(spans))
    for shift in range(12):
        harmony = _harmony(bars, shift)
        for i, (a, b) in enumerate(spans):
            for j, (c, d) in enumerate(spans[:i]):
                short = min(b - a, d - c)
                both = (1 - _TIMBRE_SHARE) * np.sqrt(harmony[a:b, c:d]) + _TIMBRE_SHARE * colour[a:b, c:d]
                runs = [both.diagonal(k) for k in range(short - (b - a), d - c - short + 1)]
                run = max(float(diagonal.mean()) for diagonal in runs if diagonal.size == short)
                score = run - 0.02 * (shift > 0)
                out[i, j] = out[j, i] = max(out[i, j], score)
    return out


def _share(voice: VocalActivity | None, start: float, end: float) -> float:
    spans = voice.spans if voice else ()
    sung = sum(max(0.0, min(end, span.end_seconds) - max(start, span.start_seconds)) for span in spans)
    return sung / max(1e-9, end - start)


def _functions(shares: Sequence[float], voice: VocalActivity | None) -> list[SectionFunction | None]:
    """What is not sung in a song that is."""
    out: list[SectionFunction | None] = [None] * len(shares)
    if voice is None or max(shares) < _SUNG:
        return out
    for k, share in enumerate(shares):
        if share <= _UNSUNG:
            out[k] = "intro" if k == 0 else "outro" if k == len(shares) - 1 else "instrumental"
    return out
