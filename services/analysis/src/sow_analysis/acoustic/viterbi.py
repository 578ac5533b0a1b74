"""The best path of the sound through the lyrics: exact Viterbi search, one array operation for all states at a time.

At each frame a state keeps its place or moves to the next; the first state of a word is entered from the word before it or
from the rest between them; a rest is entered from the word before it. With a `Grammar`, lines may be sung out of the
printed order: the path may leave from one rest and come in at another, at a cost. Scores are natural log-likelihoods.

Time O(frames × states); memory one bit a state and frame, for the way back.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sow_analysis.acoustic.graph import LyricGraph

NEVER = 1e30
"""A cost that no path pays."""

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class Grammar:
    """What it costs, in nats, to go on elsewhere than the sheet does. Both (words + 1,), one entry a rest."""

    leave: FloatArray
    """To leave from the rest before word k."""
    enter: FloatArray
    """To come in at the rest before word k."""


@dataclass(frozen=True, slots=True)
class Visit:
    """One singing of one word, in frames [start, end)."""

    word: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Path:
    """Every word that the best path visits, in order of time, and the score of the whole path."""

    visits: tuple[Visit, ...]
    states: NDArray[np.int64]
    """(frames,) the state at each frame, -1 at rest."""
    score: float


class _Choices(NamedTuple):
    """How every state and rest was reached in one frame; each field but the last is packed bits."""

    moved: NDArray[np.uint8]
    """(S,) from the state before, not by staying (an entry: from the rest or word before)."""
    from_rest: NDArray[np.uint8]
    """(K,) a word's entries, if they moved: from the rest before the word, not from the word before."""
    rest_from_word: NDArray[np.uint8]
    """(K,) the rest after a word: from that word, not by staying."""
    jumped: NDArray[np.uint8]
    """(K + 1,) a rest: by a jump from `jump_source`, in this very frame."""
    best_exit: NDArray[np.uint8]
    """(V,) whether this pronunciation was its word's best in the frame before."""
    jump_source: int


def search(
    graph: LyricGraph, blocks: Iterable[tuple[NDArray[np.float32], NDArray[np.float32]]], grammar: Grammar | None = None
) -> Path | None:
    """The best path through all the words in order or, with a grammar, through any part of them in any order.

    `blocks` yields, for consecutive stretches of frames, the scores of the states, (frames, S), and those of resting,
    (frames,). Returns None when there are fewer frames than the words need.
    """
    lattice = _Lattice(graph, grammar)
    for states, rests in blocks:
        for emission, rest in zip(states, rests.tolist(), strict=True):
            lattice.step(emission, rest)
    return lattice.best_path()


class _Lattice:
    def __init__(self, graph: LyricGraph, grammar: Grammar | None) -> None:
        self._graph = graph
        self._grammar = grammar
        self._first_variant = np.flatnonzero(np.diff(graph.word_of_variant, prepend=-1))
        self._choices: list[_Choices] = []
        self._state = np.full(len(graph.senones), -NEVER)
        self._rest = np.full(graph.n_words + 1, -NEVER)
        # Before the first frame the singer waits at the top of the sheet, or wherever the grammar lets one come in.
        self._rest[0] = 0.0
        if grammar is not None:
            self._rest = np.maximum(self._rest, -grammar.enter)

    def step(self, emission: NDArray[np.float32], rest_emission: float) -> None:
        graph = self._graph
        state, rest = self._state, self._rest
        exits = state[graph.exits]
        word_end = np.maximum.reduceat(exits, self._first_variant)
        best_exit = exits == word_end[graph.word_of_variant]

        before = np.concatenate([[-NEVER], word_end[:-1]])
        from_rest = rest[:-1] > before
        coming = np.empty_like(state)
        coming[1:] = state[:-1]
        coming[graph.entries] = np.where(from_rest, rest[:-1], before)[graph.word_of_variant]
        moved = coming > state

        rest_from_word = word_end > rest[1:]
        new_rest = rest.copy()
        np.copyto(new_rest[1:], word_end, where=rest_from_word)
        source, jumped = 0, np.zeros(0, np.bool_)
        if self._grammar is not None:
            leaving = new_rest - self._grammar.leave
            source = int(np.argmax(leaving))
            arriving = leaving[source] - self._grammar.enter
            jumped = arriving > new_rest
            np.copyto(new_rest, arriving, where=jumped)

        self._state = np.where(moved, coming, state)
        self._state += emission
        new_rest += rest_emission
        self._rest = new_rest
        packed = (np.packbits(bits) for bits in (moved, from_rest, rest_from_word, jumped, best_exit))
        self._choices.append(_Choices(*packed, source))

    def best_path(self) -> Path | None:
        graph = self._graph
        exits = self._state[graph.exits]
        if self._grammar is None:
            at_rest, last_word = self._rest[-1], exits[self._first_variant[-1] :]
            score = float(max(at_rest, last_word.max()))
            position = graph.n_words if at_rest >= last_word.max() else -1
            state = int(graph.exits[self._first_variant[-1] + int(np.argmax(last_word))])
        else:
            final = np.where(self._grammar.leave < NEVER, self._rest, -NEVER)
            position = int(np.argmax(final))
            score, state = float(final[position]), -1
        if score <= -NEVER / 2:
            return None
        visits, states = self._trace(position, state)
        return Path(visits, states, score)

    def _trace(self, position: int, state: int) -> tuple[tuple[Visit, ...], NDArray[np.int64]]:
        """Walk back from a rest (`position` ≥ 0) or from a state."""
        graph = self._graph
        entry_word = dict(zip(graph.entries.tolist(), graph.word_of_variant.tolist(), strict=True))
        n_variants = np.diff(self._first_variant, append=len(graph.exits))
        visits: list[Visit] = []
        end = len(self._choices)
        states = np.full(end, -1, np.int64)
        for frame in range(end - 1, -1, -1):
            choice = self._choices[frame]
            entered_from: int | None = None
            if position >= 0:
                if _bit(choice.jumped, position):
                    position = choice.jump_source
                if position > 0 and _bit(choice.rest_from_word, position - 1):
                    entered_from = position - 1
            else:
                states[frame] = state
                if _bit(choice.moved, state):
                    word = entry_word.get(state)
                    if word is None:
                        state -= 1
                    else:
                        visits.append(Visit(word, frame, end))
                        if _bit(choice.from_rest, word):
                            position = word
                        else:
                            entered_from = word - 1
            if entered_from is not None:
                first = int(self._first_variant[entered_from])
                variant = next(v for v in range(first, first + int(n_variants[entered_from])) if _bit(choice.best_exit, v))
                state, position, end = int(graph.exits[variant]), -1, frame
        visits.reverse()
        return tuple(visits), states


def _bit(packed: NDArray[np.uint8], index: int) -> int:
    byte = index >> 3
    return int(packed[byte]) >> (7 - (index & 7)) & 1 if byte < len(packed) else 0
