"""Models of the real classes with few and random weights, in files of the published layout. Their answers mean nothing.

`python tiny.py FOLDER` writes them to FOLDER/structure and FOLDER/separator, for tests in other environments. With
`--full-size`, allin1's network is as large as the published ones, so that its time and memory can be measured.
"""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import torch

from music_models.upstream import allin1


def structure_config(**changes: Any) -> dict[str, Any]:
    """allin1's configuration, as its checkpoints hold it, of a network with three layers."""
    allin1()
    from omegaconf import OmegaConf

    published = import_module("allin1.config")
    config = OmegaConf.structured(published.Config(data=published.HarmonixConfig()))
    small = {"depth": 3, "dim_embed": 8, "best_threshold_downbeat": 0.05, "best_threshold_beat": 0.1}
    contents: Any = OmegaConf.to_container(OmegaConf.merge(config, small, changes))
    return contents


def structure_checkpoint(file: Path, seed: int = 0, **changes: Any) -> Path:
    """Write a checkpoint of allin1: its configuration as plain values, and its weights."""
    from omegaconf import OmegaConf

    torch.manual_seed(seed)
    config = structure_config(**changes)
    network = allin1().model(OmegaConf.create(config))
    for parameter in network.parameters():
        torch.nn.init.normal_(parameter, std=0.3)
    file.parent.mkdir(parents=True, exist_ok=True)
    torch.save({"config": config, "state_dict": network.state_dict()}, file)
    return file


def separator_checkpoint(
    file: Path, seed: int = 0, sources: tuple[str, ...] = ("drums", "bass", "other", "vocals")
) -> Path:
    """Write a checkpoint of Demucs: the class, what it was made with, and weights of half precision."""
    from fractions import Fraction

    from demucs_infer.htdemucs import HTDemucs

    torch.manual_seed(seed)
    options: dict[str, Any] = {
        "sources": list(sources),
        "channels": 4,
        "growth": 1,
        "nfft": 4096,
        "t_layers": 1,
        "t_heads": 2,
        "bottom_channels": 8,
        "segment": Fraction(39, 20),
        "dconv_depth": 1,
        "dconv_comp": 2,
    }
    network = HTDemucs(**options)
    state = {name: value.half() for name, value in network.state_dict().items()}
    file.parent.mkdir(parents=True, exist_ok=True)
    torch.save({"klass": HTDemucs, "args": (), "kwargs": options, "state": state, "training_args": {"epochs": 1}}, file)
    return file


def write(folder: Path, *, full_size: bool = False) -> None:
    """Both, in folders of their own."""
    allin1()
    published = import_module("allin1.config").Config
    size = {"depth": published.depth, "dim_embed": published.dim_embed} if full_size else {}
    structure_checkpoint(folder / "structure" / "harmonix-fold0-0vra4ys2.pth", **size)
    separator_checkpoint(folder / "separator" / "955717e8.th")


if __name__ == "__main__":
    write(Path(sys.argv[1]), full_size="--full-size" in sys.argv[2:])
