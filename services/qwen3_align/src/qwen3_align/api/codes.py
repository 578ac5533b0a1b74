"""Every `code` of a problem that the API answers with. They are stable: programs may go by them."""

from __future__ import annotations

from sow_web.problems import COMMON, ProblemKind, Problems

PROBLEMS = Problems(
    {
        **COMMON,
        # The recording
        "audio_not_found": ProblemKind(422, "The recording is not there"),
        "audio_unreadable": ProblemKind(422, "The file is not a recording"),
        "audio_too_long": ProblemKind(413, "The recording is too long"),
        "audio_silent": ProblemKind(422, "There is nothing to hear"),
        "fetch_failed": ProblemKind(422, "The recording could not be fetched"),
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
        "model_out_of_memory": ProblemKind(503, "The device has not enough memory"),
        "saturated": ProblemKind(503, "Too much is at work already"),
    }
)
