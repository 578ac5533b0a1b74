"""Short-time spectra of sound that arrives in pieces, and the way back.

Sound is cut into long blocks, each a whole number of frames, and neighbours share the sound that both need. Frames lie
where they would lie if the whole sound were there at once, so that nothing is heard of the cuts.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

from song_audio.resampling import Samples

FRAME = 4096
HOP = 1024
OVERLAP = FRAME - HOP
"""How much sound the last frame of a block shares with the next block."""

_SHARES = FRAME // HOP
# A periodic Hann window; its squares, one HOP apart, sum to 1.5 everywhere.
_WINDOW = np.hanning(FRAME + 1)[:-1].astype(np.float32)
_BACK = _WINDOW / np.float32(1.5)

Spectrum = NDArray[np.complex64]
"""Shape (channels, frames, bins)."""


def blocks(pieces: Iterable[Samples], *, frames: int, multiple: int) -> Iterator[Samples]:
    """Cut sound into blocks, after OVERLAP zeros, so that every sample lies in as many frames as any other.

    Args:
        pieces: arrays of shape (channels, n).
        frames: in each block but the last, whose number is only a `multiple` of something; zeros fill it.
        multiple: divides `frames`.

    Yields:
        Arrays of shape (channels, frames · HOP + OVERLAP); the last OVERLAP samples come again in the next.
    """
    length = frames * HOP + OVERLAP
    held: Samples | None = None
    for piece in pieces:
        if held is None:
            held = np.zeros((piece.shape[0], OVERLAP), np.float32)
        held = np.concatenate((held, piece), axis=1)
        while held.shape[1] >= length:
            yield held[:, :length]
            held = held[:, frames * HOP :]
    if held is not None:
        step = multiple * HOP
        missing = -held.shape[1] % step + OVERLAP
        held = np.pad(held, ((0, 0), (0, missing)))
        for start in range(0, held.shape[1] - OVERLAP, frames * HOP):
            yield held[:, start : start + length]


def spectrum_of(block: Samples) -> Spectrum:
    """Transform a block; FRAME / 2 + 1 bins, from 0 Hz to half the sample rate."""
    frames = np.lib.stride_tricks.sliding_window_view(block, FRAME, axis=1)[:, ::HOP]
    return np.fft.rfft(frames * _WINDOW, axis=2).astype(np.complex64, copy=False)


class Synthesis:
    """Turns the spectra of the blocks, one after the other, back into sound."""

    def __init__(self) -> None:
        self._overlap = np.zeros((_SHARES - 1, HOP), np.float32)

    def add(self, spectrum: Spectrum) -> NDArray[np.float32]:
        """Give the sound of a block, but for its last OVERLAP samples, which the next block completes.

        Args:
            spectrum: shape (frames, bins); bins above those given are empty.

        Returns:
            Shape (frames · HOP,).
        """
        count = spectrum.shape[0]
        frames = np.fft.irfft(spectrum, FRAME, axis=1).astype(np.float32, copy=False)
        frames *= _BACK
        shares = frames.reshape(count, _SHARES, HOP)
        sound = np.zeros((count + _SHARES - 1, HOP), np.float32)
        sound[: _SHARES - 1] = self._overlap
        for share in range(_SHARES):
            sound[share : share + count] += shares[:, share]
        self._overlap = sound[count:]
        return sound[:count].ravel()
