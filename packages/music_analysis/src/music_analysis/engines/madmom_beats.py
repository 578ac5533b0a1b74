"""Beats and downbeats by madmom's recurrent networks.

Method: Böck, Krebs and Widmer, "Joint beat and downbeat tracking with recurrent neural networks", ISMIR 2016.

**Not for commercial use**: madmom's code is BSD, its models are CC BY-NC-SA 4.0. So this is never chosen by itself.
Needs the extra `music-analysis[madmom]`. It holds the whole sound, and takes about 0.03 of its length.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

import numpy as np

from music_analysis.errors import EngineError
from music_analysis.frames import Samples

LICENCE = "CC BY-NC-SA 4.0"
_FRAMES_PER_SECOND = 100


class MadmomBeats:
    """A `BeatEngine`."""

    name = "madmom"
    sample_rate = 44_100

    def __init__(self, *, accept_non_commercial_licence: bool) -> None:
        """Load the models. Raises EngineError without the licence's acceptance, or if madmom is not installed."""
        if not accept_non_commercial_licence:
            raise EngineError(f"madmom's models are {LICENCE}: accept that, or use the default engine.")
        try:
            downbeats = import_module("madmom.features.downbeats")
        except ImportError as error:
            raise EngineError("madmom is not installed: pip install 'music-analysis[madmom]'.") from error
        self._listen: Any = downbeats.RNNDownBeatProcessor()
        self._track: Any = downbeats.DBNDownBeatTrackingProcessor(beats_per_bar=[3, 4], fps=_FRAMES_PER_SECOND)
        self._signal: Any = import_module("madmom.audio.signal").Signal
        self._blocks: list[Samples] = []

    def push(self, samples: Samples) -> None:
        self._blocks.append(samples)

    def finish(self) -> list[tuple[float, int]]:
        sound = np.concatenate(self._blocks) if self._blocks else np.zeros(0, np.float32)
        self._blocks.clear()
        if sound.size < self.sample_rate:
            return []
        whole = (np.clip(sound, -1, 1) * 32767).astype(np.int16)
        activation = self._listen(self._signal(whole, sample_rate=self.sample_rate, num_channels=1))
        return [(float(time), int(position)) for time, position in self._track(activation)]
