"""What can go wrong with a job apart from its work."""

from __future__ import annotations

from sow_analysis.errors import AnalysisError


class JobNotFoundError(AnalysisError):
    """There is no job of this id."""

    code = "job_not_found"


class JobFinishedError(AnalysisError):
    """The job has ended, so it cannot be cancelled."""

    code = "job_finished"


class QueueFullError(AnalysisError):
    """More jobs are open than the settings allow."""

    code = "queue_full"


class LeaseLostError(AnalysisError):
    """The job was cancelled, or given to another worker: whatever this one has done is void."""

    code = "lease_lost"


class WorkerLostError(AnalysisError):
    """The job's workers vanished again and again."""

    code = "worker_lost"


class EngineCrashedError(AnalysisError):
    """The process that did the work died."""

    code = "engine_crashed"
    retryable = True


class TookTooLongError(AnalysisError):
    """The work was stopped because its time was up."""

    code = "took_too_long"
