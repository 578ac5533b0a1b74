"""Files of stems: a folder with one sound file for each of Demucs's four sources."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from music_models.errors import NotWritableError, StemsUnusableError
from song_audio.decoding import decode

STEMS = ("drums", "bass", "other", "vocals")
"""In the order in which Demucs gives them."""
_SUFFIXES = (".flac", ".wav")
_LONGEST_DIFFERENCE = 1.0  # seconds


def read_stems(
    folder: Path, *, sample_rate: int, max_seconds: float, progress: Callable[[float], None]
) -> dict[str, NDArray[np.float32]]:
    """Decode the four stems to mono, and bring them to one length.

    Returns:
        For each of `STEMS` an array of shape (n,).

    Raises:
        StemsUnusableError: one is missing, or their lengths differ by more than a second.
        AudioUnreadableError, AudioTooLongError: as `song_audio.decoding.decode`.
    """
    files = {name: _file(folder, name) for name in STEMS}
    stems: dict[str, NDArray[np.float32]] = {}
    for done, (name, file) in enumerate(files.items()):
        stems[name] = decode(file, sample_rate=sample_rate, channels=1, max_seconds=max_seconds)[0]
        progress((done + 1) / len(files))
    lengths = [samples.size for samples in stems.values()]
    if max(lengths) - min(lengths) > _LONGEST_DIFFERENCE * sample_rate:
        raise StemsUnusableError(f"The stems in {folder} are not of one length, so not of one song. Separate it again.")
    return {name: np.pad(samples, (0, max(lengths) - samples.size)) for name, samples in stems.items()}


def _file(folder: Path, name: str) -> Path:
    for suffix in _SUFFIXES:
        if (file := folder / f"{name}{suffix}").is_file():
            return file
    raise StemsUnusableError(f"There is no {name}.flac in {folder}. It must hold {', '.join(STEMS)} (.flac or .wav).")


def write_stems(folder: Path, stems: Iterator[tuple[str, NDArray[np.float32]]], *, sample_rate: int) -> list[Path]:
    """Write stems as FLAC of 16 bits. Each appears when it is whole, never in part.

    Args:
        folder: made if need be.
        stems: name and samples of shape (channels, n) within ±1.
        sample_rate: of the samples, in Hz.

    Raises:
        NotWritableError: the folder cannot be written to.
    """
    import soundfile

    files: list[Path] = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, samples in stems:
            part, file = folder / f".{name}.part", folder / f"{name}.flac"
            soundfile.write(part, samples.T, sample_rate, format="FLAC", subtype="PCM_16")
            part.replace(file)
            files.append(file)
    except (OSError, soundfile.LibsndfileError) as error:
        raise NotWritableError(
            f"The stems cannot be written to {folder}: {error}. Make room, or name another."
        ) from error
    return files
