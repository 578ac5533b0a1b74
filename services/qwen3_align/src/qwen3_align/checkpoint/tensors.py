"""The tensors of a checkpoint as its safetensors headers tell them: names and shapes, without reading a single number.

A safetensors file is the length of its header (8 bytes, little-endian), the header (JSON: for each name a type, a shape
and where its bytes lie), and then the bytes. So renaming is a new header in front of the same bytes, and costs no
memory, whatever the size of the model. A large model may lie in several such files with an index beside them.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

WEIGHTS = "model.safetensors"
INDEX = "model.safetensors.index.json"
_LONGEST_HEADER = 100_000_000
_COPY_BYTES = 8 << 20

Shapes = Mapping[str, tuple[int, ...]]
"""Shapes of tensors by their names."""


def weight_files(folder: Path) -> list[Path]:
    """The safetensors files of a checkpoint: one, or those that its index names.

    Raises:
        ValueError: there are none, or the index names a file that is missing or outside the folder.
    """
    if (folder / WEIGHTS).is_file():
        return [folder / WEIGHTS]
    if not (folder / INDEX).is_file():
        raise ValueError(f"it has neither {WEIGHTS} nor {INDEX}")
    try:
        names = sorted(set(json.loads((folder / INDEX).read_text("utf-8"))["weight_map"].values()))
    except (ValueError, KeyError, AttributeError, TypeError) as error:
        raise ValueError(f"its {INDEX} is damaged: {error}") from error
    for name in names:
        if Path(name).name != name or not (folder / name).is_file():
            raise ValueError(f"its {INDEX} names {name}, which is not there")
    return [folder / name for name in names]


def read_shapes(folder: Path) -> Shapes:
    """The shapes of all tensors of a checkpoint.

    Raises:
        ValueError: a file is missing or damaged, or a name occurs twice.
    """
    shapes: dict[str, tuple[int, ...]] = {}
    for path in weight_files(folder):
        for name, entry in _tensors(_read_header(path)):
            if name in shapes:
                raise ValueError(f"it has the tensor {name} twice")
            shapes[name] = tuple(entry["shape"])
    return shapes


def copy_renamed(source: Path, target: Path, rename: Callable[[str], str], report: Callable[[int], None]) -> None:
    """Write a safetensors file anew under other names. `report` hears of the bytes as they are written.

    Raises:
        ValueError: the source is damaged.
        OSError: the disk is full, or something like it.
    """
    header = _read_header(source)
    renamed: dict[str, Any] = {"__metadata__": {"format": "pt"}}
    renamed |= {rename(name): entry for name, entry in _tensors(header)}
    text = json.dumps(renamed, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    with source.open("rb") as read, target.open("wb") as write:
        read.seek(8 + int.from_bytes(read.read(8), "little"))
        write.write(len(text).to_bytes(8, "little") + text)
        while block := read.read(_COPY_BYTES):
            write.write(block)
            report(len(block))
    shutil.copymode(source, target)


def _read_header(path: Path) -> dict[str, Any]:
    """Read one file's header, and see that the bytes which it promises are there."""
    size = path.stat().st_size
    try:
        with path.open("rb") as file:
            length = int.from_bytes(file.read(8), "little")
            if not 2 <= length <= min(_LONGEST_HEADER, size - 8):
                raise ValueError("its header is cut off")
            header = json.loads(file.read(length))
        ends = [entry["data_offsets"][1] for _, entry in _tensors(header)]
    except (ValueError, KeyError, LookupError, AttributeError, TypeError) as error:
        raise ValueError(f"{path.name} is no safetensors file, or damaged: {error}") from error
    if 8 + length + max(ends, default=0) != size:
        raise ValueError(f"{path.name} has {size} bytes, and its header promises {8 + length + max(ends, default=0)}")
    return header


def _tensors(header: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    return ((name, entry) for name, entry in header.items() if name != "__metadata__")
