"""Models that the tests share: built once, of the real classes, 2 MB each."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

from qwen3_align.building import build
from qwen3_align.checkpoint import ModelSource
from qwen3_align.model import AlignerModel, ModelOptions

COUNT_SECONDS = 0.16


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
def tiny_model_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A random model: its times depend on the sound, and mean nothing."""
    return build(tmp_path_factory.mktemp("models") / "tiny")


@pytest.fixture(scope="session")
def original_model_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same weights as the authors publish them."""
    return build(tmp_path_factory.mktemp("models") / "original", layout="original")


@pytest.fixture(scope="session")
def counting_model_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model that says n · 0.16 s at the n-th token of text, whatever it hears."""
    return build(tmp_path_factory.mktemp("models") / "counting", count=COUNT_SECONDS)


@pytest.fixture(scope="session")
def tiny_model(tiny_model_folder: Path) -> Iterator[AlignerModel]:
    model = AlignerModel(ModelOptions(ModelSource(str(tiny_model_folder)), device="cpu"))
    threads = torch.get_num_threads()
    torch.set_num_threads(1)  # so small that threads only get in each other's way
    model.load()
    yield model
    model.unload()
    torch.set_num_threads(threads)
