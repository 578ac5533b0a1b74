"""Every `code` of a problem that the API answers with. They are stable: programs may go by them."""

from __future__ import annotations

from sow_web.problems import COMMON, ProblemKind, Problems

PROBLEMS = Problems(
    {
        **COMMON,
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
        # Analyses
        "analysis_not_found": ProblemKind(404, "The song was not analysed"),
        "stem_not_found": ProblemKind(404, "There is no such stem"),
        "not_offered": ProblemKind(422, "The service does not offer that"),
        # Jobs
        "job_not_found": ProblemKind(404, "There is no such job"),
        "job_finished": ProblemKind(409, "The job has ended"),
        "queue_full": ProblemKind(429, "Too many jobs are open"),
        # The service
        "engine_crashed": ProblemKind(503, "The work was interrupted"),
        "storage_failed": ProblemKind(503, "The storage cannot be reached"),
    }
)

responses = PROBLEMS.responses
