"""A recording as raw sound: 16-bit little-endian stereo at 44.1 kHz, from any second on, at any tempo."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import av
import av.error
import av.filter
from av.audio.frame import AudioFrame

from song_audio.errors import AudioUnreadableError
from song_audio.media import opened, presentation_start

RATE = 44_100
"""Frames per second."""
FRAME = 4
"""Bytes per frame: two channels of 16 bits."""
SPEEDS = (0.5, 2.0)
"""What FFmpeg's `atempo` does in one step, pitch unchanged, and what a listener can follow."""


def blocks(audio: Path, start: float, speed: float) -> Iterator[bytes]:
    """The sound from second `start` on, as FFmpeg decodes it, in blocks of some 20 to 100 ms.

    Args:
        audio: a sound or video file.
        start: seconds; the first block starts there, to within one packet.
        speed: 1 is as recorded; within `SPEEDS`.

    Raises:
        AudioNotFoundError: there is no such file.
        AudioUnreadableError: there is no sound in it.
    """
    try:
        with opened(audio) as media:
            if not media.container.streams.audio:
                raise AudioUnreadableError(f"{audio} has no sound.")
            stream = media.container.streams.audio[0]
            begin = start + presentation_start(media, seconds(stream.start_time, stream.time_base))
            if start > 0:
                media.container.seek(int(begin * av.time_base))
            stretch = Stretch(speed)
            first = True
            for frame in media.container.decode(stream):
                time = frame.time if frame.time is not None else begin
                if first and time + frame.samples / frame.sample_rate <= begin:
                    continue  # a seek lands before its goal
                if first and time > begin:
                    yield bytes(round((time - begin) / speed * RATE) * FRAME)
                first = False
                yield from stretch.push(frame)
            yield from stretch.push(None)
    except av.error.FFmpegError as error:
        raise AudioUnreadableError(f"{audio} cannot be played: {error.strerror}.") from error


def seconds(stamp: int | None, base: Fraction | None) -> float:
    """A time stamp in seconds; 0 where there is none."""
    return 0.0 if stamp is None or base is None else float(stamp * base)


class Stretch:
    """An FFmpeg filter graph that changes tempo and puts every frame into the one format."""

    def __init__(self, speed: float) -> None:
        self._speed = speed
        self._graph: av.filter.Graph | None = None

    def push(self, frame: AudioFrame | None) -> Iterator[bytes]:
        """What comes out after `frame`; None at the end."""
        if self._graph is None:
            if frame is None:
                return
            self._graph = self._build(frame)
        self._graph.push(frame)
        while True:
            try:
                out = self._graph.pull()
            except (av.error.BlockingIOError, av.error.EOFError):
                return
            assert isinstance(out, AudioFrame)
            yield bytes(out.planes[0])[: out.samples * FRAME]

    def _build(self, frame: AudioFrame) -> av.filter.Graph:
        graph = av.filter.Graph()
        nodes = [
            graph.add_abuffer(
                sample_rate=frame.sample_rate,
                format=frame.format.name,
                layout=frame.layout.name,
                time_base=frame.time_base,
            ),
            graph.add("atempo", f"{self._speed:.4f}"),
            graph.add("aformat", f"sample_fmts=s16:sample_rates={RATE}:channel_layouts=stereo"),
            graph.add("abuffersink"),
        ]
        graph.link_nodes(*nodes).configure()
        return graph


def wav_header(length: int = 0x7FFF_FF00) -> bytes:
    """The header of a WAV file of `length` bytes of sound; the default stands for a stream whose end is not known."""
    return struct.pack(
        "<4sI4s4sIHHIIHH4sI",
        b"RIFF", length + 36, b"WAVE", b"fmt ", 16, 1, 2, RATE, RATE * FRAME, FRAME, 16, b"data", length,
    )  # fmt: skip
