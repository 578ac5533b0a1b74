"""Takes the singing voice out of a recording, so that what follows hears the words and not the band."""

from sow_analysis.separation.separator import MODEL, Separator

__all__ = ["MODEL", "Separator"]
