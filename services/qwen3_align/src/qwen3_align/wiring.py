"""The service's model, made as the settings say."""

from __future__ import annotations

from qwen3_align.checkpoint import ModelSource
from qwen3_align.model import AlignerModel, ModelOptions
from qwen3_align.settings import Settings


def make_model(settings: Settings) -> AlignerModel:
    """The model that the settings name, not loaded yet."""
    source = ModelSource(settings.model, settings.revision, settings.offline, settings.cache_dir)
    return AlignerModel(ModelOptions(source, settings.device, settings.dtype, settings.threads))
