"""Models and sounds that the tests share."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile
import tiny
import torch

RATE = 44_100

torch.set_num_threads(1)  # tiny networks lose by more, the more so on a machine that does other work


@pytest.fixture(scope="session")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of tiny models: `structure` and `separator`."""
    folder = tmp_path_factory.mktemp("models")
    tiny.write(folder)
    return folder


@pytest.fixture(scope="session")
def song(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Six seconds of clicks over a tone, in stereo."""
    time = np.arange(6 * RATE) / RATE
    clicks = 0.5 * np.random.default_rng(0).standard_normal(time.size) * (time % 0.5 < 0.02)
    sound = 0.1 * np.sin(2 * np.pi * 220 * time) + clicks
    file = tmp_path_factory.mktemp("songs") / "song.wav"
    soundfile.write(file, np.stack([sound, 0.8 * sound], axis=1), RATE)
    return file


@pytest.fixture(scope="session")
def stems(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Stems of six seconds that differ."""
    folder = tmp_path_factory.mktemp("stems")
    time = np.arange(6 * RATE) / RATE
    for number, name in enumerate(("drums", "bass", "other", "vocals")):
        soundfile.write(folder / f"{name}.flac", 0.3 * np.sin(2 * np.pi * 110 * (number + 1) * time), RATE)
    return folder
