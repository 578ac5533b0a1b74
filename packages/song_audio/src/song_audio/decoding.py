"""Turns a sound or video file into blocks of samples, through PyAV (FFmpeg).

What a file claims about its length is never trusted: decoded samples are counted, and memory is bounded by one block.

Time zero is what players show: FFmpeg drops the encoder's priming samples by itself, sound that starts after the
picture gets silence in front, and lost packets become silence, so that all that follows keeps its place.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import av.error
import numpy as np
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from av.packet import Packet

from song_audio.errors import AudioTooLongError, AudioUnreadableError
from song_audio.media import ADVICE, Media, opened, presentation_start
from song_audio.resampling import Resampler, Samples

MAX_SECONDS = 4 * 3600.0
"""The longest sound that is decoded unless the caller says otherwise."""

_GAP_SECONDS = 0.05  # more than any container's rounding of its time stamps (1 ms), less than anyone hears
_LONGEST_GAP_SECONDS = 600.0  # a larger step is a clock that was set anew, not lost sound
_MAX_DAMAGED_IN_A_ROW = 500

Progress = Callable[[float], None]
"""Called with the share of the file that has been read, 0 to 1, rising."""
Warn = Callable[[str], None]
"""Called with a sentence for the user about something that did not stop the decoding."""


@dataclass
class _Damage:
    """What was wrong with one stream so far."""

    packets: int = 0
    damaged: int = 0
    in_a_row: int = 0
    missing_seconds: float = 0.0

    def good(self) -> None:
        self.packets += 1
        self.in_a_row = 0

    def bad(self) -> None:
        self.packets += 1
        self.damaged += 1
        self.in_a_row += 1

    @property
    def hopeless(self) -> bool:
        return self.in_a_row >= _MAX_DAMAGED_IN_A_ROW


def stream(
    path: str | os.PathLike[str],
    *,
    sample_rate: int,
    channels: int,
    block_seconds: float = 30.0,
    max_seconds: float = MAX_SECONDS,
    progress: Progress | None = None,
    warn: Warn | None = None,
) -> Iterator[Samples]:
    """Decode the first sound stream that decodes, block by block.

    Args:
        path: the file; a video's sound is used, attached pictures are ignored.
        sample_rate: of the result, in Hz.
        channels: of the result, 1 or 2. More channels are mixed down with FFmpeg's matrix, scaled so as not to clip.
        block_seconds: length of each block but the last, which is shorter.
        max_seconds: more sound than this is refused.
        progress: told the share of the file that has been read.
        warn: told of damage that was skipped.

    Yields:
        float32 arrays of shape (channels, n); finite. Full scale is ±1, which lossy codecs may overshoot a little.

    Raises:
        AudioNotFoundError: there is no such file, or it may not be read.
        AudioUnreadableError: it is a folder, empty, not sound, or damaged beyond use.
        AudioTooLongError: there are more than `max_seconds` of sound in it.
    """
    path = Path(path)
    if channels not in (1, 2):
        raise ValueError(f"channels must be 1 or 2, not {channels}")
    limit = round(max_seconds * sample_rate)
    total = 0
    reported = 0.0
    blocks = _Blocks(max(1, round(block_seconds * sample_rate)))
    for media, samples in _decoded(path, sample_rate, channels, max_seconds, warn or _ignore):
        total += samples.shape[1]
        if total > limit:
            raise _too_long(path, max_seconds)
        yield from blocks.add(np.nan_to_num(samples, copy=False, nan=0.0, posinf=0.0, neginf=0.0))
        share = media.share_read
        if progress is not None and share >= reported + 0.005:
            progress(share)
            reported = share
    yield from blocks.rest()
    if progress is not None:
        progress(1.0)


def decode(
    path: str | os.PathLike[str],
    *,
    sample_rate: int,
    channels: int,
    max_seconds: float = MAX_SECONDS,
    progress: Progress | None = None,
    warn: Warn | None = None,
) -> Samples:
    """Decode the whole file into one float32 array of shape (channels, n). Arguments and errors as for `stream`."""
    interleaved = np.empty(0, np.float32)
    for block in stream(
        path, sample_rate=sample_rate, channels=channels, max_seconds=max_seconds, progress=progress, warn=warn
    ):
        start = interleaved.size
        # Grows in place (realloc remaps pages), where joining a list of blocks would need the memory twice.
        interleaved.resize(start + block.size, refcheck=False)
        interleaved[start:] = block.T.ravel()
    return interleaved.reshape(-1, channels).T


class _Blocks:
    """Cuts arrays of any length into blocks of one length."""

    def __init__(self, length: int) -> None:
        self._length = length
        self._held: list[Samples] = []
        self._count = 0

    def add(self, samples: Samples) -> Iterator[Samples]:
        self._held.append(samples)
        self._count += samples.shape[1]
        if self._count < self._length:
            return
        joined = np.concatenate(self._held, axis=1)
        whole = self._count - self._count % self._length
        for start in range(0, whole, self._length):
            yield joined[:, start : start + self._length].copy()
        self._held = [joined[:, whole:].copy()]
        self._count -= whole

    def rest(self) -> Iterator[Samples]:
        if self._count:
            yield np.concatenate(self._held, axis=1)


def _decoded(
    path: Path, sample_rate: int, channels: int, max_seconds: float, warn: Warn
) -> Iterator[tuple[Media, Samples]]:
    """Yield the samples of the first sound stream that gives any, in order and without gaps."""
    index = 0
    while True:
        damage = _Damage()
        with opened(path) as media:
            if not media.container.streams.audio:
                raise AudioUnreadableError(f"{path.name} has no sound in it. {ADVICE}")
            if index >= len(media.container.streams.audio):
                raise AudioUnreadableError(f"{path.name}: its sound cannot be decoded; it is damaged. {ADVICE}")
            announced = media.announced_seconds
            if announced is not None and media.container.format.name != "mp3" and announced > max_seconds:
                raise _too_long(path, max_seconds)
            decoded = 0
            for samples in _placed(media, index, sample_rate, channels, damage):
                decoded += samples.shape[1]
                yield media, samples
            if decoded:
                _tell_of_damage(path, damage, decoded / sample_rate, announced, warn)
                return
        index += 1


def _placed(media: Media, index: int, sample_rate: int, channels: int, damage: _Damage) -> Iterator[Samples]:
    """Resample one stream's frames and fill the time that has none with silence."""
    resampler = Resampler(sample_rate, channels)
    expected: float | None = None
    for frame in _frames(media, index, damage):
        if frame.pts is not None and frame.time_base is not None:
            time = float(frame.pts * frame.time_base)
            gap = time - (presentation_start(media, time) if expected is None else expected)
            if _GAP_SECONDS < gap <= _LONGEST_GAP_SECONDS:
                yield from resampler.flush()
                yield from _silence(gap, sample_rate, channels)
                damage.missing_seconds += 0.0 if expected is None else gap
            if expected is None or abs(gap) > _GAP_SECONDS:
                expected = time
        if expected is not None:
            expected += frame.samples / frame.sample_rate
        try:
            yield from list(resampler.push(frame))
        except av.error.FFmpegError:  # no such rate or layout of channels can be
            damage.bad()
    yield from resampler.flush()


