"""Every error that this package raises on purpose."""


class LyricTimingError(Exception):
    """Base class: the input, not the program, is at fault. The message is meant for the user."""


class LyricsError(LyricTimingError):
    """The lyrics cannot be used: empty, not text, or beyond the limits."""


class FormatError(LyricTimingError):
    """A timed-lyrics file cannot be read, or its format is not known."""


class MetricsError(LyricTimingError):
    """Reference or predicted times cannot be scored."""
