"""The sound half of the network, for all clips of a batch at once.

transformers runs it clip by clip and, without flash-attention, loops over windows in each layer. But the sound half
never looks further than 8 s: convolutions see 100 frames of the spectrum, attention sees 8 such chunks. So a batch of
clips is a batch of windows, and which clip a window is of does not matter:

- chunks of all clips go through the convolutions in slices, as these are what would take the memory (6 MB a second of
  sound in the first layer alone);
- full windows, and those that are cut short by a clip's end, lie one after another in one row, for all that works on
  single positions; attention sees them as two batches. Only the short ones are padded, to the longest of them.

The weights, the layers and the formulas are transformers' own; only the order of the work is ours.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812
from numpy.typing import NDArray
from transformers import AttentionInterface

CHUNK_FRAMES = 100
"""What the convolutions see at once: 1 s of the spectrum."""
CHUNK_TOKENS = 13
"""What they make of it."""
WINDOW_CHUNKS = 8
"""What attention sees at once."""
WINDOW_TOKENS = WINDOW_CHUNKS * CHUNK_TOKENS
ATTENTION = "qwen3_align_windows"
"""The name by which transformers knows `_attend`."""


def audio_tokens(frames: int) -> int:
    """How many tokens so many frames of the spectrum become: 13 for 100, and an eighth of the rest, rounded up."""
    chunks, rest = divmod(frames, CHUNK_FRAMES)
    return chunks * CHUNK_TOKENS + -(-rest // 8)


@dataclass(frozen=True, eq=False)
class _Windows:
    """How a row of positions falls into windows: first `full` of them, then `short` ones of `length` each."""

    full: int
    short: int
    length: int
    mask: torch.Tensor | None
    """Which positions of the short windows are real, bool, shape (short, 1, 1, length); None: all."""

    @property
    def full_tokens(self) -> int:
        return self.full * WINDOW_TOKENS


def encode(model: Any, spectra: Sequence[torch.Tensor], frames: Sequence[int], slice_chunks: int) -> torch.Tensor:
    """Run the sound half.

    Args:
        model: transformers' `Qwen3ASRModel`, with `ATTENTION` set for its audio tower.
        spectra: for each clip, shape (mels, frames rounded up to whole chunks), on the CPU.
        frames: for each clip, how many are sound.
        slice_chunks: how many seconds of sound go through the convolutions at once.

    Returns:
        States of all clips, one after another, shape (tokens, hidden).
    """
    tower = model.audio_tower
    chunks = _convolve(tower, spectra, slice_chunks)
    lengths = [audio_tokens(count) for count in frames]
    order, back, windows = _arrange(lengths, [spectrum.shape[1] // CHUNK_FRAMES for spectrum in spectra], chunks.device)
    states = chunks[order]
    # One "chunk" that is the whole row: transformers' loop then calls the attention function once.
    bounds = torch.tensor([0, len(states)])
    for layer in tower.layers:
        (states, *_) = layer(states, bounds, windows=windows)
    return model.multi_modal_projector(tower.ln_post(states[back]))


def _convolve(tower: Any, spectra: Sequence[torch.Tensor], slice_chunks: int) -> torch.Tensor:
    """Chunks of all clips through the convolutions, shape (chunks · 13, width)."""
    chunks = torch.cat([spectrum.unflatten(1, (-1, CHUNK_FRAMES)).transpose(0, 1) for spectrum in spectra])
    weight = tower.conv2d1.weight
    done: list[torch.Tensor] = []
    for part in chunks.split(slice_chunks):
        states = part.unsqueeze(1).to(weight.device, weight.dtype)
        for convolution in (tower.conv2d1, tower.conv2d2, tower.conv2d3):
            states = F.gelu(convolution(states))
        states = tower.conv_out(states.permute(0, 3, 1, 2).flatten(2))
        states += tower.positional_embedding.positional_embedding[: states.shape[1]].to(states.dtype)
        done.append(states.flatten(0, 1))
    return torch.cat(done)


def _arrange(
    lengths: Sequence[int], chunks: Sequence[int], device: torch.device
) -> tuple[torch.Tensor, torch.Tensor, _Windows]:
    """Where each position of the row of windows comes from, where each clip's positions lie in it, and its windows."""
    full: list[NDArray[np.int64]] = []
    short: list[NDArray[np.int64]] = []
    owners: list[list[tuple[bool, int]]] = []
    first = 0
    for length, count in zip(lengths, chunks, strict=True):
        places: list[tuple[bool, int]] = []
        for start in range(0, length, WINDOW_TOKENS):
            window = np.arange(first + start, first + min(start + WINDOW_TOKENS, length))
            group = full if len(window) == WINDOW_TOKENS else short
            places.append((group is full, len(group)))
            group.append(window)
        owners.append(places)
        first += count * CHUNK_TOKENS
    longest = max(map(len, short), default=0)
    padded = [np.pad(window, (0, longest - len(window)), mode="edge") for window in short]
    order = np.concatenate([*full, *padded])
    back: list[NDArray[np.int64]] = []
    for is_full, index in (place for places in owners for place in places):
        start = index * WINDOW_TOKENS if is_full else len(full) * WINDOW_TOKENS + index * longest
        back.append(np.arange(start, start + (WINDOW_TOKENS if is_full else len(short[index]))))
    mask = None
    if any(len(window) < longest for window in short):
        sizes = torch.tensor([len(window) for window in short])
        mask = (torch.arange(longest) < sizes[:, None])[:, None, None].to(device)
    return (
        torch.from_numpy(order).to(device),
        torch.from_numpy(np.concatenate(back)).to(device),
        _Windows(len(full), len(short), longest, mask),
    )


def _attend(
    module: torch.nn.Module,
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    attention_mask: torch.Tensor | None,
    scaling: float | None = None,
    windows: _Windows | None = None,
    **_: Any,
) -> tuple[torch.Tensor, None]:
    """Attention within each window. States come and go as transformers has them: (1, heads, row, head) → (1, row, …).

    Without `windows` the row is one window: so transformers' own code works too, with the same model.
    """
    if windows is None:
        states = F.scaled_dot_product_attention(query, key, value, attention_mask, scale=scaling)
        return states.transpose(1, 2), None
    done: list[torch.Tensor] = []
    for part, count, length, mask in (
        (slice(0, windows.full_tokens), windows.full, WINDOW_TOKENS, None),
        (slice(windows.full_tokens, None), windows.short, windows.length, windows.mask),
    ):
        if count:
            q, k, v = (
                states[0, :, part].unflatten(1, (count, length)).transpose(0, 1) for states in (query, key, value)
            )
            states = F.scaled_dot_product_attention(q, k, v, mask, scale=scaling)
            done.append(states.transpose(1, 2).flatten(0, 1))
    return torch.cat(done)[None], None


AttentionInterface.register(ATTENTION, _attend)
