"""Sections, beats and stems from allin1 and Demucs, which live in a program of their own: services/music_models."""

from sow_analysis.music_models.answer import LABELS, Segment, Structure, named_sections
from sow_analysis.music_models.client import STEMS, MusicModels
from sow_analysis.music_models.joining import with_structure
from sow_analysis.music_models.running import Tell

__all__ = ["LABELS", "STEMS", "MusicModels", "Segment", "Structure", "Tell", "named_sections", "with_structure"]
