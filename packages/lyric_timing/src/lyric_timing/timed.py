"""Timed lyrics: the result of the whole system. Lines in sung order, each with its timed words."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TimedWord:
    """One word as printed, with its onset and offset in seconds."""

    text: str
    start: float
    end: float
    confidence: float | None = None
    """0 (a guess) to 1 (sure); None when nothing is known, as in a file read from elsewhere."""
    source: str | None = None
    """Name of the engine that placed it, e.g. `whisper-align`, `pocketsphinx`, `interpolated`."""


@dataclass(frozen=True, slots=True)
class TimedLine:
    """One sung line. Its words, in order, make up `text` but for the white space between them.

    `words` may be empty where only the line's time is known (a plain LRC file).
    """

    text: str
    start: float
    end: float
    words: tuple[TimedWord, ...] = ()
    confidence: float | None = None
    source: str | None = None
    sheet_line: int | None = None
    """Index into `LyricSheet.lines` of the line that is sung here; repeats share it."""
    section: str | None = None
    """The section heading as printed, if the sheet has one."""


@dataclass(frozen=True, slots=True)
class TimedLyrics:
    """All sung lines in order of time."""

    lines: tuple[TimedLine, ...]
    duration: float | None = None
    """Length of the recording in seconds."""
    title: str | None = None
    artist: str | None = None
    album: str | None = None
    language: str | None = None
