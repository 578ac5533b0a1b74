"""Every table. Times are seconds since 1970 in UTC; what has a shape of its own is JSON."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_label)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

OPEN = text("status IN ('queued', 'waiting', 'processing')")
"""Which jobs are not in a final state, for the indexes below."""

ENDED = text("finished_at IS NOT NULL")
"""Which jobs are."""

recordings = Table(
    "recordings",
    metadata,
    Column("content_hash", String(64), primary_key=True),
    Column("storage_key", Text, nullable=False),
    Column("size", Integer, nullable=False),
    Column("duration", Float),
    Column("created_at", Float, nullable=False),
)
"""Recordings that were uploaded, and where they lie in the storage."""

jobs = Table(
    "jobs",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("kind", String(16), nullable=False),
    Column("status", String(16), nullable=False),
    Column("fingerprint", String(64), nullable=False),
    Column("request", JSON, nullable=False),
    Column("content_hash", String(64), index=True),
    Column("label", String(300)),
    Column("stage", String(32)),
    Column("progress", Float, nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("failures", Integer, nullable=False),
    Column("lost_leases", Integer, nullable=False),
    Column("lease", String(32)),
    Column("lease_until", Float),
    Column("holder", String(64)),
    Column("not_before", Float, nullable=False),
    Column("engines", JSON, nullable=False),
    Column("warnings", JSON, nullable=False),
    Column("result", JSON),
    Column("error", JSON),
    Column("created_at", Float, nullable=False),
    Column("started_at", Float),
    Column("finished_at", Float),
    Column("updated_at", Float, nullable=False),
    Index(
        "uq_jobs_open_fingerprint",
        "fingerprint",
        unique=True,
        sqlite_where=OPEN,
        postgresql_where=OPEN,
    ),
    Index("ix_jobs_open", "kind", "not_before", "id", sqlite_where=OPEN, postgresql_where=OPEN),
    Index("ix_jobs_status", "status", "id"),
    Index("ix_jobs_finished_at", "finished_at", sqlite_where=ENDED, postgresql_where=ENDED),
)
"""One row for each job. It is the truth: the queue only carries ids."""

job_events = Table(
    "job_events",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("job_id", String(32), ForeignKey("jobs.id", ondelete="CASCADE"), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("data", JSON, nullable=False),
    Column("created_at", Float, nullable=False),
    Index("ix_job_events_job", "job_id", "id"),
    sqlite_autoincrement=True,
)
"""What happened to each job, in order. An event is written in the transaction that changes its job's row, so a job's
events become visible in the order of their ids."""

songs = Table(
    "songs",
    metadata,
    Column("content_hash", String(64), primary_key=True),
    Column("current", Integer, nullable=False),
    Column("newest", Integer, nullable=False),
)
"""Which version of a song's lyrics is the current one; 0 when there is none yet."""

lyrics_versions = Table(
    "lyrics_versions",
    metadata,
    Column("content_hash", String(64), ForeignKey("songs.content_hash", ondelete="CASCADE"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("origin", String(16), nullable=False),
    Column("job_id", String(32)),
    Column("document", Text, nullable=False),
    Column("digest", String(64), nullable=False),
    Column("published", Boolean, nullable=False),
    Column("created_at", Float, nullable=False),
    UniqueConstraint("job_id"),
    Index("ix_lyrics_versions_published", "published"),
)
"""Every version of every song's timed lyrics, as our JSON. One job makes one version at most: `job_id` is unique."""
