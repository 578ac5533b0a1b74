"""From a clip to what the network reads: the sound's spectrum, and the prompt's tokens.

Both are made per clip, not per batch. The reference makes the spectrum of a padded batch, where the padding seeps into
the last frame of the shorter clips; here a clip gives the same numbers whatever it travels with. All functions may be
called by any number of threads.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from transformers.models.qwen3_asr.processing_qwen3_asr import FORCED_ALIGNER_LANGUAGES

from qwen3_align.clips import LONGEST_SECONDS, SAMPLE_RATE, Clip, Samples
from qwen3_align.errors import UnsupportedLanguageError, UnusableClipError
from qwen3_align.model.encoder import CHUNK_FRAMES, audio_tokens

LANGUAGES = tuple(sorted(FORCED_ALIGNER_LANGUAGES))
"""The model's own names of the languages that it was trained for."""


@dataclass(frozen=True, eq=False)
class Prepared:
    """One clip as the network reads it. Lies in the CPU's memory."""

    clip: Clip
    spectrum: torch.Tensor = field(repr=False)
    """Log-mel, float32, shape (mels, frames), where frames is a multiple of 100; zeros after `frames`."""
    frames: int
    """Of the spectrum, 100 a second, those that are sound."""
    input_ids: NDArray[np.int64] = field(repr=False)
    """The prompt's tokens, shape (tokens,)."""
    slots: NDArray[np.int64] = field(repr=False)
    """Where in the prompt the model tells the time: start and end of each unit, shape (2 · units,)."""

    @property
    def tokens(self) -> int:
        """Length of the sequence: what the clip costs."""
        return len(self.input_ids)


class Preparer:
    """Makes clips ready for one checkpoint, with that checkpoint's own processor.

    Args:
        processor: transformers' `Qwen3ASRProcessor`.
        timestamp_token: the id of the token at which the model tells the time.
    """

    def __init__(self, processor: Any, timestamp_token: int) -> None:
        self._processor = processor
        self._timestamp_token = timestamp_token

    def prepare(self, clip: Clip) -> Prepared:
        """Make one clip ready.

        Raises:
            UnsupportedLanguageError: the model does not know the language.
            UnusableClipError: the sound or a unit is not what the model reads.
        """
        _check(clip)
        spectrum, frames = self._spectrum(clip.samples)
        input_ids = self._input_ids(clip, audio_tokens(frames))
        return Prepared(clip, spectrum, frames, input_ids, np.flatnonzero(input_ids == self._timestamp_token))

    def tokens(self, clip: Clip) -> int:
        """Length of a clip's sequence, without making its spectrum: 13 tokens a second, the text, two slots a unit."""
        frames = max(len(clip.samples), self._least_samples) // self._hop
        return len(self._input_ids(clip, audio_tokens(frames)))

    @cached_property
    def _hop(self) -> int:
        return int(self._processor.feature_extractor.hop_length)

    @cached_property
    def _least_samples(self) -> int:
        return int(self._processor.feature_extractor.min_length)

    def _spectrum(self, samples: Samples) -> tuple[torch.Tensor, int]:
        features = self._processor.feature_extractor(
            [samples],
            sampling_rate=SAMPLE_RATE,
            padding=True,
            truncation=False,
            return_attention_mask=True,
            n_window=CHUNK_FRAMES // 2,
        )
        return features["input_features"][0], int(features["attention_mask"].sum())

    def _input_ids(self, clip: Clip, length: int) -> NDArray[np.int64]:
        """Tokens of the prompt that the checkpoint's own template makes, its one token of sound repeated."""
        content = [{"type": "audio"}, *({"type": "text", "text": unit} for unit in clip.units)]
        prompt = self._processor.apply_chat_template([{"role": "user", "content": content}], tokenize=False)
        # Not the tokenizer's own call: that sets padding on the object which all threads share.
        ids = np.array(self._processor.tokenizer.backend_tokenizer.encode(prompt).ids, np.int64)
        return np.repeat(ids, np.where(ids == self._processor.audio_token_id, length, 1))


def _check(clip: Clip) -> None:
    if clip.language not in FORCED_ALIGNER_LANGUAGES:
        raise UnsupportedLanguageError(
            f"The model does not know the language {clip.language!r}. It knows {', '.join(LANGUAGES)}."
        )
    if clip.samples.ndim != 1 or clip.samples.size == 0 or not np.isfinite(clip.samples).all():
        raise UnusableClipError("The sound is not a row of finite numbers, or there is none.")
    if clip.seconds > LONGEST_SECONDS:
        raise UnusableClipError(
            f"The clip lasts {clip.seconds:.1f} s. The model knows {LONGEST_SECONDS:.0f} s at most: cut it up."
        )
    if not clip.units:
        raise UnusableClipError("There is no unit of text.")
    for unit in clip.units:
        # Nothing else was in the texts that the model learnt from; and its own marks cannot be put in this way.
        if not unit or not all(character == "'" or unicodedata.category(character)[0] in "LN" for character in unit):
            raise UnusableClipError(f"The unit {unit!r} is not made of letters, digits and ' alone.")
