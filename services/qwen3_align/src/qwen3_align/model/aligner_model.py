"""The aligner: found, loaded once, asked, given back.

Its life: `download` → `load` (one thread does it, the others wait) → `predict` → `unload`. All methods block; call them
from worker threads. `predict` is `prepare`, `forward` and `decode` in a row: a batcher that wants the device busy runs
the first and the last in threads of their own, beside the `forward` of another batch.
"""

from __future__ import annotations

import gc
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import torch

from qwen3_align.checkpoint import Checkpoint, ModelSource, check_tensors, fetch, make_native
from qwen3_align.clips import SAMPLE_RATE, Clip, UnitTime
from qwen3_align.errors import ModelError, ModelMemoryError, ModelNotLoadedError, NotAnAlignerError
from qwen3_align.model.decoding import read_times
from qwen3_align.model.devices import DtypeName, pick_device, pick_dtype
from qwen3_align.model.encoder import ATTENTION
from qwen3_align.model.network import Answer, Network
from qwen3_align.model.preparing import Prepared, Preparer
from qwen3_align.protocols import ModelFacts

Stage = Literal["download", "convert", "load", "warm"]
Progress = Callable[[Stage, float], None]
"""Hears which stage is at work and what share of it, 0 to 1, is done. Called by the thread that loads."""


@dataclass(frozen=True, slots=True)
class ModelOptions:
    """How the model runs."""

    source: ModelSource = field(default_factory=ModelSource)
    device: str = "auto"
    """`auto`, `cuda`, `cuda:1`, `mps` or `cpu`."""
    dtype: DtypeName = "auto"
    """`auto`, `float32`, `bfloat16` or `float16`."""
    threads: int | None = None
    """That compute on the CPU; None is as many as there are cores."""
    warm_up_seconds: tuple[float, ...] = (1.0,)
    """Lengths of the silent clips that `load` runs at its end, so that the first caller does not wait for that."""


@dataclass(frozen=True, eq=False)
class _Loaded:
    network: Network
    preparer: Preparer
    processor: Any
    facts: ModelFacts


class AlignerModel:
    """Keeps one model for one process. Any number of threads may call; one at a time computes."""

    def __init__(self, options: ModelOptions | None = None) -> None:
        self.options = options or ModelOptions()
        self._loading = threading.Lock()
        self._computing = threading.Lock()
        self._loaded: _Loaded | None = None
        source = self.options.source
        self._facts = ModelFacts(source.model, None if source.is_folder else source.revision)

    @property
    def loaded(self) -> bool:
        return self._loaded is not None

    def download(self, progress: Progress | None = None) -> Checkpoint:
        """Bring the checkpoint here, in the layout that `load` reads.

        Raises:
            ModelError: see its subclasses. It may be tried again.
        """
        tell = progress or _ignore
        source = self.options.source
        fetched = fetch(source, lambda share: tell("download", share))
        return make_native(fetched, source, lambda share: tell("convert", share))

    def load(self, progress: Progress | None = None) -> None:
        """Load the model, download it first if need be, and warm it up. Does nothing if it is loaded.

        Raises:
            ModelError: see its subclasses. It may be tried again.
            ModelMemoryError: the device has not enough memory.
        """
        tell = progress or _ignore
        with self._loading:
            if self._loaded is None:
                if self.options.threads is not None:
                    # OpenMP keeps this number for each thread apart: it has to be set in the one that computes.
                    torch.set_num_threads(self.options.threads)
                device = pick_device(self.options.device)
                dtype = pick_dtype(self.options.dtype, device)
                checkpoint = self.download(tell)
                tell("load", 0.0)
                self._loaded = _load(checkpoint, self.options.source, device, dtype)
                self._facts = self._loaded.facts
                tell("load", 1.0)
                try:
                    self._warm_up(tell)
                except BaseException:
                    self._forget()
                    raise

    def unload(self) -> None:
        """Forget the model and give its memory back. Waits for a batch that is being computed."""
        with self._loading, self._computing:
            self._forget()

    def describe(self) -> ModelFacts:
        """Say what the model is. Costs nothing; for any thread, at any time."""
        return self._facts

    def predict(self, clips: Sequence[Clip]) -> list[tuple[UnitTime, ...]]:
        """For each clip, the times of its units: `prepare`, one `forward`, `decode`.

        Raises:
            AlignError: as those three.
        """
        batch = [self.prepare(clip) for clip in clips]
        return [self.decode(prepared, answer) for prepared, answer in zip(batch, self.forward(batch), strict=True)]

    def prepare(self, clip: Clip) -> Prepared:
        """Make one clip ready for `forward`: spectrum and tokens, on the CPU. For any thread.

        Raises:
            UnsupportedLanguageError: the model does not know the language.
            UnusableClipError: the sound or a unit is not what the model reads.
            ModelNotLoadedError: the model is not loaded.
        """
        return self._get().preparer.prepare(clip)

    def forward(self, batch: Sequence[Prepared]) -> list[Answer]:
        """Run the network over one batch. Clips of about the same `tokens` waste the least.

        Raises:
            ModelMemoryError: the device has not enough memory for the batch.
            ModelNotLoadedError: the model is not loaded.
        """
        if not batch:
            return []
        with self._computing:
            return _forward(self._get().network, batch)

    def decode(self, prepared: Prepared, answer: Answer) -> tuple[UnitTime, ...]:
        """Times from what the network answered. For any thread.

        Raises:
            ModelNotLoadedError: the model is not loaded.
        """
        return read_times(self._get().processor, prepared, answer)

    def tokens(self, clip: Clip) -> int:
        """What a clip costs, as the length of its sequence, without making its spectrum.

        Raises:
            ModelNotLoadedError: the model is not loaded.
        """
        return self._get().preparer.tokens(clip)

    def warm_up(self, seconds: float) -> None:
        """Run a silent clip of that length with one unit for each second.

        Raises:
            ModelMemoryError: the device has not enough memory for it.
            ModelNotLoadedError: the model is not loaded.
        """
        silence = np.zeros(max(1, round(seconds * SAMPLE_RATE)), np.float32)
        self.predict([Clip(silence, ("la",) * max(1, round(seconds)), "English")])

    def _warm_up(self, tell: Progress) -> None:
        lengths = self.options.warm_up_seconds
        for number, seconds in enumerate(lengths):
            tell("warm", number / len(lengths))
            self.warm_up(seconds)
        tell("warm", 1.0)

    def _get(self) -> _Loaded:
        loaded = self._loaded
        if loaded is None:
            raise ModelNotLoadedError("The model is not loaded. Wait until it is, or load it.")
        return loaded

    def _forget(self) -> None:
        self._loaded = None
        gc.collect()
        if torch.cuda.is_available():
            torch.cuda.empty_cache()
        if torch.backends.mps.is_available():
            torch.mps.empty_cache()


