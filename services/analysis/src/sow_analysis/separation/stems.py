"""Separates a recording into stems, each a file.

    file → blocks of sound → the model's stems, side by side → 16 bits → NAME.flac

The files together are the recording, sample by sample, so nothing of the song is lost between them: one stem is what
the others leave. With Spleeter that is the accompaniment. HTDemucs estimates all four, and what their sum lacks, 34 to
38 dB below the mixture, is mostly not sung: it goes to "other". A recording that goes beyond full scale is made softer
as a whole first, as `load_recording` does it; its peak is found by decoding it once more, which takes less than a
tenth of the time that Spleeter does. Everything streams; memory does not grow with the length of the recording.
"""

from __future__ import annotations

import getpass
import os
import tempfile
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Any, cast

import av
import numpy as np
from filelock import FileLock, Timeout
from numpy.typing import NDArray

from song_audio.decoding import stream
from song_audio.recording import MAX_SECONDS
from song_audio.resampling import Samples
from sow_analysis.errors import EngineUnavailableError
from sow_analysis.models import ModelStore
from sow_analysis.separation import htdemucs
from sow_analysis.separation.networks import Networks
from sow_analysis.separation.separator import MODEL, MODEL_RATE, sung_spectra
from sow_analysis.separation.spectrum import OVERLAP, Synthesis

VOCALS, ACCOMPANIMENT = "vocals", "accompaniment"
BUILT_IN_STEM_MODELS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {MODEL: (VOCALS, ACCOMPANIMENT), htdemucs.MODEL: htdemucs.SOURCES}
)
"""For each model that runs in this process, the names of its stems; the voice is always among them."""
DEFAULT_STEM_MODEL = MODEL

_REST = MappingProxyType({MODEL: ACCOMPANIMENT, htdemucs.MODEL: "other"})
_LOWEST, _HIGHEST = -(2**15), 2**15 - 1
_PEAK_SHARE = 0.05
_WAIT_SECONDS = 0.5

Pcm = NDArray[np.int16]
"""Shape (..., n). Full scale is 2**15, as decoding has it, so that a recording of 16 bits comes back as it was."""

Separated = Iterator[tuple[Samples, Samples]]
"""Estimates of the stems, shape (stems, 2, n), beside the sound that they are of, shape (2, n)."""


def check_stem_model(model: str) -> None:
    """Raise EngineUnavailableError if there is no stem model of that name."""
    if model not in BUILT_IN_STEM_MODELS:
        raise EngineUnavailableError(
            f"There is no stem model {model!r}. Choose one of: {', '.join(BUILT_IN_STEM_MODELS)}."
        )


def separate_stems(
    audio: Path,
    folder: Path,
    *,
    model: str = DEFAULT_STEM_MODEL,
    store: ModelStore | None = None,
    progress: Callable[[float], None] = lambda _: None,
    max_seconds: float = MAX_SECONDS,
) -> tuple[Path, ...]:
    """Write the stems of a recording, as NAME.flac: stereo, 44.1 kHz, 16 bits, each as long as the recording.

    They sum to the recording as it is at 44.1 kHz, in stereo and rounded to 16 bits; if it goes beyond full scale, to
    the recording divided by its peak.

    Args:
        audio: any sound or video file.
        folder: is there already, and takes the files; all of them or none.
        model: one of `BUILT_IN_STEM_MODELS`.
        store: where the model is looked for.
        progress: told the share that is done; what it raises ends the work.
        max_seconds: more sound than this is refused.

    Returns:
        The files, in the model's order.

    Raises:
        EngineUnavailableError: there is no such model.
        ModelUnavailableError: it is not on disk.
        AudioNotFoundError, AudioUnreadableError, AudioTooLongError: as `song_audio.decoding.stream`.
        OSError: a file cannot be written.
    """
    check_stem_model(model)
    graphs = (store or ModelStore()).path(model)
    separated = _by_htdemucs if model == htdemucs.MODEL else _by_spleeter
    decoded = partial(stream, audio, sample_rate=MODEL_RATE, channels=2, block_seconds=10, max_seconds=max_seconds)
    peak = _peak(decoded(progress=lambda share: progress(_PEAK_SHARE * share)))
    sound = (
        piece / peak for piece in decoded(progress=lambda share: progress(_PEAK_SHARE + (1 - _PEAK_SHARE) * share))
    )
    names = BUILT_IN_STEM_MODELS[model]
    rest = names.index(_REST[model])
    paths = [folder / f"{name}.flac" for name in names]
    parts = [path.with_suffix(".part") for path in paths]
    try:
        with ExitStack() as stack:
            files = [stack.enter_context(_written(part)) for part in parts]
            for estimates, mixture in separated(sound, graphs):
                for add, stem in zip(files, _shared(_pcm(mixture), _pcm(estimates), rest), strict=True):
                    add(stem)
        for part, path in zip(parts, paths, strict=True):
            part.replace(path)
    finally:
        for part in parts:
            part.unlink(missing_ok=True)
    return tuple(paths)


