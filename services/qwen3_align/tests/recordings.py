"""Files with sound in them."""

from __future__ import annotations

import io
import wave

import numpy as np


def song(seconds: float = 4.0, level: float = 0.5) -> bytes:
    """A file with noise in it."""
    noise = np.random.default_rng(1).uniform(-level, level, round(seconds * 16_000)) * 32_767
    held = io.BytesIO()
    with wave.open(held, "wb") as file:
        file.setparams((1, 2, 16_000, 0, "NONE", "NONE"))
        file.writeframes(noise.astype("<i2").tobytes())
    return held.getvalue()
