"""The network's forward pass over a batch of prepared clips, with nothing computed that nobody reads.

Clips of a batch are padded at their end. As no position of the language half looks ahead, none of a clip sees its
padding, and no mask is needed: a clip's answer is that of the clip alone. The head, with its 5000 classes, runs at the
slots only, and only each slot's choice leaves the device.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from qwen3_align.model.encoder import encode
from qwen3_align.model.preparing import Prepared

_NEIGHBOURS = 1
"""Classes beside the chosen one that count as the same time: 80 ms is finer than a sung onset is sharp."""
_CPU_SLICE_CHUNKS = 8
_GPU_SLICE_CHUNKS = 128


@dataclass(frozen=True, eq=False)
class Answer:
    """What the network chose at the slots of one clip, on the CPU. Both have shape (2 · units,)."""

    classes: NDArray[np.int64] = field(repr=False)
    """Time in steps of 80 ms, as chosen: not yet made to never decrease."""
    sureness: NDArray[np.float32] = field(repr=False)
    """The probability of the chosen class and its two neighbours together, 0 to 1."""


class Network:
    """A loaded model. Not for several threads at once.

    Args:
        model: transformers' `Qwen3ASRForTokenClassification`, in evaluation mode, on its device.
    """

    def __init__(self, model: Any) -> None:
        self._model = model
        self._device: torch.device = model.device
        self._on_cpu = self._device.type == "cpu"
        if self._device.type != "mps":
            # The order in which the CPU's and CUDA's own convolutions read: a third less time on the CPU.
            tower = model.model.audio_tower
            for convolution in (tower.conv2d1, tower.conv2d2, tower.conv2d3):
                convolution.to(memory_format=torch.channels_last)

    @torch.inference_mode()
    def forward(self, batch: Sequence[Prepared]) -> list[Answer]:
        """Answer a batch of clips, in their order. Clips of about the same length waste the least.

        Raises:
            torch.OutOfMemoryError: the batch is too large for the device.
        """
        audio = encode(
            self._model.model,
            [prepared.spectrum for prepared in batch],
            [prepared.frames for prepared in batch],
            _CPU_SLICE_CHUNKS if self._on_cpu else _GPU_SLICE_CHUNKS,
        )
        hidden = self._read(batch, audio)
        classes, sureness = _choose(self._model.score(hidden))
        ends = np.cumsum([len(prepared.slots) for prepared in batch])[:-1]
        parts = zip(np.split(classes.cpu().numpy(), ends), np.split(sureness.cpu().numpy(), ends), strict=True)
        return [Answer(chosen, sure) for chosen, sure in parts]

    def _read(self, batch: Sequence[Prepared], audio: torch.Tensor) -> torch.Tensor:
        """Run the language half; give its states at the slots of all clips, shape (slots, hidden)."""
        language_model = self._model.model.language_model
        ids = np.zeros((len(batch), max(prepared.tokens for prepared in batch)), np.int64)
        for row, prepared in zip(ids, batch, strict=True):
            row[: prepared.tokens] = prepared.input_ids
        embedded = language_model.embed_tokens(torch.from_numpy(ids).to(self._device))
        # Found here, as a mask that lies on a GPU would make the CPU wait for it.
        heard = torch.from_numpy(np.flatnonzero(ids == self._model.config.audio_token_id)).to(self._device)
        embedded.flatten(0, 1)[heard] = audio.to(embedded.dtype)
        states = language_model(
            inputs_embeds=embedded,
            # Made already: none. So transformers' attention takes the causal path that needs no mask.
            attention_mask={"full_attention": None},
            use_cache=False,
        ).last_hidden_state
        rows = np.repeat(np.arange(len(batch)), [len(prepared.slots) for prepared in batch])
        columns = np.concatenate([prepared.slots for prepared in batch])
        return states[torch.from_numpy(rows).to(self._device), torch.from_numpy(columns).to(self._device)]


def _choose(logits: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """The best class of each slot and how sure it is, both of shape (slots,)."""
    classes = logits.argmax(-1)
    probabilities = logits.float().softmax(-1)
    near = classes[:, None] + torch.arange(-_NEIGHBOURS, _NEIGHBOURS + 1, device=classes.device)
    inside = (near >= 0) & (near < logits.shape[-1])
    mass = probabilities.gather(1, near.clamp(0, logits.shape[-1] - 1)) * inside
    return classes, mass.sum(-1).clamp(max=1.0)
