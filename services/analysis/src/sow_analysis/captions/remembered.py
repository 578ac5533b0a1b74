"""Remembers on disk what a video's captions say, and what it has no captions for, so that neither is asked for again.

Nothing is remembered for ever: captions are corrected, and a video may get some. How long depends on the reason.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass

from pydantic import TypeAdapter, ValidationError

from lyric_timing.heard import Heard
from lyric_timing.language import language_code
from sow_analysis.caches.disk import DiskCache
from sow_analysis.captions.clock import Clock
from sow_analysis.captions.errors import Lack, NoCaptionsError

_VERSION = 2
"""Of what is made of a track; count up when that changes."""
_DAY = 24 * 3600.0
_KEPT = 60 * _DAY
_REFUSAL_KEPT = {
    Lack.INVALID: 365 * _DAY,
    Lack.REMOVED: 180 * _DAY,
    Lack.PRIVATE: 30 * _DAY,
    Lack.AGE_RESTRICTED: 90 * _DAY,
    Lack.DISABLED: 30 * _DAY,
    Lack.LANGUAGE: 30 * _DAY,
    Lack.EMPTY: 30 * _DAY,
    Lack.UNPLAYABLE: 3 * _DAY,
    Lack.GUARDED: 3 * _DAY,
}
"""Unplayable may mean a first showing that is still to come."""
_BY_LANGUAGE = frozenset({Lack.LANGUAGE, Lack.EMPTY})
"""Holds for the language that was asked for; the others hold for the video."""


@dataclass(frozen=True, slots=True)
class _Entry:
    expires: float
    """Seconds since 1970."""
    heard: Heard | None = None
    lack: Lack | None = None
    message: str = ""


_ADAPTER = TypeAdapter(_Entry)


class Remembered:
    """Captions by video and language. No method fails for a reason of the disk's: a damaged entry is a miss."""

    def __init__(self, disk: DiskCache, clock: Clock) -> None:
        self._disk = disk
        self._clock = clock

    def recall(self, video: str, language: str | None) -> Heard | None:
        """The captions, if they are known and not too old.

        Raises:
            NoCaptionsError: it is known that there are none.
        """
        for digest in (_digest(video, language), _digest(video, _ANY)):
            entry = self._entry(digest)
            if entry is not None and entry.lack is not None:
                raise NoCaptionsError(entry.lack, entry.message)
            if entry is not None and entry.heard is not None:
                return entry.heard
        return None

    def keep(self, video: str, language: str | None, heard: Heard) -> None:
        """Remember captions."""
        self._put(_digest(video, language), _Entry(self._clock.wall() + _KEPT, heard))

    def keep_refusal(self, video: str, language: str | None, error: NoCaptionsError) -> None:
        """Remember that there are none."""
        digest = _digest(video, language if error.lack in _BY_LANGUAGE else _ANY)
        self._put(digest, _Entry(self._clock.wall() + _REFUSAL_KEPT[error.lack], None, error.lack, str(error)))

    def _entry(self, digest: str) -> _Entry | None:
        data = self._disk.get(digest)
        if data is None:
            return None
        try:
            entry = _ADAPTER.validate_json(data)
        except ValidationError:  # written by a version that had other fields
            self._disk.discard(digest)
            return None
        return entry if self._clock.wall() < entry.expires else None

    def _put(self, digest: str, entry: _Entry) -> None:
        self._disk.put(digest, _ADAPTER.dump_json(entry))


_ANY = "any"


def _digest(video: str, language: str | None) -> str:
    tag = language if language == _ANY else language_code(language)
    key = {"kind": "captions", "version": _VERSION, "video": video, "language": tag}
    return hashlib.sha256(json.dumps(key, sort_keys=True).encode("ascii")).hexdigest()
