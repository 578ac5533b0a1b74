"""Loudness by EBU R 128 and ITU-R BS.1770: integrated loudness, loudness range, true peak.

FFmpeg's `ebur128` filter measures all three in one pass, faster than numpy could; it is reached through PyAV, which
brings it along. It is fed block by block and holds a histogram, so its memory does not grow.
"""

from __future__ import annotations

import math

import av.error
import numpy as np
from av.audio.frame import AudioFrame
from av.filter import Graph

from music_analysis.document import Loudness
from music_analysis.frames import Samples

_GATE_LUFS = -69.99  # the filter says -70 where nothing is above the gate
_RANGE_SECONDS = 4.0  # stretches of 3 s are compared; of one or two, the filter's percentiles are far off
_LAYOUTS = {1: "mono", 2: "stereo"}


class LoudnessMeter:
    """Takes the sound as it is, before any mixing down, in blocks of shape (channels, n); one channel or two.

    A mono recording is measured as the one channel that it is, so 3 LU below the same sound on two.
    """

    def __init__(self, sample_rate: int, channels: int) -> None:
        self._rate, self._channels = sample_rate, channels
        self._graph = Graph()
        source = self._graph.add_abuffer(format="fltp", sample_rate=sample_rate, layout=_LAYOUTS[channels])
        meter = self._graph.add("ebur128", "metadata=1:peak=true:framelog=quiet")
        sink = self._graph.add("abuffersink")
        source.link_to(meter)
        meter.link_to(sink)
        self._graph.configure()
        self._last: dict[str, str] = {}
        self._sample_peak = 0.0
        self._count = 0

    def push(self, block: Samples) -> None:
        if block.shape[1]:
            self._sample_peak = max(self._sample_peak, float(block.max()), -float(block.min()))
        self._count += block.shape[1]
        for start in range(0, block.shape[1], self._rate):
            self._measure(block[:, start : start + self._rate])

    def finish(self) -> Loudness:
        """The loudness of all that was pushed."""
        report = self._rate // 10  # the filter reports every so many samples: silence fills the last
        self._measure(np.zeros((self._channels, -self._count % report + report), np.float32))
        if not self._sample_peak:
            return Loudness(None, None, None)
        integrated = float(self._last.get("lavfi.r128.I", "-inf"))
        # The filter prints the true peak as a ratio with three decimals: too few for quiet sound.
        peak = max(self._sample_peak, float(self._last.get("lavfi.r128.true_peak", "0")))
        heard = integrated > _GATE_LUFS and self._count >= 0.4 * self._rate
        compared = heard and self._count >= _RANGE_SECONDS * self._rate
        return Loudness(
            integrated_lufs=round(integrated, 2) if heard else None,
            range_lu=round(float(self._last["lavfi.r128.LRA"]), 2) if compared else None,
            true_peak_dbtp=round(20 * math.log10(peak), 2),
        )

    def _measure(self, samples: Samples) -> None:
        frame = AudioFrame.from_ndarray(np.ascontiguousarray(samples), format="fltp", layout=_LAYOUTS[self._channels])
        frame.sample_rate = self._rate
        self._graph.push(frame)
        while True:
            try:
                self._last = self._graph.pull().metadata
            except (av.error.BlockingIOError, av.error.EOFError):
                return
