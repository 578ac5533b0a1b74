"""A song or its stems in, its beats and sections out: what allin1 does, step by step and within bounds of memory.

Method: Kim & Nam 2023, "All-In-One Metrical and Functional Structure Analysis with Neighborhood Attentions on Demixed
Audio". Beats are read from the network's output by madmom's Bayesian network for bars of three and four beats.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from music_models.separation import Tell, separated
from music_models.spectrogram import SAMPLE_RATE, spectrogram
from music_models.stems import STEMS, read_stems
from music_models.structure_model import load_structure_model
from music_models.upstream import allin1
from song_audio.errors import AudioNotFoundError, AudioSilentError

ENGINE = "allin1"
_ORDER = ("bass", "drums", "other", "vocals")
"""In which the network expects the stems; not Demucs's."""
_SHORTEST_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Segment:
    """A section, in seconds."""

    start: float
    end: float
    label: str


@dataclass(frozen=True, slots=True)
class Structure:
    """What was found. Times are in seconds, rising; `beat_positions` are places in the bar from 1, the downbeat."""

    engine: str
    model: str
    bpm: float | None
    beats: list[float]
    downbeats: list[float]
    beat_positions: list[int]
    segments: list[Segment]

    def document(self) -> dict[str, Any]:
        """As plain values."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Models:
    """Which networks to use, on what, and how much sound they may be given."""

    structure: str
    separator: str
    device: torch.device
    offline: bool
    max_seconds: float


def find_structure(audio: Path, stems: Path | None, models: Models, tell: Tell) -> Structure:
    """Find beats and sections.

    Args:
        audio: the song.
        stems: folder of its stems; None separates it first.
        models: what to use.
        tell: told of the stages `load`, `decode`, `separate`, `listen`, `structure` and `beats`.

    Raises:
        ModelUnavailableError, ModelUnusableError: a model.
        StemsUnusableError: the stems.
        AudioNotFoundError, AudioUnreadableError, AudioTooLongError, AudioSilentError: the sound.
    """
    if not audio.is_file():
        raise AudioNotFoundError(f"There is no file {audio}.")
    network = load_structure_model(models.structure, models.device, offline=models.offline)
    heard = _listen(_monos(audio, stems, models, tell), tell)
    tell("structure", 0.0)
    with torch.inference_mode():
        output = network(torch.from_numpy(heard)[None].to(models.device))
    tell("structure", 1.0)
    return _read(output, network.cfg, models.structure, tell)


def _monos(audio: Path, stems: Path | None, models: Models, tell: Tell) -> Iterable[tuple[str, NDArray[np.float32]]]:
    if stems is not None:
        yield from read_stems(
            stems,
            sample_rate=SAMPLE_RATE,
            max_seconds=models.max_seconds,
            progress=lambda share: tell("decode", share),
        ).items()
        return
    made = separated(
        audio, models.separator, models.device, offline=models.offline, max_seconds=models.max_seconds, tell=tell
    )
    for name, samples in made:
        yield name, samples.mean(0)


def _listen(monos: Iterable[tuple[str, NDArray[np.float32]]], tell: Tell) -> NDArray[np.float32]:
    """The spectrograms of all stems, in the network's order: shape (4, frames, 81)."""
    heard: dict[str, NDArray[np.float32]] = {}
    for name, samples in monos:
        if samples.size < _SHORTEST_SECONDS * SAMPLE_RATE:
            raise AudioSilentError("The recording is shorter than a second: there are no beats in it.")
        heard[name] = spectrogram(samples)
        tell("listen", len(heard) / len(STEMS))
    return np.stack([heard[name] for name in _ORDER])


def _read(output: Any, settings: Any, model: str, tell: Tell) -> Structure:
    """Beats and sections from the network's output."""
    reading = allin1()
    tell("beats", 0.0)
    metre = reading.metre(output, settings)
    beats = [round(float(time), 3) for time in metre["beats"]]
    tempo = reading.tempo(beats)
    tell("beats", 1.0)
    return Structure(
        ENGINE,
        model,
        None if tempo is None else float(tempo),
        beats,
        [round(float(time), 3) for time in metre["downbeats"]],
        [int(position) for position in metre["beat_positions"]],
        _segments(output, settings),
    )


def _segments(output: Any, settings: Any) -> list[Segment]:
    try:
        found = allin1().sections(output, settings)
    except IndexError:  # allin1 takes it for granted that there is a boundary
        scores = output.logits_function[0].softmax(0)
        seconds = scores.shape[1] * settings.hop_size / settings.sample_rate
        return [Segment(0.0, round(seconds, 3), allin1().labels[int(scores.mean(1).argmax())])]
    return [Segment(round(float(each.start), 3), round(float(each.end), 3), each.label) for each in found]
