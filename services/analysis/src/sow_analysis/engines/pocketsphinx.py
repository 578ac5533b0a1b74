"""PocketSphinx: finds the words of the sheet in the sound itself, in printed order or in the order that is sung.

It needs no download: the acoustic model comes in the PocketSphinx wheel. See `sow_analysis.acoustic` for the search.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from lyric_timing.sheet import Line, LyricSheet
from lyric_timing.sung import Roadmap
from sow_analysis.acoustic.sphinx_model import load_model
from sow_analysis.acoustic.sung_words import Finding, FoundWord, Hint, SungWords
from sow_analysis.acoustic.viterbi import NEVER, Grammar
from sow_analysis.acoustic.voice import blend, rest_bias
from sow_analysis.engines.protocols import Fraction, Samples
from sow_analysis.pronounce import Pronouncer

JUMP_NATS = 250.0
"""What it costs to sing a line elsewhere than the sheet has it. A line is some 200 frames, each worth a nat or more."""
_REORDER_GAIN = 800.0
"""Another order must fit the sound better by this much, in nats, before the printed one is given up."""
_HINT_NATS = 60.0
_HINT_BEFORE, _HINT_AFTER = 0.1, 0.3

_WHOLE_CELLS = 1_200_000_000
"""Frames × states up to which a recording is searched in one piece: an ordinary song is a tenth of it."""
_CHUNK_SECONDS = 300.0
_WORDS_PER_SECOND = 5.0
_TRUSTED_SHARE = 0.7


@dataclass(frozen=True, slots=True)
class PlacedWord:
    """Where a word of the sheet is sung, in seconds; `fit` as in `FoundWord`."""

    line: int
    word: int
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
        bias = None if self.rest_bias is None else self.rest_bias[int(start * 100) : int(end * 100)]
        return Sound(self.samples[int(start * 16000) : int(end * 16000)], bias)

    @property
    def duration(self) -> float:
        return len(self.samples) / 16000


class PocketSphinx:
    """Charts and aligns by sound. Stateless but for the cached acoustic model; safe to share between threads."""

    name = "pocketsphinx"

    def available(self) -> str | None:
        if importlib.util.find_spec("pocketsphinx") is None:
            return "the package pocketsphinx is not installed"
        return None

    def place(
        self, sound: Sound, sheet: LyricSheet, heard: Roadmap | None, language: str | None, progress: Fraction
    ) -> tuple[PlacedWord, ...]:
        """Every sung word in order of time.

        The printed order is kept unless another fits the sound better by far. `heard` is what other ears made of it: words
        that they timed weigh in. A recording too long to be searched whole is followed piece by piece, in the order of `heard`
        when it has one, else as printed.
        """
        order = tuple(range(len(sheet.lines)))
        pronouncer = Pronouncer(language)
        states = sum(9 * len(word.normal) // 2 for line in sheet.lines for word in line.words)
        with threadpool_limits(1, user_api="blas"):
            if sound.duration * 100 * states <= _WHOLE_CELLS:
                words = SungWords(
                    load_model(), sound.samples, _spoken(sheet.lines, pronouncer), rest_bias=sound.rest_bias
                )
                return _placed(_choose(words, _hints(sheet, heard), progress), sheet.lines, order)
            if heard is not None:
                order = tuple(line.line for line in heard.lines)
            return _follow(sound, [sheet.lines[i] for i in order], order, pronouncer, progress)


def _choose(words: SungWords, hints: Sequence[Hint], progress: Fraction) -> Finding | None:
    written = words.find(None, hints, lambda share: progress(share * 0.7))
    n, starts, ends = words.graph.n_words, words.graph.line_starts, words.graph.line_ends
    leave, enter = np.full(n + 1, NEVER), np.full(n + 1, NEVER)
    leave[ends], enter[starts] = JUMP_NATS / 2, JUMP_NATS / 2
    sung = words.find(Grammar(leave, enter), hints, lambda share: progress(0.7 + share * 0.3))
    if written is None or (sung is not None and sung.score > written.score + _REORDER_GAIN):
        return sung
    return written


def _follow(
    sound: Sound, lines: Sequence[Line], order: Sequence[int], pronouncer: Pronouncer, progress: Fraction
) -> tuple[PlacedWord, ...]:
    """Align a long recording piece by piece: each goes on where the trusted part of the one before ended."""
    placed: list[PlacedWord] = []
    at, line = 0.0, 0
    while line < len(lines) and at < sound.duration:
        end = min(at + _CHUNK_SECONDS, sound.duration)
        last_chunk = end >= sound.duration
        stop, budget = line, (end - at) * _WORDS_PER_SECOND
        while stop < len(lines) and (budget > 0 or last_chunk):
            budget -= len(lines[stop].words)
            stop += 1
        part = sound.part(at, end)
        words = SungWords(load_model(), part.samples, _spoken(lines[line:stop], pronouncer), rest_bias=part.rest_bias)
        anywhere = None
        if not (last_chunk and stop == len(lines)):
            n = words.graph.n_words + 1
            anywhere = Grammar(np.zeros(n), np.full(n, NEVER))
        found = _placed(words.find(anywhere), lines[line:stop], order[line:stop])
        if not last_chunk:
            complete = [w for w in found if w.word == len(lines[0].words) or w.end <= _TRUSTED_SHARE * (end - at)]
            found = tuple(complete)
        placed += [PlacedWord(w.line, w.word, at + w.start, at + w.end, w.fit) for w in found]
        at, line = end, stop
        progress(at / sound.duration)
    return tuple(placed)


def _spoken(lines: Sequence[Line], pronouncer: Pronouncer) -> list[list[tuple[tuple[str, ...], ...]]]:
    return [pronouncer.pronounce_all(word.normal for word in line.words) for line in lines]


def _hints(sheet: LyricSheet, heard: Roadmap | None) -> list[Hint]:
    if heard is None:
        return []
    first = np.concatenate([[0], np.cumsum([len(line.words) for line in sheet.lines])])
    nats = _HINT_NATS / ((_HINT_BEFORE + _HINT_AFTER) * 100)
    return [
        Hint(int(first[line.line]) + j, onset - _HINT_BEFORE, onset + _HINT_AFTER, nats)
        for line in heard.lines
        for j, onset in enumerate(line.onsets)
        if onset is not None
    ]


def _placed(finding: Finding | None, lines: Sequence[Line], order: Sequence[int]) -> tuple[PlacedWord, ...]:
    if finding is None:
        return ()
    where = [(order[i], j) for i, line in enumerate(lines) for j in range(len(line.words))]
    return tuple(_place(where[found.word], found) for found in finding.words)


def _place(where: tuple[int, int], found: FoundWord) -> PlacedWord:
    return PlacedWord(where[0], where[1], found.start, found.end, found.fit)
