"""Jobs: what to call them, which process holds their lease, and an index for the deletion of those that ended."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_ENDED = sa.text("finished_at IS NOT NULL")


def upgrade() -> None:
    """Go forward."""
    op.add_column("jobs", sa.Column("label", sa.String(300)))
    op.add_column("jobs", sa.Column("holder", sa.String(64)))
    op.create_index("ix_jobs_finished_at", "jobs", ["finished_at"], sqlite_where=_ENDED, postgresql_where=_ENDED)


def downgrade() -> None:
    """Go back."""
    op.drop_index("ix_jobs_finished_at", "jobs")
    op.drop_column("jobs", "holder")
    op.drop_column("jobs", "label")
