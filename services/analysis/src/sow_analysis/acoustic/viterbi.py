"""The best path of the sound through the lyrics: exact Viterbi search, one array operation for all states at a time.

At each frame a state keeps its place or moves to the next; the first state of a word is entered from the word before it
or from the rest between them; a rest is entered from the word before it. With a `Grammar`, lines may be sung out of the
printed order: the path may leave from one rest and come in at another, at a cost. Scores are natural log-likelihoods.

Time O(frames × states). The way back takes one bit a state and frame; where that is too much, the scores at the start
of each block of frames are kept instead, and the blocks are searched once more on the way back.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sow_analysis.acoustic.graph import LyricGraph

NEVER = 1e30
"""A cost that no path pays."""
INNER_REST_NATS = 0.3
"""What a frame of rest inside a line costs: singers breathe between lines. On 14 songs it placed 0.6 % more of the
words and 1.5 % more of the lines within 0.3 s; from 0.2 to 0.7 nats the choice makes no difference."""
_CHOICE_BYTES = 200_000_000

FloatArray = NDArray[np.float64]
Block = tuple[NDArray[np.float32], NDArray[np.float32]]
"""Scores of the states, (frames, S), and of resting, (frames,)."""


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


def search(graph: LyricGraph, blocks: Sequence[Block], grammar: Grammar | None = None) -> Path | None:
    """The best path through all the words in order or, with a grammar, through any part of them in any order.

    `blocks` has the scores of consecutive stretches of frames; a block may be asked for twice. Returns None when there
    are fewer frames than the words need.
    """
    lattice = _Lattice(graph, grammar)
    fronts = [lattice.beginning()]
    kept: list[list[_Choices] | None] = []
    free = _CHOICE_BYTES
    for block in _each(blocks):
        need = len(block[1]) * len(graph.senones) // 8
        choices: list[_Choices] | None = [] if need <= free else None
        free -= need if choices is not None else 0
        fronts.append(lattice.run(fronts[-1], block, choices))
        kept.append(choices)
    end = lattice.ending(fronts.pop())
    if end is None:
        return None
    trace = _Trace(graph, end.position, end.state)
    states: list[NDArray[np.int64]] = []
    for index in range(len(kept) - 1, -1, -1):
        choices = kept[index]
        if choices is None:
            choices = []
            lattice.run(fronts[index], blocks[index], choices)
        states.append(trace.back(choices))
        kept[index] = None
    path = np.concatenate(states[::-1]) if states else np.zeros(0, np.int64)
    return Path(trace.visits(len(path)), path, end.score)


def _each(blocks: Sequence[Block]) -> Iterator[Block]:
    return (blocks[i] for i in range(len(blocks)))


class _Front(NamedTuple):
    """The best scores of all states, (S,), and rests, (K + 1,), after some frame."""

    state: FloatArray
    rest: FloatArray


class _End(NamedTuple):
    """Where the best path ends: at a rest (`position` ≥ 0), or in a state."""

    position: int
    state: int
    score: float


class _Lattice:
    def __init__(self, graph: LyricGraph, grammar: Grammar | None) -> None:
        self._graph = graph
        self._grammar = grammar
        self._first_variant = np.flatnonzero(np.diff(graph.word_of_variant, prepend=-1))
        self._rest_cost = np.full(graph.n_words + 1, INNER_REST_NATS)
        self._rest_cost[graph.line_starts] = 0.0
        self._rest_cost[-1] = 0.0

    def beginning(self) -> _Front:
        """Before the first frame the singer waits at the top of the sheet, or wherever the grammar lets one come in."""
        rest = np.full(self._graph.n_words + 1, -NEVER)
        rest[0] = 0.0
        if self._grammar is not None:
            rest = np.maximum(rest, -self._grammar.enter)
        return _Front(np.full(len(self._graph.senones), -NEVER), rest)

    def run(self, front: _Front, block: Block, choices: list[_Choices] | None) -> _Front:
        """The front after a block; how it came about is added to `choices`, one a frame."""
        for emission, rest in zip(block[0], block[1].tolist(), strict=True):
            front = self._step(front, emission, rest, choices)
        return front

    def _step(
        self, front: _Front, emission: NDArray[np.float32], rest_emission: float, choices: list[_Choices] | None
    ) -> _Front:
        graph = self._graph
        state, rest = front
        exits = state[graph.exits]
        word_end = np.maximum.reduceat(exits, self._first_variant)

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

        if choices is not None:
            best_exit = exits == word_end[graph.word_of_variant]
            choices.append(
                _Choices(
                    np.packbits(moved),
                    np.packbits(from_rest),
                    np.packbits(rest_from_word),
                    np.packbits(jumped),
                    np.packbits(best_exit),
                    source,
                )
            )
        new_state = np.maximum(coming, state)
        new_state += emission
        new_rest += rest_emission
        new_rest -= self._rest_cost
        return _Front(new_state, new_rest)

    def ending(self, last: _Front) -> _End | None:
        """None when no path came to an end."""
        graph = self._graph
        exits = last.state[graph.exits]
        if self._grammar is None:
            at_rest, last_word = last.rest[-1], exits[self._first_variant[-1] :]
            score = float(max(at_rest, last_word.max()))
            position = graph.n_words if at_rest >= last_word.max() else -1
            state = int(graph.exits[self._first_variant[-1] + int(np.argmax(last_word))])
        else:
            final = np.where(self._grammar.leave < NEVER, last.rest, -NEVER)
            position = int(np.argmax(final))
            score, state = float(final[position]), -1
        return None if score <= -NEVER / 2 else _End(position, state, score)


class _Trace:
    """Walks the best path back, block by block, from a rest (`position` ≥ 0) or from a state."""

    def __init__(self, graph: LyricGraph, position: int, state: int) -> None:
        self._graph = graph
        self._position, self._state = position, state
        self._first_variant = np.flatnonzero(np.diff(graph.word_of_variant, prepend=-1))
        self._n_variants = np.diff(self._first_variant, append=len(graph.exits))
        self._entry_word = dict(zip(graph.entries.tolist(), graph.word_of_variant.tolist(), strict=True))
        self._passed = 0
        self._end = 0
        self._visits: list[Visit] = []

    def visits(self, frames: int) -> tuple[Visit, ...]:
        """Every word, in order of time; inside, frames are counted from the end of the recording."""
        return tuple(Visit(v.word, frames - v.start, frames - v.end) for v in reversed(self._visits))

    def back(self, choices: Sequence[_Choices]) -> NDArray[np.int64]:
        """The state at each frame of the block that `choices` tells of, -1 at rest."""
        states = np.full(len(choices), -1, np.int64)
        for frame in range(len(choices) - 1, -1, -1):
            choice = choices[frame]
            self._passed += 1
            entered_from: int | None = None
            if self._position >= 0:
                if _bit(choice.jumped, self._position):
                    self._position = choice.jump_source
                if self._position > 0 and _bit(choice.rest_from_word, self._position - 1):
                    entered_from = self._position - 1
            else:
                states[frame] = self._state
                if _bit(choice.moved, self._state):
                    word = self._entry_word.get(self._state)
                    if word is None:
                        self._state -= 1
                    else:
                        self._visits.append(Visit(word, self._passed, self._end))
                        if _bit(choice.from_rest, word):
                            self._position = word
                        else:
                            entered_from = word - 1
            if entered_from is not None:
                first = int(self._first_variant[entered_from])
                variants = range(first, first + int(self._n_variants[entered_from]))
                variant = next(v for v in variants if _bit(choice.best_exit, v))
                self._state, self._position, self._end = int(self._graph.exits[variant]), -1, self._passed
        return states


def _bit(packed: NDArray[np.uint8], index: int) -> int:
    byte = index >> 3
    return int(packed[byte]) >> (7 - (index & 7)) & 1 if byte < len(packed) else 0
