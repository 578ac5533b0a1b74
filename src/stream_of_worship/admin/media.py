"""Telling a recording from a text by its first bytes and its name."""

from __future__ import annotations

from pathlib import Path

SUFFIXES = frozenset(
    f".{name}"
    for names in (
        "aac ac3 aif aiff amr ape caf flac m4a m4b mka mp2 mp3 oga ogg opus wav wma wv",
        "avi mkv mov mp4 mpeg mpg ogv webm wmv",
    )
    for name in names.split()
)
"""Of sound, and of video."""
MAGIC = (b"ID3", b"OggS", b"fLaC", b"\x1aE\xdf\xa3", b"\xff\xfb", b"\xff\xf3", b"\xff\xf2", b"\xff\xf1", b"\xff\xf9")
CHUNKED = ((b"RIFF", b"WAVE"), (b"RIFF", b"AVI "), (b"FORM", b"AIF"))
"""What starts at byte 0, and at byte 8."""


def looks_like_media(path: Path) -> bool:
    """Whether `path` is, by its content or else its suffix, sound or video. A guess, good enough for advice.

    Raises:
        OSError: the file cannot be read.
    """
    with path.open("rb") as file:
        head = file.read(16)
    if head.startswith(MAGIC) or head[4:8] == b"ftyp":
        return True
    if any(head.startswith(first) and head[8:].startswith(second) for first, second in CHUNKED):
        return True
    return path.suffix.lower() in SUFFIXES
