"""The names of objects: where each thing of a song lies, and what a name may look like at all.

    {content_hash}/audio.{suffix}       the recording as it was given
    {content_hash}/stems/{model}/{name}.flac    one stem of it, and the model that made it
    {content_hash}/lyrics.{format}      the current timed lyrics
    {content_hash}/versions/{n}.json    version n of the timed lyrics
    {content_hash}/analysis.json        what the song is like as music

A song's folder is its whole SHA-256. A prefix of 12 digits would do against accident (48 bits: a library of 100,000
songs has one chance in 56,000 of a clash), but not against intent: anyone who may upload finds two files with the same
48 bits in 2^24 tries, seconds of work, and could so put one recording under another song's lyrics.

Keys hold ASCII letters, digits, `.`, `_`, `-` and single `/` only. Every storage keeps such keys apart from one another
as they stand: no percent-encoding, no Unicode normal forms, no `..`, no hidden or temporary files, no names that
Windows strips. (Letters that differ only in case are two keys on S3 and one on some disks; our own are lower case.)
"""

from __future__ import annotations

import re

from sow_analysis.errors import ObjectKeyError

MAX_KEY_LENGTH = 512
"""Characters; S3 allows 1024 bytes, of which a bucket's prefix takes some."""
_MAX_PART_LENGTH = 200

_PART = re.compile(r"[A-Za-z0-9_-](?:[A-Za-z0-9._-]*[A-Za-z0-9_-])?", re.ASCII)
_CONTENT_HASH = re.compile(r"[0-9a-f]{64}", re.ASCII)
_SUFFIX = re.compile(r"[a-z0-9]{1,10}", re.ASCII)
_AUDIO = re.compile(r"[0-9a-f]{64}/audio\.[a-z0-9]{1,10}", re.ASCII)


def valid(key: str) -> str:
    """Give `key` back if it may name an object.

    Raises:
        ObjectKeyError: it is empty, too long, absolute, climbs out of its folder, or has another character in it.
    """
    if not key or len(key) > MAX_KEY_LENGTH or not all(map(_valid_part, key.split("/"))):
        raise ObjectKeyError(f"{key[:80]!r} cannot name an object.")
    return key


def content_hash(text: str) -> str:
    """Give a SHA-256 in 64 small hexadecimal digits back.

    Raises:
        ObjectKeyError: it is anything else.
    """
    if not _CONTENT_HASH.fullmatch(text):
        raise ObjectKeyError(f"{text[:80]!r} is not a SHA-256 in small hexadecimal digits.")
    return text


def audio(song: str, suffix: str) -> str:
    """Name the recording of a song: its content hash and the file's suffix, without a dot. Errors as for `valid`."""
    return f"{content_hash(song)}/audio.{_suffix(suffix)}"


def is_audio(key: str) -> bool:
    """Whether `key` names a song's recording."""
    return _AUDIO.fullmatch(key) is not None


def stem(song: str, model: str, name: str) -> str:
    """Name one stem, e.g. `vocals` by `htdemucs`. Errors as for `valid`."""
    for part in (model, name):
        if "/" in part:
            raise ObjectKeyError(f"{part[:80]!r} cannot name a stem or its model.")
    return valid(f"{content_hash(song)}/stems/{model}/{name}.flac")


def lyrics(song: str, format: str) -> str:
    """Name the current timed lyrics in one format, e.g. `lrc`. Errors as for `valid`."""
    return f"{content_hash(song)}/lyrics.{_suffix(format)}"


def version(song: str, number: int) -> str:
    """Name one version of the timed lyrics, counted from 1. Errors as for `valid`."""
    if number < 1:
        raise ObjectKeyError(f"There is no version {number}.")
    return f"{content_hash(song)}/versions/{number}.json"


def analysis(song: str) -> str:
    """Name the analysis of a song. Errors as for `valid`."""
    return f"{content_hash(song)}/analysis.json"


def _valid_part(part: str) -> bool:
    return len(part) <= _MAX_PART_LENGTH and _PART.fullmatch(part) is not None


def _suffix(text: str) -> str:
    if not _SUFFIX.fullmatch(text):
        raise ObjectKeyError(f"{text[:80]!r} is not a file suffix.")
    return text
