"""HTDemucs: drums, bass, voice and the rest, by one network that looks at the wave and at its spectrum at once.

After Rouard, Massa and Défossez, "Hybrid Transformers for Music Source Separation", ICASSP 2023. The exported graph
leaves the Fourier transforms to whoever runs it, and takes segments of 7.8 s. Neighbours overlap by a quarter and are
faded into one another by triangles. The network normalises each segment by itself, so that of the whole song, which
would need all of it beforehand, is left out.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from song_audio.resampling import Samples
from sow_analysis.separation.networks import run_network, session_of

MODEL = "htdemucs"
SOURCES = ("drums", "bass", "other", "vocals")

SEGMENT = 343_980
"""Samples at 44.1 kHz, 7.8 s: what the network was trained on, and its graph is made for."""
STRIDE = SEGMENT * 3 // 4
_FRAME, _HOP = 4096, 1024
_FRAMES = -(-SEGMENT // _HOP)
_PAD = _HOP // 2 * 3
_BINS = _FRAME // 2
_WINDOW = np.hanning(_FRAME + 1)[:-1].astype(np.float32)
_NORM = np.float32(np.sqrt(_FRAME))
_SILENCE_PEAK = 10 ** (-80 / 20)

Sources = NDArray[np.float32]
"""Shape (4, 2, n), in the order of `SOURCES`."""


class HTDemucs:
    """The network. Loaded when made; its memory is freed with it.

    Args:
        folder: holds the graph.

    Raises:
        ModelUnavailableError: the graph is missing or damaged.
    """

    def __init__(self, folder: Path) -> None:
        self._session = session_of(folder / "htdemucs.onnx", os.cpu_count() or 1, keeping_memory=True)

    def separated(self, sound: Iterable[Samples]) -> Iterator[tuple[Sources, Samples]]:
        """Take stereo sound at 44.1 kHz apart as it comes; yield the sources beside the sound that they are of.

        As many samples come back as went in.
        """
        rising = np.arange(1, SEGMENT // 2 + 1, dtype=np.float32)
        weight = np.concatenate((rising, rising[::-1]))
        weight /= weight.max()
        sums = np.zeros((len(SOURCES), 2, SEGMENT), np.float32)
        weights = np.zeros(SEGMENT, np.float32)
        for segment, count, is_last in _segments(sound):
            sums += weight * self._sources(segment)
            weights += weight
            ready = STRIDE if not is_last else count
            yield sums[..., :ready] / weights[:ready], segment[:, :ready]
            sums = np.concatenate((sums[..., ready:], np.zeros((len(SOURCES), 2, ready), np.float32)), axis=-1)
            weights = np.concatenate((weights[ready:], np.zeros(ready, np.float32)))

    def _sources(self, segment: Samples) -> Sources:
        if float(np.abs(segment).max()) < _SILENCE_PEAK:
            return np.zeros((len(SOURCES), 2, SEGMENT), np.float32)
        inputs: dict[str, Any] = dict(
            zip(
                (each.name for each in self._session.get_inputs()),
                (segment[None], _channels_of(_spectrum(segment))[None]),
                strict=True,
            )
        )
        spectra, waves = run_network(self._session, inputs)
        return waves[0] + _sound(_complex_of(spectra[0]))


def _segments(sound: Iterable[Samples]) -> Iterator[tuple[Samples, int, bool]]:
    """Yield overlapping segments of shape (2, SEGMENT), how much of each is sound, and whether it is the last."""
    held = np.zeros((2, 0), np.float32)
    for piece in sound:
        held = np.concatenate((held, piece), axis=1)
        while held.shape[1] > SEGMENT:  # so that the last one is known to be the last
            yield held[:, :SEGMENT], SEGMENT, False
            held = held[:, STRIDE:]
    count = held.shape[1]
    if count:
        yield np.pad(held, ((0, 0), (0, SEGMENT - count))), count, True


def _spectrum(segment: Samples) -> NDArray[np.complex64]:
    """Shape (2, BINS, FRAMES): centred frames, of which the outer ones and the highest bin are left out."""
    length = segment.shape[1]
    padded = np.pad(segment, ((0, 0), (_PAD, _PAD + _FRAMES * _HOP - length)), mode="reflect")
    padded = np.pad(padded, ((0, 0), (_FRAME // 2, _FRAME // 2)), mode="reflect")
    frames = np.lib.stride_tricks.sliding_window_view(padded, _FRAME, axis=1)[:, ::_HOP]
    spectrum = np.fft.rfft(frames[:, 2 : 2 + _FRAMES] * _WINDOW, axis=2)[..., :_BINS] / _NORM
    return spectrum.transpose(0, 2, 1).astype(np.complex64)


def _sound(spectra: NDArray[np.complex64]) -> Sources:
    """The way back, from shape (sources, 2, BINS, FRAMES) to (sources, 2, SEGMENT)."""
    padded = np.pad(spectra, ((0, 0), (0, 0), (0, 1), (2, 2))).transpose(0, 1, 3, 2)
    count = padded.shape[2]
    length = _FRAME + (count - 1) * _HOP
    squares = np.zeros(length, np.float32)
    for frame in range(count):
        squares[frame * _HOP : frame * _HOP + _FRAME] += _WINDOW**2
    out = np.zeros((*padded.shape[:2], length), np.float32)
    for source in range(padded.shape[0]):
        frames = np.fft.irfft(padded[source] * _NORM, _FRAME, axis=2).astype(np.float32) * _WINDOW
        for frame in range(count):
            out[source, :, frame * _HOP : frame * _HOP + _FRAME] += frames[:, frame]
    begin = _FRAME // 2 + _PAD
    return out[..., begin : begin + SEGMENT] / squares[begin : begin + SEGMENT]


def _channels_of(spectrum: NDArray[np.complex64]) -> NDArray[np.float32]:
    """Real and imaginary parts as channels: (2, bins, frames) to (4, bins, frames)."""
    parts = np.stack((spectrum.real, spectrum.imag), axis=1)
    return parts.reshape(4, *spectrum.shape[1:]).astype(np.float32)


def _complex_of(channels: NDArray[np.float32]) -> NDArray[np.complex64]:
    """And back: (sources, 4, bins, frames) to (sources, 2, bins, frames)."""
    return (channels[:, 0::2] + 1j * channels[:, 1::2]).astype(np.complex64)
