"""A recording's stems, by whichever model is asked for: in this process, or by the program of music models.

Separation is the heaviest work of all, so it waits for its turn on this machine.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

from sow_analysis import separation
from sow_analysis.errors import MusicModelsUnavailableError
from sow_analysis.models import ModelStore
from sow_analysis.music_models import STEMS, MusicModels, Tell

DEMUCS = "demucs"
"""What the program of music models separates with."""
STEM_MODELS: Mapping[str, tuple[str, ...]] = MappingProxyType({**separation.BUILT_IN_STEM_MODELS, DEMUCS: STEMS})
"""The names of the stems that each model makes; the voice is always among them."""

MODELS, SEPARATE = "models", "separate"
"""The stages: fetching the model, and separating."""


def make_stems(
    audio: Path, folder: Path, model: str, progress: Tell, *, music_models: Sequence[str], max_seconds: float
) -> tuple[Path, ...]:
    """Separate a recording into files NAME.flac, as soon as no other separation runs on this machine.

    Args:
        audio: any sound or video file.
        folder: is there already, and takes the files.
        model: one of `STEM_MODELS`.
        progress: told the stage and its share.
        music_models: the command of that program; empty where there is none.
        max_seconds: more sound than this is refused.

    Returns:
        The files, in the model's order.

    Raises:
        EngineUnavailableError: there is no such model, or its program cannot serve.
        ModelUnavailableError: it can be had from nowhere.
        MusicModelsFailedError, MusicModelsAnswerError: that program failed.
        AudioNotFoundError, AudioUnreadableError, AudioTooLongError: as `song_audio.decoding.stream`.
    """
    if model == DEMUCS:
        return _by_music_models(audio, folder, music_models, progress, max_seconds)
    separation.check_stem_model(model)
    store = ModelStore()
    store.get(model, lambda here, total: progress(MODELS, here / max(total, 1)))
    progress(SEPARATE, 0.0)
    with separation.separating_alone(lambda: progress(SEPARATE, 0.0)):
        return separation.separate_stems(
            audio,
            folder,
            model=model,
            store=store,
            progress=lambda share: progress(SEPARATE, share),
            max_seconds=max_seconds,
        )


def _by_music_models(
    audio: Path, folder: Path, command: Sequence[str], progress: Tell, max_seconds: float
) -> tuple[Path, ...]:
    if not command:
        raise MusicModelsUnavailableError(
            "Demucs lives in a program of its own, which is not set up here. See docs/use-allin1-and-demucs.md."
        )
    share_done = 0.0

    def tell(stage: str, share: float) -> None:
        nonlocal share_done
        share_done = share if stage == SEPARATE else share_done
        progress(SEPARATE, share_done)

    progress(SEPARATE, 0.0)
    with separation.separating_alone(lambda: progress(SEPARATE, 0.0)):
        return MusicModels(command).separate(audio, folder, tell, max_seconds=max_seconds)
