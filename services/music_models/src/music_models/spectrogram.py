"""What allin1's network hears: madmom's logarithmic spectrogram of each stem, as in its training."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

SAMPLE_RATE = 44_100
FRAMES_A_SECOND = 100
BANDS = 81


def spectrogram(samples: NDArray[np.float32]) -> NDArray[np.float32]:
    """The spectrogram of one stem.

    Args:
        samples: shape (n,), mono at 44.1 kHz, full scale ±1.

    Returns:
        Shape (frames, 81); frame t is around t / 100 s.
    """
    from madmom.audio.signal import FramedSignalProcessor, Signal
    from madmom.audio.spectrogram import FilteredSpectrogramProcessor, LogarithmicSpectrogramProcessor
    from madmom.audio.stft import ShortTimeFourierTransformProcessor
    from madmom.processors import SequentialProcessor

    steps: list[Any] = [
        FramedSignalProcessor(frame_size=2048, fps=FRAMES_A_SECOND),
        ShortTimeFourierTransformProcessor(),
        FilteredSpectrogramProcessor(num_bands=12, fmin=30, fmax=17_000, norm_filters=True),
        LogarithmicSpectrogramProcessor(mul=1, add=1),
    ]
    heard = SequentialProcessor(steps)(Signal(samples, sample_rate=SAMPLE_RATE))
    return np.array(heard, dtype=np.float32)
