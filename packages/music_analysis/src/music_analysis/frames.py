"""Sound that arrives in blocks: to mono at one rate, and cut into frames that do not know where the blocks were cut.

Everything that listens works on blocks and keeps only its features, so that an hour needs little more memory than a
minute. 16 kHz holds all that tempo and key need, and is what the rest of the system decodes to.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float32]
"""Shape (n,) for mono, (channels, n) otherwise."""

RATE = 16_000
"""Hz; the rate at which rhythm, harmony and voice are listened to."""

_BLOCK_SECONDS = 30
_ZERO_CROSSINGS = 12
_KAISER = 8.0
_LEAST_OUTPUTS = 100


def blocks_of(samples: Samples, sample_rate: int) -> Iterator[Samples]:
    """Cut a whole recording, shape (n,) or (channels, n), into views of shape (channels, up to 30 s)."""
    sound = np.atleast_2d(samples)
    step = _BLOCK_SECONDS * sample_rate
    for start in range(0, sound.shape[1], step):
        yield sound[:, start : start + step]


class Downmix:
    """Blocks of any rate and number of channels to mono at one rate, without seams.

    Resamples with a Kaiser-windowed sinc. The two rates meet every few milliseconds, so all outputs between two
    meetings are one matrix times the input around them. Output k lies at k / rate seconds exactly.
    """

    def __init__(self, sample_rate: int, rate: int = RATE) -> None:
        divisor = math.gcd(rate, sample_rate)
        several = math.ceil(_LEAST_OUTPUTS * divisor / rate)
        self._outputs, self._inputs = rate // divisor * several, sample_rate // divisor * several
        self._same = sample_rate == rate
        self._context = math.ceil(_ZERO_CROSSINGS * max(1.0, sample_rate / rate))
        self._matrix = np.zeros(0, np.float32) if self._same else self._weights()
        self._held = np.zeros(self._context, np.float32)
        self._taken = self._given = 0

    def push(self, block: Samples) -> Samples:
        """Take a block of shape (channels, n); return what is ready, shape (m,)."""
        mono = block[0] if block.shape[0] == 1 else block.mean(axis=0, dtype=np.float32)
        if self._same:
            return mono
        self._taken += mono.size
        return self._convert(mono)

    def rest(self) -> Samples:
        """Return what the end of the sound still owes."""
        if self._same:
            return np.zeros(0, np.float32)
        owed = math.ceil(self._taken * self._outputs / self._inputs) - self._given
        return self._convert(np.zeros(self._inputs + self._context, np.float32))[:owed]

    def _convert(self, mono: Samples) -> Samples:
        self._held = np.concatenate((self._held, mono))
        width = self._inputs + 2 * self._context
        count = max(0, (self._held.size - width) // self._inputs + 1)
        if not count:
            return np.zeros(0, np.float32)
        around = np.lib.stride_tricks.sliding_window_view(self._held, width)[:: self._inputs][:count]
        out = (around @ self._matrix).ravel()
        self._held = self._held[count * self._inputs :]
        self._given += out.size
        return out

    def _weights(self) -> Samples:
        """How each output is made of the input around, shape (inputs + context on both sides, outputs)."""
        step = self._inputs / self._outputs
        cutoff = 0.95 * min(1.0, 1 / step)  # of half the input's rate
        places = np.arange(self._inputs + 2 * self._context) - self._context
        distance = places[:, None] - np.arange(self._outputs)[None, :] * step
        inside = np.clip(1 - (distance / self._context) ** 2, 0, None)
        window = np.i0(_KAISER * np.sqrt(inside)) / np.i0(_KAISER) * (inside > 0)
        return (cutoff * np.sinc(cutoff * distance) * window).astype(np.float32)


class Framer:
    """Overlapping frames of mono sound; frame k is centred on sample k · hop, silence lies around the sound."""

    def __init__(self, length: int, hop: int) -> None:
        self._length, self._hop = length, hop
        self._held = np.zeros(length // 2, np.float32)

    def push(self, samples: Samples) -> Samples:
        """Return the frames that are complete, shape (k, length); a view where possible."""
        held = np.concatenate((self._held, samples))
        count = max(0, (held.size - self._length) // self._hop + 1)
        self._held = held[count * self._hop :]
        if not count:
            return np.zeros((0, self._length), np.float32)
        return np.lib.stride_tricks.sliding_window_view(held, self._length)[:: self._hop][:count]

    def rest(self) -> Samples:
        """Return the last frames, those that hang over the end."""
        return self.push(np.zeros(self._length // 2, np.float32))
