"""Windows that the caller gives: stretches of the recording whose lines are known."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from qwen3_align.errors import WindowsInvalidError

_BEYOND_SECONDS = 0.5
"""A window may reach so far beyond the recording; decoders differ about its end."""


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of the recording, in seconds, and the lines that are sung in it, as they are printed."""

    start: float
    end: float
    lines: tuple[str, ...]


def held_within(windows: Sequence[Window], seconds: float) -> tuple[Window, ...]:
    """The windows, none beyond the end of a recording of so many seconds. Neighbours may overlap.

    Raises:
        WindowsInvalidError: a window has no length, lies outside the recording, or begins or ends before the one
            before it does.
    """
    if not windows:
        raise WindowsInvalidError("There are no windows. Give one at least, or leave them out.")
    for number, window in enumerate(windows, start=1):
        span = f"Window {number} ({window.start:g} to {window.end:g} s)"
        if not (math.isfinite(window.start) and math.isfinite(window.end)):
            raise WindowsInvalidError(f"{span} needs a start and an end in seconds.")
        if window.end <= window.start:
            raise WindowsInvalidError(f"{span} must end after it starts.")
        if window.start < 0 or window.start >= seconds or window.end > seconds + _BEYOND_SECONDS:
            raise WindowsInvalidError(f"{span} lies outside the recording, which has {seconds:.2f} s.")
    for number, (before, window) in enumerate(pairwise(windows), start=2):
        if window.start < before.start or window.end < before.end:
            raise WindowsInvalidError(
                f"Window {number} ({window.start:g} to {window.end:g} s) begins or ends before window {number - 1} "
                f"({before.start:g} to {before.end:g} s) does. Give windows in the order in which they are sung."
            )
    return tuple(Window(window.start, min(window.end, seconds), tuple(window.lines)) for window in windows)
