"""Songs: their recordings, and the versions of their timed lyrics.

from sow_analysis.songs import SongStore
version = await SongStore(database).current(content_hash)
"""

from sow_analysis.songs.errors import (
    EditedMeanwhileError,
    LyricsNotFoundError,
    PreconditionMissingError,
    RecordingNotFoundError,
)
from sow_analysis.songs.lyrics import LyricsStore, Origin, Version, VersionInfo
from sow_analysis.songs.publishing import Publisher
from sow_analysis.songs.recordings import Recording, RecordingStore

__all__ = [
    "EditedMeanwhileError",
    "LyricsNotFoundError",
    "LyricsStore",
    "Origin",
    "PreconditionMissingError",
    "Publisher",
    "Recording",
    "RecordingNotFoundError",
    "RecordingStore",
    "Version",
    "VersionInfo",
]
