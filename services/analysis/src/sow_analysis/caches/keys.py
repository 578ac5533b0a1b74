"""What a cached value depends on: all of it, and nothing that does not change the value.

A key's digest covers its kind and every field by name, in one canonical JSON. So a field that is added later changes
every digest, and an old value is never found under a new meaning.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields

Scalar = str | int | float | bool | None
Setting = Scalar | tuple[Scalar, ...] | list[Scalar]


@dataclass(frozen=True, slots=True)
class TranscriptionKey:
    """What was heard depends on the sound, the ear, and how the ear was set."""

    content_hash: str
    """SHA-256 of the recording's bytes. Never its name."""
    model: str
    """The model's name, with its revision if it has several."""
    language: str | None
    stem: str
    """What was listened to: `mix`, or the stem and the model that made it, e.g. `vocals:spleeter`."""
    settings: Mapping[str, Setting] = field(default_factory=dict[str, Setting])
    """Everything else that changes the tokens: beam size, voice detection, prompt, precision."""
    version: str = "1"
    """Of our own code around the model."""

    @property
    def digest(self) -> str:
        """64 hexadecimal digits that are the same for equal keys only, whatever the order of `settings`."""
        return _digest("transcription", self)


@dataclass(frozen=True, slots=True)
class VoiceKey:
    """A separated voice depends on the sound and on what separated it."""

    content_hash: str
    """SHA-256 of the recording's bytes. Never its name."""
    model: str
    version: str
    """Of our own code around the model."""

    @property
    def digest(self) -> str:
        """64 hexadecimal digits that are the same for equal keys only."""
        return _digest("voice", self)


@dataclass(frozen=True, slots=True)
class ResultKey:
    """Timed lyrics depend on the sound, the words, the options, and the whole pipeline's version."""

    content_hash: str
    """SHA-256 of the recording's bytes. Never its name."""
    lyrics_hash: str
    """SHA-256 of the lyrics as they were given, in UTF-8; see `hash_text`."""
    options: Mapping[str, Setting]
    """Everything that a caller can ask for that changes the result: language, engines, models, YouTube URL, title."""
    pipeline_version: str

    @property
    def digest(self) -> str:
        """64 hexadecimal digits that are the same for equal keys only, whatever the order of `options`."""
        return _digest("result", self)

    @staticmethod
    def hash_text(lyrics: str) -> str:
        """SHA-256 of lyrics in UTF-8, as hexadecimal digits. Lone surrogates count too."""
        return hashlib.sha256(lyrics.encode("utf-8", "surrogatepass")).hexdigest()


def _digest(kind: str, key: TranscriptionKey | VoiceKey | ResultKey) -> str:
    values: dict[str, object] = {each.name: getattr(key, each.name) for each in fields(key)}
    text = json.dumps({"kind": kind, **values}, sort_keys=True, separators=(",", ":"), default=_plain)
    return hashlib.sha256(text.encode("ascii")).hexdigest()


def _plain(value: Mapping[str, Setting]) -> dict[str, Setting]:
    return dict(value)  # JSON knows no other mapping than a dict