def _forward(network: Network, batch: Sequence[Prepared]) -> list[Answer]:
    try:
        return network.forward(batch)
    except torch.OutOfMemoryError as error:
        # The frames of the error hold the batch's tensors.
        error.__traceback__ = None
    if torch.cuda.is_available():
        torch.cuda.empty_cache()
    tokens = sum(prepared.tokens for prepared in batch)
    raise ModelMemoryError(f"The device has not enough memory for {len(batch)} clips of {tokens} tokens in all.")


def _load(checkpoint: Checkpoint, source: ModelSource, device: torch.device, dtype: torch.dtype) -> _Loaded:
    """Read a native checkpoint into memory.

    Raises:
        NotAnAlignerError: a tensor or the processor is not what the aligner needs.
        ModelError: it cannot be read.
        ModelMemoryError: the device has not enough memory.
    """
    from transformers import Qwen3ASRConfig, Qwen3ASRForTokenClassification, Qwen3ASRProcessor
    from transformers.utils import logging

    folder = checkpoint.folder
    try:
        config = Qwen3ASRConfig.from_pretrained(folder)
        check_tensors(folder, config)
        processor = Qwen3ASRProcessor.from_pretrained(folder)
        logging.disable_progress_bar()
        read: Any = Qwen3ASRForTokenClassification.from_pretrained
        model, found = read(
            folder,
            config=config,
            dtype=dtype,
            attn_implementation={"audio_config": ATTENTION, "text_config": "sdpa"},
            output_loading_info=True,
        )
        model = model.eval().to(device)
    except torch.OutOfMemoryError as error:
        raise ModelMemoryError(f"The device {device} has not enough memory for the model: {error}") from error
    except ModelError:
        raise
    except Exception as error:  # whatever a damaged file makes the libraries raise
        raise ModelError(f"The model in {folder} cannot be loaded: {error}") from error
    if odd := {kind: names for kind, names in found.items() if names}:
        raise NotAnAlignerError(f"The model in {folder} is not whole: {odd}")
    timestamp = processor.tokenizer.convert_tokens_to_ids("<timestamp>")
    if timestamp != config.timestamp_token_id or processor.audio_token_id != config.audio_token_id:
        raise NotAnAlignerError(f"The tokenizer in {folder} is not that of its model: they name other tokens.")
    facts = ModelFacts(source.model, checkpoint.revision, str(device), str(dtype).removeprefix("torch."))
    return _Loaded(Network(model), Preparer(processor, timestamp), processor, facts)


def _ignore(_stage: Stage, _share: float) -> None:
    """Take no interest in the progress."""
