"""The engine that gives the singing voice alone."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import numpy as np
from av.audio.frame import AudioFrame

from song_audio.decoding import stream
from song_audio.recording import MAX_SECONDS, SAMPLE_RATE
from song_audio.resampling import Resampler, Samples
from sow_analysis.errors import ModelUnavailableError
from sow_analysis.models import ModelStore
from sow_analysis.separation.networks import Networks
from sow_analysis.separation.spectrum import HOP, OVERLAP, Spectrum, Synthesis, blocks, spectrum_of
from sow_analysis.separation.unet import BINS, SCALE

MODEL = "spleeter-2stems"
"""The model's name in the store."""

MODEL_RATE = 44_100
_BLOCK_FRAMES = 512  # what the networks were trained on, 11.9 s
_SILENCE_PEAK = 10 ** (-80 / 20)
_LOUDEST = 1e9  # files of floats may hold any number; squares of larger ones are infinite


class Separator:
    """Takes the singing voice out of a recording with Spleeter's two-stem model (Hennequin et al., 2020).

    The model is loaded by the first recording and stays until `unload`.

    Args:
        store: where the model is looked for.
        fast: ask one of the model's two networks, in half the time. What differs lies 17 dB below the voice, which is
            hardly more than what differs when the same recording starts one frame later (measured on 14 songs).
    """

    name = "spleeter"

    def __init__(self, store: ModelStore | None = None, *, fast: bool = False) -> None:
        self._store = store or ModelStore()
        self._fast = fast
        self._networks: Networks | None = None

    def available(self) -> str | None:
        """None when the model is on disk, else how to get it."""
        try:
            self._store.path(MODEL)
        except ModelUnavailableError as error:
            return str(error)
        return None

    def vocals(self, path: Path, *, n_samples: int, progress: Callable[[float], None]) -> Samples:
        """Give the voice of the recording in `path`, at the times and levels of `load_recording(path).samples`.

        The file is decoded once more, in stereo and at 44.1 kHz, as the model needs it. Memory does not grow with the
        length of the recording, but for the result.

        Args:
            path: the file.
            n_samples: how many samples the recording has; so many come back.
            progress: told the share that is done, 0 to 1, rising.

        Returns:
            Shape (n_samples,), float32, mono, 16 kHz, finite.

        Raises:
            ModelUnavailableError: the model is not on disk.
            AudioNotFoundError, AudioUnreadableError: the file has changed since it was loaded.
        """
        if self._networks is None:
            self._networks = Networks(self._store.path(MODEL), fast=self._fast)
        vocals = np.zeros(n_samples, np.float32)
        longest = max(MAX_SECONDS, n_samples / SAMPLE_RATE + 60)
        sound = stream(path, sample_rate=MODEL_RATE, channels=2, block_seconds=10, max_seconds=longest)
        done = 0
        peak = 1.0
        for voice, mixture in _resampled(_voice_and_mixture(sound, self._networks)):
            part = voice[: n_samples - done]
            vocals[done : done + part.size] = part
            done += part.size
            peak = max(peak, float(np.abs(mixture).max(initial=0.0)))
            progress(done / n_samples if n_samples else 1.0)
        if done < n_samples:
            progress(1.0)
        vocals /= peak  # as `load_recording` does with sound beyond full scale
        return vocals

    def unload(self) -> None:
        """Free the model's memory."""
        self._networks = None


def sung_spectra(sound: Iterable[Samples], networks: Networks) -> Iterator[tuple[Spectrum, Samples]]:
    """Yield the voice's spectrum in stereo, block by block, and the mixture that it is of.

    The mixture has the samples that the block's spectrum completes, shape (2, n). It begins OVERLAP samples before
    `sound`, and goes on beyond its end to fill the last frames.
    """
    clipped = (np.clip(piece, -_LOUDEST, _LOUDEST) for piece in sound)
    for block in blocks(clipped, frames=_BLOCK_FRAMES, multiple=SCALE):
        spectrum = spectrum_of(block)[:, :, :BINS]
        peak = float(np.abs(block).max())
        if peak < _SILENCE_PEAK:
            spectrum[:] = 0
        else:
            magnitudes = np.abs(spectrum)
            if peak > 1.0:
                magnitudes /= np.float32(peak)
            spectrum *= networks.vocal_mask(magnitudes)
        yield spectrum, block[:, : spectrum.shape[1] * HOP]


def _voice_and_mixture(sound: Iterable[Samples], networks: Networks) -> Iterator[Samples]:
    """Yield the voice beside the mixture, each mixed down to one channel: shape (2, n), aligned with `sound`."""
    synthesis = Synthesis()
    skip = OVERLAP
    for spectrum, mixture in sung_spectra(sound, networks):
        yield np.stack((synthesis.add(spectrum.mean(axis=0)), mixture.mean(axis=0)))[:, skip:]
        skip = 0


def _resampled(pieces: Iterable[Samples]) -> Iterator[Samples]:
    """Bring the voice and the mixture to the rate of recordings, through the filter that decoding uses."""
    resampler = Resampler(SAMPLE_RATE, 2)
    for piece in pieces:
        frame = AudioFrame.from_ndarray(np.ascontiguousarray(piece), format="fltp", layout="stereo")
        frame.sample_rate = MODEL_RATE
        yield from resampler.push(frame)
    yield from resampler.flush()
