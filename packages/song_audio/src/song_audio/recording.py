"""A recording: the sound that everything else listens to, decoded once."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from song_audio.decoding import MAX_SECONDS, Progress, decode, stream
from song_audio.errors import AudioNotFoundError, AudioSilentError

__all__ = ["MAX_SECONDS", "SAMPLE_RATE", "Progress", "Recording", "decode", "load_recording", "stream"]

SAMPLE_RATE = 16_000
"""Hz; what the speech models were trained on."""

_SHORTEST_SECONDS = 0.3
_SILENCE_PEAK = 10 ** (-60 / 20)


@dataclass(frozen=True, eq=False)
class Recording:
    """A decoded recording.

    `samples` has shape (n,), float32, mono, 16 kHz, within ±1, read-only. `duration` is in seconds. `sha256` is that of
    the file's bytes, in hex. `warnings` are sentences for the user about damage that was skipped.
    """

    path: Path
    sha256: str
    samples: NDArray[np.float32] = field(repr=False)
    duration: float
    warnings: tuple[str, ...] = ()
    sample_rate: int = SAMPLE_RATE


def load_recording(
    path: str | os.PathLike[str], *, max_seconds: float = MAX_SECONDS, progress: Progress | None = None
) -> Recording:
    """Decode a sound or video file to 16 kHz mono.

    Args:
        path: the file.
        max_seconds: more sound than this is refused, before it fills the memory.
        progress: called with the share of the file that has been read, 0 to 1.

    Raises:
        AudioNotFoundError: there is no such file, or it may not be read.
        AudioUnreadableError: it is a folder, empty, not sound, a playlist, or damaged beyond use.
        AudioTooLongError: there are more than `max_seconds` of sound in it.
        AudioSilentError: it is shorter than 0.3 s, or never louder than -60 dB below full scale.
    """
    path = Path(path)
    warnings: list[str] = []
    samples = decode(
        path, sample_rate=SAMPLE_RATE, channels=1, max_seconds=max_seconds, progress=progress, warn=warnings.append
    )[0]
    duration = samples.size / SAMPLE_RATE
    if duration < _SHORTEST_SECONDS:
        raise AudioSilentError(f"{path.name} lasts {duration:.2f} s: too short for a single word.")
    peak = float(max(samples.max(), -samples.min()))
    if peak < _SILENCE_PEAK:
        raise AudioSilentError(f"{path.name} is silent: there is nothing to hear in it.")
    if peak > 1.0:
        samples /= peak
    samples.flags.writeable = False
    return Recording(path, _sha256(path), samples, duration, tuple(warnings))


def _sha256(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise AudioNotFoundError(f"{path} cannot be read: {error.strerror or error}.") from error
