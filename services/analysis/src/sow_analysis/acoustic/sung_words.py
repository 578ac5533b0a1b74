"""Finding the words of the lyrics in a recording: features, graph, search, and how well each word fits."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sow_analysis.acoustic.emissions import SenoneScorer
from sow_analysis.acoustic.features import FRAMES_PER_SECOND, cepstral_features
from sow_analysis.acoustic.graph import LyricGraph, Pronunciation, build_graph
from sow_analysis.acoustic.sphinx_model import NOISES, STATES_PER_PHONE, SphinxModel
from sow_analysis.acoustic.viterbi import Grammar, search

_FRAMES_AT_ONCE = 1000


@dataclass(frozen=True, slots=True)
class Hint:
    """Something else that speaks for a word at a time: `nats` for each frame that it lasts."""

    word: int
    start: float
    end: float
    nats: float


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
    for again with another grammar or other hints for the price of the search alone when the scores fit in `keep_bytes`.
    """

    def __init__(
        self,
        model: SphinxModel,
        samples: NDArray[np.float32],
        lines: Sequence[Sequence[Sequence[Pronunciation]]],
        *,
        rest_bias: NDArray[np.float32] | None = None,
        keep_bytes: int = 400_000_000,
    ) -> None:
        """Make ready to look for `lines` (words, each with its pronunciations) in mono 16 kHz `samples`.

        `rest_bias`, (frames,): nats that speak for silence (or, below 0, for singing) at each frame, from elsewhere.
        """
        self.graph: LyricGraph = build_graph(model, lines)
        self._features = cepstral_features(samples)
        self._rest_bias = np.zeros(len(self._features), np.float32)
        if rest_bias is not None:
            self._rest_bias[: len(rest_bias)] = rest_bias[: len(self._features)]
        pairs, self._column_of_state = np.unique(
            np.stack([self.graph.base_phones, self.graph.senones]), axis=1, return_inverse=True
        )
        phones = np.array([i for i, name in enumerate(model.phones) if name not in NOISES])
        noises = np.array([model.index[name] for name in NOISES])
        anything = np.concatenate([phones, noises])
        context_free = model.state_sequences[model.context_free[anything]].ravel()
        self._n_columns = pairs.shape[1]
        self._n_phone_columns = len(phones) * STATES_PER_PHONE
        self._scorer = SenoneScorer(
            model,
            np.concatenate([pairs[1], context_free]),
            np.concatenate([pairs[0], np.repeat(anything, STATES_PER_PHONE)]),
        )
        self._keep = len(self._features) * self._n_columns * 4 <= keep_bytes
        self._kept: list[tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]] = []

    @property
    def frames(self) -> int:
        return len(self._features)

    def find(
        self,
        grammar: Grammar | None = None,
        hints: Sequence[Hint] = (),
        progress: Callable[[float], None] = lambda _: None,
    ) -> Finding | None:
        """Search for all words in order or, with a grammar, for whatever is sung. None if the sound is too short."""
        best_phone = np.empty(self.frames, np.float32)

        def blocks() -> Iterator[tuple[NDArray[np.float32], NDArray[np.float32]]]:
            for start, columns, rest, phone in self._scores():
                best_phone[start : start + len(phone)] = phone
                states = columns[:, self._column_of_state]
                for hint in hints:
                    first, last = int(hint.start * FRAMES_PER_SECOND) - start, int(hint.end * FRAMES_PER_SECOND) - start
                    if last > 0 and first < len(states):
                        states[max(first, 0) : last, self._states_of(hint.word)] += hint.nats
                yield states, rest
                progress(min(1.0, (start + len(phone)) / self.frames))

        path = search(self.graph, blocks(), grammar)
        if path is None:
            return None
        fits = self._fits(path.states, best_phone)
        totals = np.concatenate([[0.0], np.cumsum(fits)])
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

    def _states_of(self, word: int) -> slice:
        first, last = np.searchsorted(self.graph.word_of_state, [word, word + 1])
        return slice(int(first), int(last))

    def _scores(self) -> Iterator[tuple[int, NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]]:
        """(first frame, senone scores, score of rest, score of the best phone) of each block."""
        start = 0
        for kept in self._kept:
            yield start, *kept
            start += len(kept[1])
        while start < self.frames:
            scores = self._scorer(self._features[start : start + _FRAMES_AT_ONCE])
            free = scores[:, self._n_columns :]
            block = (
                scores[:, : self._n_columns].copy(),
                free[:, self._n_phone_columns :].max(axis=1) + self._rest_bias[start : start + len(free)],
                free[:, : self._n_phone_columns].max(axis=1),
            )
            if self._keep:
                self._kept.append(block)
            yield start, *block
            start += len(block[1])

    def _fits(self, states: NDArray[np.int64], best_phone: NDArray[np.float32]) -> NDArray[np.float32]:
        """Per frame, the score of the path's own state less that of the best phone; 0 at rest."""
        fits = np.zeros(self.frames, np.float32)
        sung = np.flatnonzero(states >= 0)
        if self._kept:
            columns = self._column_of_state[states[sung]]
            start = 0
            for block, _, _ in self._kept:
                here = (sung >= start) & (sung < start + len(block))
                fits[sung[here]] = block[sung[here] - start, columns[here]]
                start += len(block)
        else:
            for phone in np.unique(self.graph.base_phones[states[sung]]):
                frames = sung[self.graph.base_phones[states[sung]] == phone]
                senones, column = np.unique(self.graph.senones[states[frames]], return_inverse=True)
                scorer = SenoneScorer(self._scorer.model, senones, np.full(len(senones), phone))
                fits[frames] = np.take_along_axis(scorer(self._features[frames]), column[:, None], axis=1)[:, 0]
        fits[sung] -= best_phone[sung]
        return np.minimum(fits, 0)
