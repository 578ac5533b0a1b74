"""allin1's network, from its checkpoint: how beats, downbeats and sections look in a spectrogram."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch

from music_models.checkpoints import read_structure_file, structure_files
from music_models.errors import ModelUnusableError
from music_models.spectrogram import BANDS, FRAMES_A_SECOND, SAMPLE_RATE
from music_models.stems import STEMS
from music_models.upstream import allin1


def load_structure_model(model: str, device: torch.device, *, offline: bool) -> Any:
    """The network of that name or folder, ready to run; several files make an ensemble.

    Raises:
        ModelUnavailableError: it is neither on disk nor to be had.
        ModelUnusableError: it is damaged, or of another kind.
    """
    networks = [_load(file).to(device).eval() for file in structure_files(model, offline=offline)]
    return networks[0] if len(networks) == 1 else allin1().ensemble(networks).eval()


def _load(file: Path) -> Any:
    from omegaconf import OmegaConf
    from omegaconf.errors import OmegaConfBaseException

    contents = read_structure_file(file)
    try:
        settings: Any = OmegaConf.create(contents["config"])
        hears = (settings.sample_rate, settings.fps, settings.dim_input, settings.data.num_instruments)
        says = settings.data.num_labels
        if hears != (SAMPLE_RATE, FRAMES_A_SECOND, BANDS, len(STEMS)) or says != len(allin1().labels):
            raise ModelUnusableError(f"{file} was trained on other sound, or for other labels, than allin1's models.")
        network = allin1().model(settings)
        network.load_state_dict(contents["state_dict"])
    except (OmegaConfBaseException, RuntimeError, ValueError, TypeError, AttributeError) as error:
        line = str(error).strip().split("\n", 1)[0]
        raise ModelUnusableError(f"{file}: configuration and weights are not those of allin1: {line}") from error
    return network
