"""Every `code` of a problem that the API answers with. They are stable: programs may go by them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class ProblemKind:
    """One kind of problem: its HTTP status, and what it is called."""

    status: int
    title: str


PROBLEMS: Mapping[str, ProblemKind] = MappingProxyType(
    {
        # The request
        "request_invalid": ProblemKind(422, "The request is not as it should be"),
        "key_missing": ProblemKind(401, "The API key is missing or wrong"),
        "host_refused": ProblemKind(403, "Without an API key, only this machine is served"),
        "not_found": ProblemKind(404, "There is nothing at this address"),
        "method_not_allowed": ProblemKind(405, "This address takes other methods"),
        "too_large": ProblemKind(413, "The request is too large"),
        "bad_request": ProblemKind(400, "The request cannot be read"),
        # Recordings
        "audio_not_found": ProblemKind(422, "The recording is not there"),
        "audio_unreadable": ProblemKind(422, "The file is not a recording"),
        "audio_too_long": ProblemKind(422, "The recording is too long"),
        "audio_silent": ProblemKind(422, "There is nothing to hear"),
        "recording_not_found": ProblemKind(422, "No such recording was uploaded"),
        # Lyrics
        "lyrics_unusable": ProblemKind(422, "The lyrics cannot be used"),
        "lyrics_not_found": ProblemKind(404, "There are no such lyrics"),
        "edited_meanwhile": ProblemKind(412, "The lyrics were changed meanwhile"),
        "precondition_missing": ProblemKind(428, "Say which version was edited"),
        # Jobs
        "job_not_found": ProblemKind(404, "There is no such job"),
        "job_finished": ProblemKind(409, "The job has ended"),
        "queue_full": ProblemKind(429, "Too many jobs are open"),
        # The service
        "engine_crashed": ProblemKind(503, "The work was interrupted"),
        "storage_failed": ProblemKind(503, "The storage cannot be reached"),
        "internal_error": ProblemKind(500, "The program failed"),
    }
)
