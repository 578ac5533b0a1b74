"""Why the service cannot answer now, though it may later: each of these says when to ask again."""

from __future__ import annotations

from typing import ClassVar

from qwen3_align.errors import AlignError


class BusyError(AlignError):
    """Base class. `retry_seconds` is when asking again makes sense."""

    code: ClassVar[str] = "saturated"
    retryable: ClassVar[bool] = True

    def __init__(self, message: str, retry_seconds: float = 5.0) -> None:
        super().__init__(message)
        self.retry_seconds = retry_seconds


class SaturatedError(BusyError):
    """As many requests, or as much sound, are at work or waiting as are allowed."""


class ModelLoadingError(BusyError):
    """The model is not there yet: it is being fetched or read."""

    code: ClassVar[str] = "model_loading"


class ModelFailedError(BusyError):
    """The model could not be loaded, or failed at its work. The message has the reason."""

    code: ClassVar[str] = "model_failed"
