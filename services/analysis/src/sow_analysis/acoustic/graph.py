"""The lyrics as a hidden Markov model: words in a row, each one or more pronunciations, with room for silence between.

States are numbered along the printed order: for each word its pronunciations one after the other, each three states a
phone. Before the first word, between words and after the last lies a *rest* (silence, noise, instruments), which
may be skipped; rest k lies before word k.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sow_analysis.acoustic.sphinx_model import SILENCE, STATES_PER_PHONE, SphinxModel

Pronunciation = tuple[str, ...]
IntArray = NDArray[np.int64]


@dataclass(frozen=True)
class LyricGraph:
    """The states of all words. S states, K words, V pronunciations in all, L lines."""

    senones: IntArray
    """(S,)"""
    base_phones: IntArray
    """(S,)"""
    word_of_state: IntArray
    """(S,)"""
    entries: IntArray
    """(V,): the first state of each pronunciation."""
    exits: IntArray
    """(V,): the last state of each pronunciation."""
    word_of_variant: IntArray
    """(V,)"""
    line_starts: IntArray
    """(L,): the first word of each line."""
    n_words: int

    @property
    def line_ends(self) -> IntArray:
        """(L,): the rest after the last word of each line."""
        return np.append(self.line_starts[1:], self.n_words)


def build_graph(model: SphinxModel, lines: Sequence[Sequence[Sequence[Pronunciation]]]) -> LyricGraph:
    """The graph of lines → words → pronunciations (phones of `model`; at least one, none empty).

    Phones are taken in the context of their neighbours, within a word of the same pronunciation and across words of the
    first ones; a line begins and ends in silence.
    """
    silence = model.index[SILENCE]
    senones: list[NDArray[np.int64]] = []
    base: list[int] = []
    word_of_variant: list[int] = []
    lengths: list[int] = []
    line_starts: list[int] = []
    word = 0
    for line in lines:
        line_starts.append(word)
        for j, variants in enumerate(line):
            before = model.index[line[j - 1][0][-1]] if j else silence
            after = model.index[line[j + 1][0][0]] if j + 1 < len(line) else silence
            for variant in variants:
                phones = [model.index[p] for p in variant]
                around = [before, *phones, after]
                for i, phone in enumerate(phones):
                    senones.append(
                        model.senones(phone, around[i], around[i + 2], first=i == 0, last=i == len(phones) - 1)
                    )
                    base.append(phone)
                word_of_variant.append(word)
                lengths.append(len(phones) * STATES_PER_PHONE)
            word += 1
    sizes = np.array(lengths, np.int64)
    entries = np.concatenate([[0], np.cumsum(sizes)[:-1]]).astype(np.int64)
    return LyricGraph(
        senones=np.concatenate(senones).astype(np.int64),
        base_phones=np.repeat(np.array(base, np.int64), STATES_PER_PHONE),
        word_of_state=np.repeat(np.array(word_of_variant, np.int64), sizes),
        entries=entries,
        exits=entries + sizes - 1,
        word_of_variant=np.array(word_of_variant, np.int64),
        line_starts=np.array(line_starts, np.int64),
        n_words=word,
    )
