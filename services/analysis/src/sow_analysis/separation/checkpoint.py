"""Reads the arrays of a PyTorch checkpoint without PyTorch, and without trusting it.

Such a file is a zip archive with one pickle in it. A pickle may call any function that it names, so the reader here
knows four names, all of its own making, and refuses every other.
"""

from __future__ import annotations

import math
import pickle
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Weights = Mapping[str, NDArray[np.float32]]
"""Arrays by the names that the checkpoint gives them."""


def read_checkpoint(path: Path) -> Weights:
    """Read a checkpoint that holds nothing but float32 arrays by name.

    Raises:
        ValueError: it holds something else, or is damaged.
        OSError: it cannot be read.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            (member,) = (name for name in archive.namelist() if name.endswith("data.pkl"))
            with archive.open(member) as file:
                content: object = _ArrayUnpickler(file).load()
    except (zipfile.BadZipFile, pickle.UnpicklingError, EOFError, LookupError, TypeError, ValueError) as error:
        raise ValueError(f"{path.name} is not a checkpoint of float32 arrays: {error}") from error
    if not isinstance(content, dict):
        raise ValueError(f"{path.name} is not a checkpoint of float32 arrays: it holds no names")
    arrays: dict[str, NDArray[np.float32]] = {}
    for name, value in content.items():  # pyright: ignore[reportUnknownVariableType]
        if not isinstance(name, str) or not isinstance(value, _Array) or value.values is None:
            raise ValueError(f"{path.name} is not a checkpoint of float32 arrays: {name!r} is none")
        arrays[name] = value.values
    return arrays


class _Array:
    """Stands in for numpy.ndarray: takes the state of a pickled float32 array and nothing else."""

    values: NDArray[np.float32] | None = None

    def __setstate__(self, state: tuple[Any, ...]) -> None:
        _version, shape, kind, fortran, data = state
        if not isinstance(kind, _Type) or kind.order != "<" or not isinstance(data, bytes):
            raise ValueError("an array is not of little-endian float32")
        if len(data) != 4 * math.prod(shape):
            raise ValueError("an array has another size than its shape says")
        self.values = np.frombuffer(data, "<f4").reshape(shape, order="F" if fortran else "C")


class _Type:
    """Stands in for numpy.dtype."""

    order: str | None = None

    def __init__(self, name: str, _align: bool = False, _copy: bool = True) -> None:
        if name != "f4":
            raise ValueError(f"an array is of {name!r} instead of float32")

    def __setstate__(self, state: tuple[Any, ...]) -> None:
        self.order = state[1]


def _reconstruct(*_: object) -> _Array:
    """Stand in for NumPy's function of this name, which gives an array that has no state yet."""
    return _Array()


def _encode(text: str, encoding: str) -> bytes:
    """Stand in for codecs.encode, through which the pickle protocol of Python 2 carries bytes."""
    if encoding != "latin1":
        raise ValueError(f"bytes are written as {encoding!r}")
    return text.encode("latin-1")


class _ArrayUnpickler(pickle.Unpickler):
    _KNOWN = {  # noqa: RUF012
        ("numpy.core.multiarray", "_reconstruct"): _reconstruct,
        ("numpy._core.multiarray", "_reconstruct"): _reconstruct,  # its name since NumPy 2
        ("numpy", "ndarray"): _Array,
        ("numpy", "dtype"): _Type,
        ("_codecs", "encode"): _encode,
    }

    def find_class(self, module_name: str, global_name: str, /) -> Any:
        try:
            return self._KNOWN[module_name, global_name]
        except KeyError:
            raise pickle.UnpicklingError(f"it asks for {module_name}.{global_name}") from None
