"""What to compute on."""

from __future__ import annotations

import torch

from music_models.errors import DeviceUnavailableError

DEVICES = ("auto", "cpu", "cuda")


def device(name: str) -> torch.device:
    """The device of that name; `auto` is a GPU where there is one.

    Raises:
        DeviceUnavailableError: it is not here.
    """
    there = torch.cuda.is_available()
    if name == "cuda" and not there:
        raise DeviceUnavailableError(
            "There is no GPU that torch can use. Say `--device cpu`, or install torch for CUDA."
        )
    return torch.device("cuda" if name != "cpu" and there else "cpu")