@contextmanager
def separating_alone(waiting: Callable[[], None]) -> Generator[None]:
    """Hold off every other separation of this user's on this machine, as each fills the processor.

    Args:
        waiting: called every half second while another one runs; what it raises ends the wait.
    """
    user = getattr(os, "getuid", getpass.getuser)()  # a number where there are such: a container's user has no name
    lock = FileLock(Path(tempfile.gettempdir()) / f"sow-separating-{user}.lock")
    while True:
        try:
            lock.acquire(timeout=_WAIT_SECONDS)
        except Timeout:
            waiting()
        else:
            break
    try:
        yield
    finally:
        lock.release()


def _peak(sound: Iterable[Samples]) -> float:
    """Full scale, or what goes beyond it."""
    return max([1.0, *(float(np.abs(piece).max()) for piece in sound)])


def _by_htdemucs(sound: Iterable[Samples], graphs: Path) -> Separated:
    return htdemucs.HTDemucs(graphs).separated(sound)


def _by_spleeter(sound: Iterable[Samples], graphs: Path) -> Separated:
    """Yield the voice and the rest, for exactly as long as `sound` goes on."""
    networks = Networks(graphs)
    count = 0

    def counted() -> Iterator[Samples]:
        nonlocal count
        for piece in sound:
            count += piece.shape[1]
            yield piece

    left, right = Synthesis(), Synthesis()
    given = 0
    skip = OVERLAP
    for spectrum, mixture in sung_spectra(counted(), networks):
        voice = np.stack((left.add(spectrum[0]), right.add(spectrum[1])))
        # The last block is filled up with zeros; `count` knows where it ends, since all sound was read before it came.
        end = min(voice.shape[1], skip + count - given)
        sung, whole = voice[:, skip:end], mixture[:, skip:end]
        yield np.stack((sung, whole - sung)), whole
        given += end - skip
        skip = 0


def _pcm(sound: Samples) -> Pcm:
    return np.clip(np.rint(sound * -_LOWEST), _LOWEST, _HIGHEST).astype(np.int16)


def _shared(mixture: Pcm, estimates: Pcm, rest: int) -> Pcm:
    """Make stems of the estimates that sum to the mixture exactly.

    What the estimates lack goes to the stem `rest` as far as there is room in 16 bits, and then to the others. They
    always have room for it: if all were full, so that none could take more, their sum would be beyond the mixture.
    """
    stems = estimates.astype(np.int32)
    lacking = mixture - stems.sum(axis=0)
    for index in (rest, *(other for other in range(len(stems)) if other != rest)):
        filled = np.clip(stems[index] + lacking, _LOWEST, _HIGHEST)
        lacking -= filled - stems[index]
        stems[index] = filled
    return stems.astype(np.int16)


@contextmanager
def _written(path: Path) -> Generator[Callable[[Pcm], None]]:
    """A FLAC file, and what appends to it."""
    with av.open(str(path), "w", format="flac") as container:
        encoder = cast(Any, container.add_stream("flac", rate=MODEL_RATE, layout="stereo", format="s16"))

        def add(sound: Pcm) -> None:
            if not sound.shape[1]:
                return
            frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(sound.T).reshape(1, -1), "s16", "stereo")
            frame.sample_rate = MODEL_RATE
            for packet in encoder.encode(frame):
                container.mux(packet)

        yield add
        for packet in encoder.encode(None):
            container.mux(packet)
