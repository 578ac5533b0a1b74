"""Every error that this package raises on purpose."""


class MusicAnalysisError(Exception):
    """Base class: the input, not the program, is at fault. The message is meant for the user."""


class SoundError(MusicAnalysisError):
    """The samples cannot be analysed: not an array of one or two channels, not finite, or at an unusable rate."""


class DocumentError(MusicAnalysisError):
    """A music analysis cannot be read."""


class EngineError(MusicAnalysisError):
    """An optional engine cannot be used: it is not installed, or its licence was not accepted."""
