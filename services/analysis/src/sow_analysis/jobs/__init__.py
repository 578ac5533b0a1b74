"""Jobs: what they are, where they are kept, and how workers hear of them.

from sow_analysis.jobs import JobStore
submission = await JobStore(database).submit(JobKind.LRC, request)
"""

from sow_analysis.jobs.model import EventKind, Job, JobEvent, JobKind, JobStatus, Submission, Ticket
from sow_analysis.jobs.news import News
from sow_analysis.jobs.queue import DocketQueue, JobQueue
from sow_analysis.jobs.retry import Backoff
from sow_analysis.jobs.store import JobStore, Outcome, Rules
from sow_analysis.jobs.sweep import Sweeper
from sow_analysis.jobs.upkeep import Upkeep

__all__ = [
    "Backoff",
    "DocketQueue",
    "EventKind",
    "Job",
    "JobEvent",
    "JobKind",
    "JobQueue",
    "JobStatus",
    "JobStore",
    "News",
    "Outcome",
    "Rules",
    "Submission",
    "Sweeper",
    "Ticket",
    "Upkeep",
]
