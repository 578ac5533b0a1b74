"""Demucs: a recording in, its four stems out.

The song goes through the network in pieces of a few seconds, so that memory grows with the song only by the stems
themselves (32 bytes a sample). Demucs's random shifts are left out: one song gives one result.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from music_models.checkpoints import separator
from music_models.errors import ModelUnusableError
from music_models.stems import STEMS
from song_audio.decoding import decode

SAMPLE_RATE = 44_100

Tell = Callable[[str, float], None]
"""Called with the stage and the share of it that is done, 0 to 1."""


def separated(
    audio: Path, model: str, device: torch.device, *, offline: bool, max_seconds: float, tell: Tell
) -> Iterator[tuple[str, NDArray[np.float32]]]:
    """Separate a recording; each stem is given up once it was yielded.

    Args:
        audio: any sound or video file.
        model: a name that demucs-infer knows, or a folder.
        device: what the network runs on; the sound itself stays in main memory.
        offline: never fetch.
        max_seconds: more sound than this is refused.
        tell: told of the stages `load`, `decode` and `separate`.

    Yields:
        Each name of `STEMS` with samples of shape (2, n) at 44.1 kHz, within ±1.

    Raises:
        ModelUnavailableError, ModelUnusableError: the model.
        AudioNotFoundError, AudioUnreadableError, AudioTooLongError: the recording.
    """
    tell("load", 0.0)
    network = separator(model, offline=offline)
    if (network.samplerate, network.audio_channels, set(network.sources)) != (SAMPLE_RATE, 2, set(STEMS)):
        raise ModelUnusableError(
            f"The model {model} gives other stems than {', '.join(STEMS)} in stereo at 44.1 kHz. Take `htdemucs`."
        )
    tell("load", 1.0)
    sound = decode(
        audio,
        sample_rate=SAMPLE_RATE,
        channels=2,
        max_seconds=max_seconds,
        progress=lambda share: tell("decode", share),
    )
    stems = _apply(
        network, torch.from_numpy(np.ascontiguousarray(sound)), device, lambda share: tell("separate", share)
    )
    for name in STEMS:
        yield name, _unclipped(stems[network.sources.index(name)]).numpy()


def _apply(network: Any, mix: torch.Tensor, device: torch.device, tell: Callable[[float], None]) -> torch.Tensor:
    """Run the network over the whole song, at the level that it was trained on."""
    from demucs_infer.apply import apply_model

    length = mix.shape[-1]
    mono = mix.mean(0)
    middle, spread = mono.mean(), mono.std() + 1e-8
    models = len(network.models)

    def report(state: dict[str, Any]) -> None:
        if state.get("state") == "end":
            tell((state["model_idx_in_bag"] + state["segment_offset"] / length) / models)

    with torch.inference_mode():
        normal = ((mix - middle) / spread)[None]
        stems = apply_model(network, normal, shifts=0, device=device, callback=report, callback_arg={})[0]
        tell(1.0)
        return stems.mul_(spread).add_(middle)


def _unclipped(samples: torch.Tensor) -> torch.Tensor:
    """Quieter where it would clip, as Demucs's own files are, from which allin1 was trained."""
    return samples / max(1.01 * float(samples.abs().max()), 1.0)
