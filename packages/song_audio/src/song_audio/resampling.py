"""Brings frames of any rate, format and channel layout to float32 at one rate and channel count."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import av.error
import numpy as np
from av.audio.frame import AudioFrame
from av.audio.layout import AudioLayout
from av.filter import Graph
from numpy.typing import NDArray

Samples = NDArray[np.float32]
"""Shape (channels, n)."""

# Where the channels stand when the file does not say, as FFmpeg's own command assumes.
_USUAL_LAYOUTS = {1: "mono", 2: "stereo", 3: "2.1", 4: "4.0", 5: "5.0(back)", 6: "5.1", 7: "6.1", 8: "7.1"}


class Resampler:
    """A filter graph that is rebuilt whenever the source changes its rate, format or layout (chained Ogg does)."""

    def __init__(self, sample_rate: int, channels: int) -> None:
        self._sample_rate = sample_rate
        self._layout = "mono" if channels == 1 else "stereo"
        self._graph: Graph | None = None
        self._source: tuple[int, str, str] | None = None

    def push(self, frame: AudioFrame) -> Iterator[Samples]:
        """Yield what is ready after one more frame; a little is held back until the next, or until `flush`."""
        source = (frame.sample_rate, frame.format.name, frame.layout.name)
        if self._graph is None or source != self._source:
            yield from self.flush()
            self._graph, self._source = self._build(*source), source
        frame.pts = None  # gaps are the caller's business
        self._graph.push(frame)
        yield from _ready(self._graph)

    def flush(self) -> Iterator[Samples]:
        """Yield what was held back; the next frame starts afresh."""
        graph, self._graph = self._graph, None
        if graph is not None:
            graph.push(None)
            yield from _ready(graph)

    def _build(self, rate: int, sample_format: str, layout: str) -> Graph:
        names = AudioLayout(layout).channels
        if any(name.name == "NONE" for name in names) and len(names) in _USUAL_LAYOUTS:
            layout = _USUAL_LAYOUTS[len(names)]
        graph = Graph()
        nodes = [
            graph.add(
                "abuffer",
                sample_rate=str(rate),
                sample_fmt=sample_format,
                channel_layout=layout,
                time_base=f"1/{rate}",
            )
        ]
        if layout == "mono" and self._layout == "stereo":
            nodes.append(graph.add("pan", "stereo|c0=c0|c1=c0"))  # FFmpeg's own would be 3 dB quieter
        elif not _is_mixable(layout):
            nodes.append(graph.add("pan", _mean_of_channels(len(names))))
        # Without a maximum, FFmpeg mixes float sources down louder than integer ones, beyond full scale.
        nodes.append(graph.add("aresample", sample_rate=str(self._sample_rate), rematrix_maxval="1.0"))
        nodes.append(
            graph.add("aformat", sample_rates=str(self._sample_rate), sample_fmts="fltp", channel_layouts=self._layout)
        )
        nodes.append(graph.add("abuffersink"))
        graph.link_nodes(*nodes)
        graph.configure()
        return graph


def _ready(graph: Graph) -> Iterator[Samples]:
    while True:
        try:
            frame: Any = graph.pull()
        except (av.error.BlockingIOError, av.error.EOFError):
            return
        yield frame.to_ndarray()


def _is_mixable(layout: str) -> bool:
    """Tell whether FFmpeg knows where each channel stands; of "12 channels" it does not."""
    return all(
        channel.name != "NONE" and not channel.name.startswith("AMBI") for channel in AudioLayout(layout).channels
    )


def _mean_of_channels(count: int) -> str:
    """FFmpeg's `pan` recipe for the plain mean."""
    return "mono|c0=" + "+".join(f"{1 / count:.6f}*c{channel}" for channel in range(count))
