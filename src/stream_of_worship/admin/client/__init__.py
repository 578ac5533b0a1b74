"""The Analysis Service's API from the caller's side.

    with connect("http://127.0.0.1:8000", key) as service:
        upload = service.upload(Path("song.mp3"))
        job = service.submit_lrc(LrcRequest(upload.audio_url, words, upload.content_hash))
        for job in service.follow(job):
            print(job.stage, job.progress)

A caller that stops waiting, or loses the connection, changes nothing about a job.
"""

from stream_of_worship.admin.client.connection import Connection, Notify
from stream_of_worship.admin.client.documents import (
    FINAL,
    Check,
    Document,
    Fault,
    Job,
    JobAttempt,
    JobPage,
    JobResult,
    LyricsVersion,
    Readiness,
    Stem,
    Upload,
)
from stream_of_worship.admin.client.service import (
    HASH,
    AnalysisClient,
    AnalysisRequest,
    LrcRequest,
    Lyrics,
    completed,
)

__all__ = [
    "FINAL",
    "HASH",
    "AnalysisClient",
    "AnalysisRequest",
    "Check",
    "Document",
    "Fault",
    "Job",
    "JobAttempt",
    "JobPage",
    "JobResult",
    "LrcRequest",
    "Lyrics",
    "LyricsVersion",
    "Readiness",
    "Stem",
    "Upload",
    "completed",
    "connect",
]


def connect(
    server: str,
    key: str | None = None,
    *,
    patience: float = 60.0,
    notify: Notify = lambda _: None,
    pause: float = 0.5,
) -> AnalysisClient:
    """A client of the service at `server`. Nothing is sent yet.

    Args:
        server: its address, such as `http://127.0.0.1:8000`.
        key: its API key, if it has one.
        patience: seconds to go on asking when it stops answering.
        notify: told in a line why something takes longer.
        pause: seconds before the first new try after a broken connection; doubles each time.

    Raises:
        UsageError: `server` is no address.
    """
    return AnalysisClient(Connection(server, key, patience=patience, notify=notify, pause=pause))
