"""What need not be worked out twice: what was heard in a recording, and the timed lyrics of a song.

caches = open_caches(settings)
heard = caches.transcriptions.get(key)
"""

from sow_analysis.caches.disk import CacheCounts, DiskCache
from sow_analysis.caches.keys import ResultKey, TranscriptionKey, VoiceKey
from sow_analysis.caches.values import (
    Caches,
    CacheSettings,
    ResultCache,
    SongMemory,
    TranscriptionCache,
    open_caches,
)

__all__ = [
    "CacheCounts",
    "CacheSettings",
    "Caches",
    "DiskCache",
    "ResultCache",
    "ResultKey",
    "SongMemory",
    "TranscriptionCache",
    "TranscriptionKey",
    "VoiceKey",
    "open_caches",
]
