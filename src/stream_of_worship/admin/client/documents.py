"""What the service sends, as typed documents. What a newer service adds is kept, and printed by `--json`."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

OPEN = ("queued", "waiting", "processing")
FINAL = ("completed", "failed", "cancelled")
"""The states of a job; it never leaves one of these."""


class Document(BaseModel):
    """Base class. Unknown fields stay."""

    model_config = ConfigDict(extra="allow", frozen=True)

    def plain(self) -> dict[str, Any]:
        """For JSON, as it came."""
        return self.model_dump(mode="json", exclude_unset=True)


class Upload(Document):
    """A recording that the service holds."""

    audio_url: str
    content_hash: str
    duration_seconds: float | None = None


class Stem(Document):
    """One stem of a song; `size` is in bytes."""

    name: str
    model: str
    size: int
    url: str


class StemList(Document):
    """All of them."""

    stems: list[Stem]


class JobAttempt(Document):
    """One engine's turn at one step."""

    step: str
    engine: str
    outcome: str
    seconds: float = 0.0
    reason: str | None = None


class Fault(Document):
    """Why a job failed: `code` is stable, `message` is meant for people."""

    code: str = "job_failed"
    message: str = ""


class JobResult(Document):
    """What a job has brought, apart from lyrics or analysis: `doubtful` are the places of the lines to look at."""

    version: int | None = None
    is_current: bool = True
    confidence: float | None = None
    doubtful: list[int] = Field(default_factory=list[int])
    tempo_bpm: float | None = None
    tempo_confidence: float | None = None
    key: str | None = None
    key_confidence: float | None = None
    time_signature: str | None = None
    stem_model: str | None = None


class Job(Document):
    """One piece of work and how it stands."""

    id: str
    kind: str = "lrc"
    status: str
    stage: str | None = None
    progress: float = 0.0
    content_hash: str | None = None
    song_title: str | None = None
    label: str | None = None
    attempts: list[JobAttempt] = Field(default_factory=list[JobAttempt])
    warnings: list[str] = Field(default_factory=list[str])
    result: JobResult | None = None
    error: Fault | None = None
    retry_at: datetime | None = None
    created_at: datetime | None = None
    started_at: datetime | None = None
    finished_at: datetime | None = None

    @property
    def song(self) -> str:
        """What to call the song in a list."""
        return self.song_title or self.label or (self.content_hash or "")[:12]

    @property
    def is_final(self) -> bool:
        return self.status in FINAL


class JobPage(Document):
    """Some of the jobs, newest first."""

    jobs: list[Job]
    next: str | None = None


class LyricsVersion(Document):
    """One of the kept versions of a song's lyrics."""

    version: int
    etag: str | None = None
    source: str | None = None
    job_id: str | None = None
    is_current: bool = False
    created_at: datetime | None = None


class LyricsVersions(Document):
    """All of them."""

    versions: list[LyricsVersion]


class Check(Document):
    """How one thing that the service depends on is."""

    ok: bool
    detail: str | None = None
    optional: bool = False


class Readiness(Document):
    """Whether the service can work, and each thing that it depends on."""

    ready: bool
    checks: dict[str, Check] = Field(default_factory=dict[str, Check])
