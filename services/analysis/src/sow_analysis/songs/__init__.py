"""Songs: their recordings, the versions of their timed lyrics, their analyses, and their stems.

from sow_analysis.songs import SongStore
version = await SongStore(database).current(content_hash)
"""

from sow_analysis.songs.analyses import AnalysisStore, StoredAnalysis
from sow_analysis.songs.errors import (
    AnalysisNotFoundError,
    EditedMeanwhileError,
    LyricsNotFoundError,
    PreconditionMissingError,
    RecordingNotFoundError,
    StemNotFoundError,
)
from sow_analysis.songs.lyrics import LyricsStore, Origin, Version, VersionInfo
from sow_analysis.songs.publishing import Publisher
from sow_analysis.songs.recordings import Recording, RecordingStore
from sow_analysis.songs.stems import StemStore, StoredStem

__all__ = [
    "AnalysisNotFoundError",
    "AnalysisStore",
    "EditedMeanwhileError",
    "LyricsNotFoundError",
    "LyricsStore",
    "Origin",
    "PreconditionMissingError",
    "Publisher",
    "Recording",
    "RecordingNotFoundError",
    "RecordingStore",
    "StemNotFoundError",
    "StemStore",
    "StoredAnalysis",
    "StoredStem",
    "Version",
    "VersionInfo",
]
