"""The roadmap: which line of the sheet is sung when, in sung order, with repeats and skips."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SungLine:
    """One singing of one line. Times are in seconds and may be rough."""

    line: int
    """Index into `LyricSheet.lines`; a repeat has the same index again."""
    start: float
    end: float
    onsets: tuple[float | None, ...]
    """For each word of the line its onset; None where there is no evidence for it."""
    confidence: float
    """0 (only the order of the sheet speaks for it) to 1 (every word was heard where it should be)."""


@dataclass(frozen=True, slots=True)
class Roadmap:
    """The sung order of a whole recording. `lines` is ordered by start."""

    lines: tuple[SungLine, ...]
    source: str
    """Name of what charted it, e.g. `matcher`, `pocketsphinx`, `as-written`."""
