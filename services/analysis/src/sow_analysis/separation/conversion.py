"""Makes the files that onnxruntime loads from the checkpoints that were fetched."""

from __future__ import annotations

from pathlib import Path

from sow_analysis.separation.checkpoint import read_checkpoint
from sow_analysis.separation.unet import build_unet

SOURCES = ("vocals", "accompaniment")
"""Each has its own network, NAME.ckpt as fetched and NAME.onnx as made."""


def convert(fetched: Path, made: Path) -> None:
    """Write a graph for each source into `made`; the same checkpoints always give the same bytes.

    Raises:
        ValueError: a checkpoint is not what it should be.
        OSError: a file cannot be read or written.
    """
    for source in SOURCES:
        (made / f"{source}.onnx").write_bytes(build_unet(read_checkpoint(fetched / f"{source}.ckpt")))
