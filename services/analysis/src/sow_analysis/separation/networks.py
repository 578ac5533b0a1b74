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


def session_of(path: Path, threads: int = _MOST_THREADS, *, keeping_memory: bool = False) -> Any:
    """Load a graph, for as many threads as there are processors, and at most so many.

    Args:
        path: the graph.
        threads: at most so many.
        keeping_memory: between runs, in one pool, instead of asking the system for it anew each time. A sixth faster;
            HTDemucs takes 1.2 instead of up to 1.5 GB with it, but Spleeter 560 instead of 450 MB.

    Raises:
        ModelUnavailableError: it is missing or damaged.
    """
    import onnxruntime  # takes a while, and not everyone who can separate does

    options: Any = onnxruntime.SessionOptions()  # pyright: ignore[reportUnknownVariableType]
    options.intra_op_num_threads = min(threads, os.cpu_count() or 1)
    options.inter_op_num_threads = 1
    options.enable_cpu_mem_arena = keeping_memory
    options.enable_mem_pattern = not keeping_memory  # one block for a whole run, which would come on top of the pool
    # To plan which results take the place of earlier ones sounds sparing, but those of another size stay until the end:
    # with it HTDemucs takes 2.7 GB, and Spleeter an eighth more memory.
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
