"""Every `code` of a problem that the API answers with. They are stable: programs may go by them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from types import MappingProxyType

from song_audio.errors import CodedError
from sow_web.problems import COMMON_KINDS, ProblemKind, Problems

from qwen3_align.busy import BusyError
from qwen3_align.errors import AlignError

KNOWN = (AlignError, CodedError)
"""Base classes of the errors that are raised on purpose."""

PROBLEMS: Mapping[str, ProblemKind] = MappingProxyType(
    {
        **COMMON_KINDS,
        # The recording
        "audio_unreadable": ProblemKind(422, "The file is not a recording"),
        "audio_too_long": ProblemKind(413, "The recording is too long"),
        "audio_silent": ProblemKind(422, "There is nothing to hear"),
        "url_refused": ProblemKind(422, "This URL is not fetched"),
        "address_refused": ProblemKind(422, "The URL leads to a place that is not asked"),
        "fetch_rejected": ProblemKind(422, "The recording's server does not give it"),
        "fetch_too_large": ProblemKind(413, "The recording is too large"),
        "fetch_unavailable": ProblemKind(502, "The recording's server cannot be reached"),
        "fetch_too_slow": ProblemKind(502, "The recording did not arrive in time"),
        # What is sung
        "text_unusable": ProblemKind(422, "The lyrics cannot be used"),
        "language_unsupported": ProblemKind(422, "The model does not know the language"),
        "windows_invalid": ProblemKind(422, "The windows cannot be used"),
        "unusable_clip": ProblemKind(422, "A stretch of the song is not what the model reads"),
        # The service
        "model_loading": ProblemKind(503, "The model is not ready yet"),
        "model_failed": ProblemKind(503, "The model failed"),
        "model_not_loaded": ProblemKind(503, "The model was unloaded meanwhile"),
        "saturated": ProblemKind(503, "Too much is at work already"),
    }
)
problems = Problems(PROBLEMS)


def explain(error: Exception) -> tuple[str, str]:
    """The code of an error and what to tell the caller of it."""
    if isinstance(error, KNOWN):
        return error.code, str(error)
    return "internal_error", f"{type(error).__name__}: a fault of the program. The service's log tells more."


def retry_after(error: BusyError) -> dict[str, str]:
    """The header that says when to ask again."""
    return {"Retry-After": str(max(1, math.ceil(error.retry_seconds)))}
