"""Which device computes, and with which kind of number."""

from __future__ import annotations

from typing import Literal

import torch

from qwen3_align.errors import DeviceUnavailableError

DtypeName = Literal["auto", "float32", "bfloat16", "float16"]


def pick_device(name: str) -> torch.device:
    """Give the device of that name; `auto` is the first of CUDA, Apple's MPS and the CPU that is here.

    Raises:
        DeviceUnavailableError: it is not here, or no such name.
    """
    if name == "auto":
        if torch.cuda.is_available():
            return torch.device("cuda")
        return torch.device("mps" if torch.backends.mps.is_available() else "cpu")
    try:
        device = torch.device(name)
    except RuntimeError as error:
        raise DeviceUnavailableError(f"There is no device {name!r}. Say auto, cuda, cuda:1, mps or cpu.") from error
    here = {
        "cpu": True,
        "cuda": torch.cuda.is_available() and (device.index or 0) < torch.cuda.device_count(),
        "mps": torch.backends.mps.is_available(),
    }
    if not here.get(device.type, False):
        raise DeviceUnavailableError(f"PyTorch finds no device {name!r} here. Say auto or cpu, or install its driver.")
    return device


def pick_dtype(name: DtypeName, device: torch.device) -> torch.dtype:
    """Give the type of number of that name; `auto` is bfloat16 on CUDA, and elsewhere float32, which is faster there.

    Raises:
        DeviceUnavailableError: no such name, or the device cannot compute with it.
    """
    if name == "auto":
        fits = device.type == "cuda" and torch.cuda.is_bf16_supported(including_emulation=False)
        return torch.bfloat16 if fits else torch.float32
    kinds = {"float32": torch.float32, "bfloat16": torch.bfloat16, "float16": torch.float16}
    if name not in kinds:
        raise DeviceUnavailableError(f"There is no dtype {name!r}. Say auto, float32, bfloat16 or float16.")
    return kinds[name]
