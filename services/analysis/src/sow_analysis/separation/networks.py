"""The two trained networks, run by onnxruntime on the processor."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sow_analysis.errors import ModelUnavailableError

_MOST_THREADS = 4  # the layers are too small to share among more
_NOTHING = np.float32(1e-10)


class Networks:
    """Estimates which part of a mixture is sung. Loaded when made; its memory is freed with it.

    Args:
        folder: holds the graphs of both networks.
        fast: ask only the network that knows the voice.

    Raises:
        ModelUnavailableError: a graph is missing or damaged.
    """

    def __init__(self, folder: Path, *, fast: bool = False) -> None:
        self._vocals = session_of(folder / "vocals.onnx")
        self._accompaniment = None if fast else session_of(folder / "accompaniment.onnx")

    def vocal_mask(self, magnitudes: NDArray[np.float32]) -> NDArray[np.float32]:
        """Tell the share of the voice at each time and frequency.

        With both networks, that is the share of the voice's power in the sum of both (a Wiener filter), as Spleeter
        does it; with one, the share of its magnitude in that of the mixture.

        Args:
            magnitudes: of both channels' spectra, shape (2, frames, BINS); `frames` a multiple of SCALE.

        Returns:
            Of the same shape, 0 to 1.

        Raises:
            RuntimeError: a network cannot be run.
        """
        mixture = {"mixture": magnitudes[None]}
        voice: NDArray[np.float32] = run_network(self._vocals, mixture)[0][0]
        if self._accompaniment is None:
            voice /= magnitudes + _NOTHING
            return voice
        voice *= voice
        rest: NDArray[np.float32] = run_network(self._accompaniment, mixture)[0][0]
        rest *= rest
        rest += voice
        rest += _NOTHING
        voice += _NOTHING / 2
        voice /= rest
        return voice


def session_of(path: Path, threads: int = _MOST_THREADS) -> Any:
    """Load a graph, for as many threads as there are processors, and at most so many.

    Raises:
        ModelUnavailableError: it is missing or damaged.
    """
    import onnxruntime  # takes a while, and not everyone who can separate does

    options: Any = onnxruntime.SessionOptions()  # pyright: ignore[reportUnknownVariableType]
    options.intra_op_num_threads = min(threads, os.cpu_count() or 1)
    options.inter_op_num_threads = 1
    options.enable_cpu_mem_arena = False
    # To keep the memory of results that are done with for later ones sounds sparing, but holds on to what does not fit.
    # Without it HTDemucs takes 1.1 instead of 2.7 GB, and a fifth less time; Spleeter takes an eighth less memory.
    options.enable_mem_reuse = False
    # Threads that wait in a loop for the next layer take the processor from whoever else works on this machine.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.log_severity_level = 3
    try:
        return onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    except Exception as error:  # onnxruntime's own have no common class but this
        name = path.parent.name
        raise ModelUnavailableError(
            f"The model {name} in {path.parent} cannot be read ({path.name}: {type(error).__name__}). "
            f"Check it with: sow models verify {name}"
        ) from error


def run_network(session: Any, inputs: dict[str, NDArray[np.float32]]) -> list[NDArray[np.float32]]:
    """All outputs of a graph, in its order. Raises RuntimeError where it cannot be run."""
    try:
        return session.run(None, inputs)
    except Exception as error:  # as above
        raise RuntimeError(f"onnxruntime could not run the network ({type(error).__name__})") from error
