"""Sections, beats and stems from allin1 and Demucs, which live in a program of their own: services/music_models."""

from sow_analysis.music_models.answer import LABELS, MusicModelsAnswerError, Segment, Structure, named_sections
from sow_analysis.music_models.client import MusicModels
from sow_analysis.music_models.running import MusicModelsFailedError, MusicModelsUnavailableError

__all__ = [
    "LABELS",
    "MusicModels",
    "MusicModelsAnswerError",
    "MusicModelsFailedError",
    "MusicModelsUnavailableError",
    "Segment",
    "Structure",
    "named_sections",
]
