"""PocketSphinx: finds the words of the sheet in the sound itself, in the order that is sung.

It needs no download: the acoustic model comes in the PocketSphinx wheel. See `sow_analysis.acoustic` for the search.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from lyric_timing.matching.grammar import prints_repeats
from lyric_timing.sheet import Line, LyricSheet
from lyric_timing.sung import Roadmap
from sow_analysis.acoustic.sphinx_model import load_model
from sow_analysis.acoustic.sung_words import Finding, Hint, SungWords
from sow_analysis.acoustic.viterbi import NEVER, Grammar
from sow_analysis.acoustic.voice import blend, rest_bias
from sow_analysis.engines.protocols import Fraction, Samples
from sow_analysis.hints import ORDER_NATS, heard_hints
from sow_analysis.pronounce import Pronouncer

JUMP_NATS = 250.0
"""What it costs to sing a line elsewhere than the sheet has it. A line is some 200 frames, each worth a nat or more."""
_REORDER_NATS_PER_SECOND = 12.0
"""Another order must fit the sound better by so much for each second of the recording before that of the sheet, or the
one that other ears heard, is given up for it."""
_LONGEST_REORDERED = 1_500_000_000
"""Frames × states up to which another order is looked for: an ordinary song is a tenth of it."""


@dataclass(frozen=True, slots=True)
class SungWord:
    """Where a word is sung, in seconds; `fit` as in `FoundWord`."""

    start: float
    end: float
    fit: float


@dataclass(frozen=True, slots=True)
class Sound:
    """A recording as this engine hears it."""

    samples: Samples
    rest_bias: NDArray[np.float32] | None

    @classmethod
    def of(cls, samples: Samples, vocals: Samples | None) -> Sound:
        return cls(blend(samples, vocals), None if vocals is None else rest_bias(vocals))

    def part(self, start: float, end: float) -> Sound:
        """The sound from `start` to `end`, in seconds."""
        bias = None if self.rest_bias is None else self.rest_bias[int(start * 100) : int(end * 100)]
        return Sound(self.samples[int(start * 16_000) : int(end * 16_000)], bias)

    @property
    def duration(self) -> float:
        return len(self.samples) / 16000


class PocketSphinx:
    """Finds the sung order by sound, and searches a known order. Stateless but for the cached acoustic model."""

    name = "pocketsphinx"

    def available(self) -> str | None:
        if importlib.util.find_spec("pocketsphinx") is None:
            return "the package pocketsphinx is not installed"
        return None

    def order(
        self, sound: Sound, sheet: LyricSheet, roadmap: Roadmap, language: str | None, progress: Fraction
    ) -> tuple[int, ...]:
        """The sung order, as indices into the lines of the sheet.

        That of the roadmap is kept unless another one fits the sound, and what was heard, better by far; always on a
        sheet that prints its repeats, which is a sheet as sung, and for recordings so long that looking for another
        order would take as long as they do.
        """
        charted = tuple(line.line for line in roadmap.lines)
        states = sum(9 * len(word.normal) // 2 for line in sheet.lines for word in line.words)
        if prints_repeats(sheet.lines) or sound.duration * 100 * states > _LONGEST_REORDERED:
            return charted
        free = self.search(sound, sheet, tuple(range(len(sheet.lines))), language)
        other = free.other_order(heard_hints(roadmap, sheet, nats=ORDER_NATS), lambda share: progress(share / 2))
        if other is None or not other[0] or other[0] == charted:
            return charted
        search = self.search(sound, sheet, charted, language)
        score = search.score(heard_hints(roadmap, nats=ORDER_NATS), lambda share: progress(0.5 + share / 2))
        leaps = sum(b != a + 1 for a, b in pairwise([-1, *charted]))
        gain = other[1] - (score - JUMP_NATS * leaps)
        return other[0] if gain > _REORDER_NATS_PER_SECOND * sound.duration else charted

    def search(self, sound: Sound, sheet: LyricSheet, order: Sequence[int], language: str | None) -> Search:
        """Makes ready to look for the lines of the sheet in this order."""
        return Search(sound, [sheet.lines[line] for line in order], order, language)


class Search:
    """The lines of one song in sung order, to be looked for with one set of hints after another."""

    def __init__(self, sound: Sound, lines: Sequence[Line], order: Sequence[int], language: str | None) -> None:
        pronouncer = Pronouncer(language)
        spoken = [pronouncer.pronounce_all(word.normal for word in line.words) for line in lines]
        self._order = order
        self._lines = lines
        with threadpool_limits(1, user_api="blas"):
            self._words = SungWords(load_model(), sound.samples, spoken, rest_bias=sound.rest_bias)

    def find(self, hints: Sequence[Hint], progress: Fraction) -> tuple[tuple[SungWord, ...], ...] | None:
        """For each line, for each of its words, where it is sung; None when the recording is too short for all.

        The words of hints are counted from the first of the first line.
        """
        found = self._find(None, hints, progress)
        if found is None:
            return None
        places = iter(SungWord(word.start, word.end, word.fit) for word in found.words)
        return tuple(tuple(next(places) for _ in line.words) for line in self._lines)

    def score(self, hints: Sequence[Hint], progress: Fraction) -> float:
        """How well the lines in this order fit the sound, in nats; minus infinity when they do not fit in."""
        found = self._find(None, hints, progress)
        return -np.inf if found is None else found.score

    def other_order(self, hints: Sequence[Hint], progress: Fraction) -> tuple[tuple[int, ...], float] | None:
        """The best order of any of the lines, each as often as it is sung, and its score less the costs of jumps."""
        graph = self._words.graph
        leave, enter = np.full(graph.n_words + 1, NEVER), np.full(graph.n_words + 1, NEVER)
        leave[graph.line_ends], enter[graph.line_starts] = JUMP_NATS / 2, JUMP_NATS / 2
        found = self._find(Grammar(leave, enter), hints, progress)
        if found is None:
            return None
        first = set(graph.line_starts.tolist())
        line_of: list[int] = (
            np.searchsorted(graph.line_starts, [word.word for word in found.words], side="right") - 1
        ).tolist()
        starts = [line for line, word in zip(line_of, found.words, strict=True) if word.word in first]
        return tuple(self._order[line] for line in starts), found.score

    def _find(self, grammar: Grammar | None, hints: Sequence[Hint], progress: Fraction) -> Finding | None:
        with threadpool_limits(1, user_api="blas"):
            return self._words.find(grammar, hints, progress)
