"""Finding the words of the lyrics in a recording: features, graph, search, and how well each word fits."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sow_analysis.acoustic.emissions import SenoneScorer
from sow_analysis.acoustic.features import FRAMES_PER_SECOND, cepstral_features
from sow_analysis.acoustic.graph import LyricGraph, Pronunciation, build_graph
from sow_analysis.acoustic.sphinx_model import NOISES, STATES_PER_PHONE, SphinxModel
from sow_analysis.acoustic.viterbi import Block, Grammar, search

_FRAMES_AT_ONCE = 1000
_KEEP_BYTES = 400_000_000


@dataclass(frozen=True, slots=True)
class Hint:
    """Something else that speaks for a word at a time."""

    word: int
    start: float
    end: float
    """Seconds."""
    nats: float
    """For each frame."""


@dataclass(frozen=True, slots=True)
class FoundWord:
    """One singing of one word of the graph; times in seconds from the start of the sound."""

    word: int
    start: float
    end: float
    fit: float
    """Mean over its frames of log p(sound | its own states) - log p(sound | the best phone of any word): 0 or less."""


@dataclass(frozen=True, slots=True)
class Finding:
    """All words found, in order of time, and the score of the whole path in nats."""

    words: tuple[FoundWord, ...]
    score: float


class SungWords:
    """The words of one text, made ready to be looked for in one recording.

    The costly parts, features and emission scores, are computed once and block by block, so that a text may be searched
    for again with another grammar or other hints for the price of the search alone; scores of recordings so long that
    they take more than `keep_bytes` are computed anew.
    """

    def __init__(
        self,
        model: SphinxModel,
        samples: NDArray[np.float32],
        lines: Sequence[Sequence[Sequence[Pronunciation]]],
        *,
        rest_bias: NDArray[np.float32] | None = None,
        keep_bytes: int = _KEEP_BYTES,
    ) -> None:
        """Make ready to look for `lines` (words, each with its pronunciations) in mono 16 kHz `samples`.

        `rest_bias`, (frames,): nats that speak for silence (or, below 0, for singing) at each frame, from elsewhere.
        """
        self.graph: LyricGraph = build_graph(model, lines)
        self._scores = _Scores(model, self.graph, cepstral_features(samples), rest_bias, keep_bytes)

    @property
    def frames(self) -> int:
        return len(self._scores.features)

    def find(
        self,
        grammar: Grammar | None = None,
        hints: Sequence[Hint] = (),
        progress: Callable[[float], None] = lambda _: None,
    ) -> Finding | None:
        """Search for all words in order or, with a grammar, for whatever is sung. None if the sound is too short."""
        path = search(self.graph, _Hinted(self._scores, hints, progress), grammar)
        if path is None:
            return None
        totals = np.concatenate([[0.0], np.cumsum(self._fits(path.states))])
        words = tuple(
            FoundWord(
                visit.word,
                visit.start / FRAMES_PER_SECOND,
                visit.end / FRAMES_PER_SECOND,
                float(totals[visit.end] - totals[visit.start]) / (visit.end - visit.start),
            )
            for visit in path.visits
        )
        return Finding(words, path.score)

    def _fits(self, states: NDArray[np.int64]) -> NDArray[np.float32]:
        """Per frame, the score of the path's own state less that of the best phone; 0 at rest."""
        fits = np.zeros(self.frames, np.float32)
        for index in range(len(self._scores)):
            here = slice(index * _FRAMES_AT_ONCE, (index + 1) * _FRAMES_AT_ONCE)
            sung = np.flatnonzero(states[here] >= 0)
            scores = self._scores[index]
            own = scores.columns[sung, self._scores.column_of_state[states[here][sung]]]
            fits[here][sung] = own - scores.phone[sung]
        return np.minimum(fits, 0)


class _BlockScores(NamedTuple):
    """Log-likelihoods of one block of frames."""

    columns: NDArray[np.float32]
    """(frames, columns): of the distinct senones of the text."""
    rest: NDArray[np.float32]
    """(frames,)"""
    phone: NDArray[np.float32]
    """(frames,): of the speech phone that fits best."""


class _Scores:
    """The emission scores of a whole recording, block by block."""

    def __init__(
        self,
        model: SphinxModel,
        graph: LyricGraph,
        features: NDArray[np.float32],
        rest_bias: NDArray[np.float32] | None,
        keep_bytes: int,
    ) -> None:
        self.features = features
        self.word_of_state = graph.word_of_state
        self._rest_bias = np.zeros(len(features), np.float32)
        if rest_bias is not None:
            self._rest_bias[: len(rest_bias)] = rest_bias[: len(features)]
        pairs, self.column_of_state = np.unique(
            np.stack([graph.base_phones, graph.senones]), axis=1, return_inverse=True
        )
        phones = np.array([i for i, name in enumerate(model.phones) if name not in NOISES])
        anything = np.concatenate([phones, [model.index[name] for name in NOISES]])
        context_free = model.state_sequences[model.context_free[anything]].ravel()
        self._n_columns = pairs.shape[1]
        self._n_phone_columns = len(phones) * STATES_PER_PHONE
        self._scorer = SenoneScorer(
            model,
            np.concatenate([pairs[1], context_free]),
            np.concatenate([pairs[0], np.repeat(anything, STATES_PER_PHONE)]),
        )
        self._keep = len(features) * self._n_columns * 4 <= keep_bytes
        self._kept: dict[int, _BlockScores] = {}

    def __len__(self) -> int:
        return -(-len(self.features) // _FRAMES_AT_ONCE)

    def __getitem__(self, index: int) -> _BlockScores:
        if index in self._kept:
            return self._kept[index]
        here = slice(index * _FRAMES_AT_ONCE, (index + 1) * _FRAMES_AT_ONCE)
        scores = self._scorer(self.features[here])
        free = scores[:, self._n_columns :]
        block = _BlockScores(
            scores[:, : self._n_columns].copy(),
            free[:, self._n_phone_columns :].max(axis=1) + self._rest_bias[here],
            free[:, : self._n_phone_columns].max(axis=1),
        )
        if self._keep:
            self._kept[index] = block
        return block


class _Hinted(Sequence[Block]):
    """The scores of every state, with what the hints add."""

    def __init__(self, scores: _Scores, hints: Sequence[Hint], progress: Callable[[float], None]) -> None:
        self._scores = scores
        self._progress = progress
        word_of_state = scores.word_of_state
        self._hints = [
            (int(h.start * FRAMES_PER_SECOND), int(h.end * FRAMES_PER_SECOND), np.float32(h.nats),
             slice(*np.searchsorted(word_of_state, [h.word, h.word + 1]).tolist()))
            for h in hints
        ]  # fmt: skip

    def __len__(self) -> int:
        return len(self._scores)

    def __getitem__(self, index: int) -> Block:  # pyright: ignore[reportIncompatibleMethodOverride]
        scores = self._scores[index]
        states = scores.columns[:, self._scores.column_of_state]
        start = index * _FRAMES_AT_ONCE
        for first, last, nats, own in self._hints:
            if last > start and first < start + len(states):
                states[max(first - start, 0) : last - start, own] += nats
        self._progress((index + 1) / len(self))
        return states, scores.rest
