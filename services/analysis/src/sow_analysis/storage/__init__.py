"""Objects by key: recordings, stems and lyrics, in a local folder or in any S3.

storage = open_storage(settings)
await storage.put(keys.audio(content_hash, "mp3"), path, content_type="audio/mpeg")
"""

from sow_analysis.storage import keys
from sow_analysis.storage.opening import StorageSettings, open_storage
from sow_analysis.storage.store import Storage

__all__ = ["Storage", "StorageSettings", "keys", "open_storage"]
