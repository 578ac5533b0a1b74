"""Models by name: what there are, where they come from, and the store that keeps them.

from sow_analysis.models import ModelStore
folder = ModelStore().get("whisper-base")
"""

from sow_analysis.models.catalogue import CATALOGUE
from sow_analysis.models.hub import Hub
from sow_analysis.models.manifest import Conversion, Converter, Model
from sow_analysis.models.npm import Npm
from sow_analysis.models.packages import Member, Packages
from sow_analysis.models.sources import Folder, ModelFile, Report, Source, SourceError
from sow_analysis.models.store import ModelState, ModelStatus, ModelStore, Progress

__all__ = [
    "CATALOGUE",
    "Conversion",
    "Converter",
    "Folder",
    "Hub",
    "Member",
    "Model",
    "ModelFile",
    "ModelState",
    "ModelStatus",
    "ModelStore",
    "Npm",
    "Packages",
    "Progress",
    "Report",
    "Source",
    "SourceError",
]
