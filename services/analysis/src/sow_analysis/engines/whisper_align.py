"""Whisper as aligner: where its cross-attention rests while it reads our words (CTranslate2's `Whisper.align`).

The heads that follow the sound are warped onto it in time (dynamic time warping, as in Whisper's own word times). Ends
of words come out well; a word after a pause starts too early, as every frame belongs to some word.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from lyric_timing.words import is_written_without_spaces
from sow_analysis.engines.protocols import AlignedWord, Fraction, Samples, TextWindow
from sow_analysis.engines.whisper_model import LONGEST_SECONDS, LoadedWhisper, WhisperLoader

WINDOW_SECONDS = 24.0
_AT_ONCE = 4
_MOST_TOKENS = 440
_SECONDS_PER_STATE = 0.02
_MEDIAN_FILTER = 7


class WhisperAligner:
    """Finds known words in windows of up to 30 seconds."""

    name = "whisper-align"
    hears_voice_too = True
    stretches_first_words = True
    is_calibrated = True

    def __init__(self, loader: WhisperLoader) -> None:
        self._loader = loader

    def available(self) -> str | None:
        return self._loader.available()

    def align(
        self, samples: Samples, windows: Sequence[TextWindow], language: str, progress: Fraction
    ) -> tuple[tuple[AlignedWord | None, ...], ...]:
        """For each window, for each of its words, where it is sung. A word's confidence is its mean token probability.

        Words are None where a window is longer than Whisper hears at once and they come after that, and in a window
        with more text than it reads at once.

        Raises:
            ModelUnavailableError: the model is not on disk, or cannot be read.
            EngineUnavailableError: Whisper does not know the language.
        """
        loaded = self._loader.load()
        start_sequence = loaded.start_sequence(loaded.language(language))
        found: list[tuple[AlignedWord | None, ...]] = []
        for first in range(0, len(windows), _AT_ONCE):
            batch = windows[first : first + _AT_ONCE]
            found += _align(loaded, samples, batch, start_sequence)
            progress(min(1.0, (first + _AT_ONCE) / len(windows)))
        return tuple(found)


def _align(
    loaded: LoadedWhisper, samples: Samples, windows: Sequence[TextWindow], start_sequence: list[int]
) -> list[tuple[AlignedWord | None, ...]]:
    read = [_tokens(loaded, window.words) for window in windows]
    pieces = [_piece(samples, window) for window in windows]
    usable = [i for i, tokens in enumerate(read) if 0 < len(tokens[0]) <= _MOST_TOKENS and len(pieces[i])]
    found: list[tuple[AlignedWord | None, ...]] = [(None,) * len(window.words) for window in windows]
    if not usable:
        return found
    frames = [max(2, len(pieces[i]) // 160) for i in usable]
    states: Any = loaded.encode([pieces[i] for i in usable])
    results: list[Any] = loaded.model.align(
        states, start_sequence, [read[i][0] for i in usable], frames, median_filter_width=_MEDIAN_FILTER
    )
    for i, result in zip(usable, results, strict=True):
        found[i] = _words(result, read[i][1], windows[i])
    return found


def _piece(samples: Samples, window: TextWindow) -> Samples:
    end = min(window.end, window.start + LONGEST_SECONDS)
    return samples[int(window.start * 16_000) : int(end * 16_000)]


def _tokens(loaded: LoadedWhisper, words: Sequence[str]) -> tuple[list[int], list[int]]:
    """The tokens of a text, and for each the index of its word."""
    tokens: list[int] = []
    owners: list[int] = []
    for index, word in enumerate(words):
        text = word if is_written_without_spaces(word) else f" {word}"
        own = loaded.tokenizer.encode(text, add_special_tokens=False).ids
        tokens += own
        owners += [index] * len(own)
    return tokens, owners


def _words(result: Any, owners: Sequence[int], window: TextWindow) -> tuple[AlignedWord | None, ...]:
    path = np.array(result.alignments, np.int64).reshape(-1, 2)
    owner = np.array(owners)
    probability = np.array(result.text_token_probs)
    inside = path[:, 0] < len(owner)
    path = path[inside]
    word_at = owner[path[:, 0]]
    found: list[AlignedWord | None] = []
    for index in range(len(window.words)):
        states = path[word_at == index, 1]
        if not len(states):
            found.append(None)
            continue
        start = window.start + float(states.min()) * _SECONDS_PER_STATE
        end = window.start + float(states.max() + 1) * _SECONDS_PER_STATE
        confidence = float(np.mean(probability[: len(owner)][owner[: len(probability)] == index]))
        found.append(AlignedWord(start, end, min(1.0, max(0.0, confidence))))
    return tuple(found)
