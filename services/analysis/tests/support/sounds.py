"""Sound as it arrives at a server."""

from __future__ import annotations

import io

import av
import numpy as np
from numpy.typing import NDArray


def samples_of(file: bytes) -> NDArray[np.float32]:
    """The samples of a mono file of 16 bits, within ±1."""
    with av.open(io.BytesIO(file)) as container:
        frames = [frame.to_ndarray().reshape(-1) for frame in container.decode(audio=0)]
    return np.concatenate(frames).astype(np.float32) / 32768
