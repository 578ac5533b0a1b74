"""Which program made a result: part of the key under which results are cached."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

import lyric_timing
import song_audio
import sow_analysis

_SERVICE_ONLY = {
    "api",
    "database",
    "jobs",
    "songs",
    "worker",
    "child",
    "storage",
    "fetching.py",
    "caches",
    "music.py",
    "sections.py",
}
"""What of `sow_analysis` has no part in the timing of lyrics."""


@cache
def pipeline_version(pipeline: str) -> str:
    """A digest of the pipeline's name and of the source of all that may take part in it.

    So a changed program never finds an older one's results, and nobody has to remember to count a number up.
    """
    digest = hashlib.sha256(pipeline.encode())
    for package in (lyric_timing, song_audio, sow_analysis):
        root = Path(package.__file__ or "").parent
        for path in sorted(root.rglob("*.py")):
            if path.relative_to(root).parts[0] not in _SERVICE_ONLY:
                digest.update(path.relative_to(root).as_posix().encode())
                digest.update(path.read_bytes())
    return digest.hexdigest()[:16]
