"""One Whisper model, shared by the engines that listen with it: found, loaded once, used, given back.

Its life: `download` (only where the caller allows it) → `load` (one thread does it, the others wait) → use → `unload`.
faster-whisper reads the folder; what follows uses CTranslate2's model inside it directly, as the engines cut the sound
into their own pieces.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from numpy.typing import NDArray

from lyric_timing.language import language_code
from sow_analysis.engines.protocols import Samples
from sow_analysis.errors import EngineUnavailableError, ModelUnavailableError
from sow_analysis.models import ModelStore
from sow_analysis.models.store import Progress

if TYPE_CHECKING:
    import faster_whisper
    import tokenizers

SAMPLE_RATE = 16_000
FRAMES_PER_SECOND = 100
"""Mel frames; the encoder gives one state for two of them."""
LONGEST_SECONDS = 30.0
"""What Whisper hears at once."""
_LONGEST_FRAMES = int(LONGEST_SECONDS * FRAMES_PER_SECOND)
_OWN_CODES = {"jv": "jw", "fil": "tl"}
"""Where Whisper's code is not the ISO one."""


@dataclass(frozen=True, eq=False)
class LoadedWhisper:
    """A model in memory. Its methods may be called by several threads at once."""

    model: Any
    """`ctranslate2.models.Whisper`, which has no types."""
    tokenizer: tokenizers.Tokenizer
    faster: faster_whisper.WhisperModel

    @property
    def multilingual(self) -> bool:
        return bool(self.model.is_multilingual)

    @cached_property
    def languages(self) -> frozenset[str]:
        """The codes that Whisper uses for the languages that it knows."""
        return frozenset(self.faster.supported_languages)

    def language(self, language: str) -> str:
        """Whisper's code of an ISO 639-1 code, tag or English name.

        Raises:
            EngineUnavailableError: Whisper does not know that language.
        """
        code = language_code(language) or language
        code = _OWN_CODES.get(code, code)
        if code not in self.languages or self.token(f"<|{code}|>") is None:
            known = "it knows English only" if not self.multilingual else "name another with --language"
            raise EngineUnavailableError(f"This Whisper model does not know the language {language!r}; {known}.")
        return code

    def token(self, text: str) -> int | None:
        """The id of one special token, None when the model has no such token."""
        return self.tokenizer.token_to_id(text)

    def start_sequence(self, language: str) -> list[int]:
        """The tokens that every transcript in that language (Whisper's code) starts with."""
        names = ["<|startoftranscript|>"]
        if self.multilingual:
            names += [f"<|{language}|>", "<|transcribe|>"]
        return [self.special(name) for name in names]

    def special(self, text: str) -> int:
        """The id of a special token that every Whisper has.

        Raises:
            ModelUnavailableError: this one has not: it is no Whisper model, or damaged.
        """
        token = self.token(text)
        if token is None:
            raise ModelUnavailableError(f"The Whisper model's tokenizer has no {text}: it is damaged. Fetch it again.")
        return token

    def features(self, samples: Samples, frames: int = _LONGEST_FRAMES) -> NDArray[np.float32]:
        """Log-mel spectrogram, shape (mels, frames): the first of 16 kHz sound of any length, then silence."""
        length = frames * SAMPLE_RATE // FRAMES_PER_SECOND
        padded = np.zeros(length, np.float32)
        padded[: min(samples.size, length)] = samples[:length]
        # One frame more than asked for, as the transform drops its last.
        spectrum: NDArray[np.float32] = self.faster.feature_extractor(padded)
        return np.ascontiguousarray(spectrum[:, :frames], np.float32)

    def encode(self, pieces: Sequence[Samples], frames: int = _LONGEST_FRAMES) -> Any:
        """Encoder states of several pieces of 16 kHz sound, shape (pieces, frames // 2, width)."""
        import ctranslate2

        batch = np.stack([self.features(piece, frames) for piece in pieces])
        return self.model.encode(ctranslate2.StorageView.from_array(batch))


