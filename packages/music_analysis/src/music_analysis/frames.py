"""Sound that arrives in blocks: to mono at one rate, and cut into frames that do not know where the blocks were cut.

Everything that listens works on blocks and keeps only its features, so that an hour needs little more memory than a
minute. 16 kHz holds all that tempo and key need, and is what the rest of the system decodes to.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from scipy.signal import firwin, upfirdn

Samples = NDArray[np.float32]
"""Shape (n,) for mono, (channels, n) otherwise."""

RATE = 16_000
"""Hz; the rate at which rhythm, harmony and voice are listened to."""

_BLOCK_SECONDS = 30
_ZERO_CROSSINGS = 12


def blocks_of(samples: Samples, sample_rate: int) -> Iterator[Samples]:
    """Cut a whole recording, shape (n,) or (channels, n), into views of shape (channels, up to 30 s)."""
    sound = np.atleast_2d(samples)
    step = _BLOCK_SECONDS * sample_rate
    for start in range(0, sound.shape[1], step):
        yield sound[:, start : start + step]


class Downmix:
    """Blocks of any rate and number of channels to mono at `RATE`, without seams.

    Resamples by a polyphase filter (a Kaiser-windowed sinc). Output sample k lies at k / RATE seconds exactly.
    """

    def __init__(self, sample_rate: int) -> None:
        divisor = math.gcd(RATE, sample_rate)
        self._up, self._down = RATE // divisor, sample_rate // divisor
        self._same = sample_rate == RATE
        widest = max(self._up, self._down)
        # The filter's half length at the common rate, and in whole steps of input: so its centre falls on an output.
        self._reach = math.ceil(_ZERO_CROSSINGS * widest / self._down) * self._down
        self._context = (math.ceil(self._reach / self._up / self._down) + 1) * self._down
        if not self._same:
            taps = firwin(2 * self._reach + 1, 0.95 / widest, window=("kaiser", 8.0)) * self._up
            self._taps = taps.astype(np.float32)
        self._held = np.zeros(self._context, np.float32)
        self._given = 0
        self._taken = 0

    def push(self, block: Samples) -> Samples:
        """Take a block of shape (channels, n); return what is ready, shape (m,)."""
        mono = block[0] if block.shape[0] == 1 else block.mean(axis=0, dtype=np.float32)
        if self._same:
            return mono
        self._taken += mono.size
        self._held = np.concatenate((self._held, mono))
        return self._convert((self._held.size - 2 * self._context) // self._down)

    def rest(self) -> Samples:
        """Return what the end of the sound still owes."""
        if self._same:
            return np.zeros(0, np.float32)
        owed = math.ceil(self._taken * self._up / self._down) - self._given
        self._held = np.concatenate((self._held, np.zeros(2 * self._context + self._down, np.float32)))
        return self._convert((self._held.size - 2 * self._context) // self._down)[: max(0, owed)]

    def _convert(self, steps: int) -> Samples:
        """Resample `steps` times `down` samples behind the context; as much context again lies behind them."""
        if steps <= 0:
            return np.zeros(0, np.float32)
        used = self._held[: steps * self._down + 2 * self._context]
        first = (self._context * self._up + self._reach) // self._down
        spread = upfirdn(self._taps, used, self._up, self._down)
        out = spread[first : first + steps * self._up].astype(np.float32, copy=False)
        self._held = self._held[steps * self._down :]
        self._given += out.size
        return out


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
