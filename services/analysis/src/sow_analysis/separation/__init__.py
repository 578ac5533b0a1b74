"""Takes songs apart: the singing voice, for engines that are to hear the words and not the band, and stems as files."""

from sow_analysis.separation.separator import MODEL, Separator
from sow_analysis.separation.stems import (
    BUILT_IN_STEM_MODELS,
    DEFAULT_STEM_MODEL,
    VOCALS,
    check_stem_model,
    separate_stems,
    separating_alone,
)

__all__ = [
    "BUILT_IN_STEM_MODELS",
    "DEFAULT_STEM_MODEL",
    "MODEL",
    "VOCALS",
    "Separator",
    "check_stem_model",
    "separate_stems",
    "separating_alone",
]