class WhisperLoader:
    """Keeps one Whisper model for all engines of one process.

    Args:
        name: the model's name in the store, such as `whisper-base`.
        folder: where the model lies; None asks the store.
        store: where models are kept.
        allow_download: whether `load` may fetch the model when it is not on disk.
        device: `cpu`, `cuda`, or `auto`: CUDA where CTranslate2 finds it and it works.
        threads: of the CPU; 0 is one for each core that this process may use, up to 8.
    """

    def __init__(
        self,
        name: str = "whisper-base",
        *,
        folder: Path | None = None,
        store: ModelStore | None = None,
        allow_download: bool = False,
        device: str = "auto",
        threads: int = 0,
    ) -> None:
        self.name = name
        self._folder = folder
        self._store = store or ModelStore()
        self._allow_download = allow_download
        self._device = device
        self._threads = threads or min(8, len(os.sched_getaffinity(0)))
        self._lock = threading.Lock()
        self._loaded: LoadedWhisper | None = None

    def available(self) -> str | None:
        """None when the model is on disk, or may be fetched; else why not, for the user. Never fetches anything."""
        if self._loaded is not None or (self._allow_download and self._folder is None):
            return None
        try:
            self._find()
        except ModelUnavailableError as error:
            return str(error)
        return None

    def download(self, progress: Progress | None = None) -> Path:
        """Give the model's folder; fetch the model first when it is not on disk and that is allowed.

        Raises:
            ModelUnavailableError: it is not there and cannot, or may not, be fetched.
        """
        if self._folder is None and self._allow_download:
            return self._store.get(self.name, progress)
        return self._find()

    def load(self) -> LoadedWhisper:
        """Give the model; the first call reads it from disk, which takes about a second.

        Raises:
            ModelUnavailableError: it is not on disk, or cannot be read.
        """
        with self._lock:
            if self._loaded is None:
                self._loaded = _load(self.download(), self.name, self._device, self._threads)
            return self._loaded

    def unload(self) -> None:
        """Forget the model. Who still works with it goes on undisturbed; its memory is freed after that."""
        with self._lock:
            self._loaded = None

    def _find(self) -> Path:
        if self._folder is None:
            return self._store.path(self.name)
        for file in ("model.bin", "config.json", "tokenizer.json"):
            if not (self._folder / file).is_file():
                raise ModelUnavailableError(
                    f"{self._folder} holds no Whisper model in CTranslate2's format: {file} is missing."
                )
        return self._folder


def _load(folder: Path, name: str, device: str, threads: int) -> LoadedWhisper:
    import ctranslate2

    if device != "cpu" and ctranslate2.get_cuda_device_count() > 0:
        types = cast(set[str], ctranslate2.get_supported_compute_types("cuda"))
        best = next((kind for kind in ("float16", "int8_float16", "float32") if kind in types), "default")
        try:
            return _open(folder, "cuda", best, threads)
        except RuntimeError as error:
            # Typically cuBLAS or cuDNN is missing. Who asked for any device is better served slowly than not at all.
            if device == "cuda":
                raise ModelUnavailableError(f"The model {name} does not run on the GPU: {error}") from error
    elif device == "cuda":
        raise ModelUnavailableError(f"The model {name} was to run on the GPU, but CTranslate2 finds none.")
    try:
        return _open(folder, "cpu", "int8", threads)
    except Exception as error:  # of CTranslate2, of the file system, of tokenizers, which has no class of its own
        raise ModelUnavailableError(
            f"The model {name} in {folder} cannot be read: {error}. Check it with: sow models verify {name}"
        ) from error


def _open(folder: Path, device: str, compute_type: str, threads: int) -> LoadedWhisper:
    from faster_whisper import WhisperModel

    faster: Any = WhisperModel(
        str(folder), device=device, compute_type=compute_type, cpu_threads=threads, local_files_only=True
    )
    loaded = LoadedWhisper(faster.model, faster.hf_tokenizer, faster)
    # Libraries that are missing on a GPU are only missed at the first use.
    loaded.encode([np.zeros(SAMPLE_RATE, np.float32)], frames=FRAMES_PER_SECOND)
    return loaded