def _silence(seconds: float, sample_rate: int, channels: int) -> Iterator[Samples]:
    count = round(seconds * sample_rate)
    for start in range(0, count, sample_rate):
        yield np.zeros((channels, min(sample_rate, count - start)), np.float32)


def _frames(media: Media, index: int, damage: _Damage) -> Iterator[AudioFrame]:
    """Decode one stream's packets; the damaged ones are counted and skipped."""
    sound = media.container.streams.audio[index]
    if sound.codec_context is None:  # pyright: ignore[reportUnnecessaryComparison]  (there is no decoder for it)
        return
    while not damage.hopeless:
        try:
            for packet in _packets(media, sound):
                try:
                    frames: list[Any] = list(packet.decode())
                except av.error.EOFError:
                    return
                except av.error.FFmpegError:
                    damage.bad()
                    if damage.hopeless:
                        return
                    continue
                damage.good()
                yield from frames
            return
        except av.error.FFmpegError:  # the container itself is damaged here; the demuxer may find its way again
            damage.bad()
        except OSError as error:
            raise AudioUnreadableError(f"{media.path.name} cannot be read: {error.strerror or error}.") from error


def _packets(media: Media, sound: AudioStream) -> Iterator[Packet[AudioStream]]:
    try:
        yield from media.container.demux(sound)
    except IndexError:  # PyAV 18, at the very end, if a damaged MPEG file showed more streams on the way
        return


def _tell_of_damage(path: Path, damage: _Damage, seconds: float, announced: float | None, warn: Warn) -> None:
    if damage.hopeless:
        warn(f"{path.name} is damaged after {seconds:.0f} s; the rest was left out.")
    elif damage.damaged:
        warn(f"{path.name}: {damage.damaged} of {damage.packets} packets are damaged and were skipped.")
    if damage.missing_seconds:
        warn(f"{path.name}: {damage.missing_seconds:.1f} s of sound are missing in it; they became silence.")
    if announced is not None and announced - seconds > max(1.0, 0.02 * announced):
        warn(
            f"{path.name} says that it lasts {announced:.0f} s, but there are {seconds:.0f} s of sound in it: "
            "it may be cut off, or its header is wrong."
        )


def _too_long(path: Path, max_seconds: float) -> AudioTooLongError:
    return AudioTooLongError(f"{path.name} is longer than {max_seconds / 60:.0f} minutes, which is the limit.")


def _ignore(_message: str) -> None:
    pass
