"""Sections by the sound alone: where it changes, and which stretches are alike.

Each bar is described by its chords (pitch classes in quarters of a bar) and by its timbre, and compared with every
other; `boundaries` tells from that where sections begin. Stretches are of one group where one runs along the other bar
by bar, at any transposition: a last chorus may be higher. One that is as long as two or three of another of its group
is so many: nothing in the sound parts two verses over the same chords, but one that stands alone tells their length.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from music_analysis.boundaries import best_starts, novelty_of
from music_analysis.chroma import FPS, Chroma
from music_analysis.document import Beat, Section, SectionFunction, VocalActivity
from music_analysis.grid import Grid, letter_of

Wide = NDArray[np.float64]
_Span = tuple[int, int]

_QUARTERS = 4
_MOST_BARS = 1000  # beyond, bars are compared in twos, threes and so on
_LEAST_BARS = 8  # of a song that can have sections
_USUAL = 8  # bars up to which neighbours that are alike are halves of one section, and from which they are not
_TIMBRE_SHARE = 0.4
_ALIKE = 0.72
_SUNG, _UNSUNG = 0.5, 0.2  # shares of a bar or a section with a voice
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
    sung: Wide = field(repr=False)
    """1 where somebody sings for half of it or more: singers come in early and hold their last note. Else 0."""


def find_sections(
    chroma: Chroma, timbre: NDArray[np.float32], beats: Sequence[Beat], voice: VocalActivity | None, duration: float
) -> tuple[Section, ...]:
    """The whole song in sections; empty where there are no beats, or less than eight bars of them."""
    edges = _edges(beats, duration)
    if edges.size - 1 < _LEAST_BARS or not len(chroma.treble):
        return ()
    bars = _bars(edges, chroma, timbre, voice)
    harmony, colour = _harmony(bars), _colour(bars)
    novelty = novelty_of(harmony, colour, bars.sung)
    spans = list(pairwise([0, *best_starts(novelty), edges.size - 1]))
    spans, groups = _whole(spans, _groups(bars, colour, spans))
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
    shares = np.array([_share(voice, a, b) for a, b in pairwise(edges.tolist())])
    return _Bars(edges, chords / np.maximum(length, 1e-3), spread, (shares >= _SUNG).astype(np.float64))


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


def _groups(bars: _Bars, colour: Wide, spans: Sequence[_Span]) -> list[int]:
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


def _whole(spans: Sequence[_Span], groups: Sequence[int]) -> tuple[list[_Span], list[int]]:
    """The spans with halves of a section joined, and those cut that are several sections; and their groups."""
    kept = [k for k, second in enumerate(_second_halves(spans, groups)) if not second]
    starts = [*(spans[k][0] for k in kept), spans[-1][1]]
    joined = [(span, groups[k]) for span, k in zip(pairwise(starts), kept, strict=True)]
    cut = [
        ((at, at + size), group)
        for span, group in joined
        for size in [_unit(span, group, joined)]
        for at in range(*span, size)
    ]
    return [span for span, _ in cut], [group for _, group in cut]


def _unit(span: _Span, group: int, others: Sequence[tuple[_Span, int]]) -> int:
    """Bars of the shortest section of the group that goes into a span without rest: its own, if no other does."""
    length = span[1] - span[0]
    sizes = [end - start for (start, end), own in others if own == group]
    return min(size for size in sizes if size == length or (size >= _USUAL and length % size == 0))


def _second_halves(spans: Sequence[_Span], groups: Sequence[int]) -> list[bool]:
    """Whether each span is the second half of the one before: alike, and together no longer than is usual."""
    out = [False]
    for k in range(1, len(spans)):
        usual = groups[k] == groups[k - 1] and spans[k][1] - spans[k - 1][0] <= _USUAL
        out.append(usual and not out[-1])
    return out


def _likeness(bars: _Bars, colour: Wide, spans: Sequence[_Span]) -> Wide:
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
