"""Takes the singing voice out of a recording, so that what follows hears the words and not the band."""

from collections.abc import Mapping
from types import MappingProxyType

from sow_analysis.separation.separator import MODEL, Separator

STEM_MODELS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "spleeter-2stems": ("vocals", "accompaniment"),
        "htdemucs": ("drums", "bass", "other", "vocals"),
    }
)
DEFAULT_STEM_MODEL = MODEL
VOCALS = "vocals"

__all__ = ["MODEL", "Separator"]
