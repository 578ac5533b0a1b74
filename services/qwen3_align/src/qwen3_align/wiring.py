"""The service's model, made as the settings say."""

from __future__ import annotations

import torch

from qwen3_align.checkpoint import ModelSource
from qwen3_align.model import AlignerModel, ModelOptions, Progress
from qwen3_align.settings import Settings


class _Model(AlignerModel):
    """Computes with so many threads."""

    def __init__(self, options: ModelOptions, threads: int | None) -> None:
        super().__init__(options)
        self._threads = threads

    def load(self, progress: Progress | None = None) -> None:
        if self._threads is not None:
            # OpenMP keeps this number for each thread apart: it has to be set in the one that computes.
            torch.set_num_threads(self._threads)
        super().load(progress)


def make_model(settings: Settings) -> AlignerModel:
    """The model that the settings name, not loaded yet."""
    source = ModelSource(settings.model, settings.revision, settings.offline, settings.cache_dir)
    return _Model(ModelOptions(source, settings.device, settings.dtype), settings.threads)
