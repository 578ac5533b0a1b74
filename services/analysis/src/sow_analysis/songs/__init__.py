"""Songs: their recordings, the versions of their timed lyrics, and their analyses.

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
)
from sow_analysis.songs.lyrics import LyricsStore, Origin, Version, VersionInfo
from sow_analysis.songs.publishing import Publisher
from sow_analysis.songs.recordings import Recording, RecordingStore

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
    "StoredAnalysis",
    "Version",
    "VersionInfo",
]
