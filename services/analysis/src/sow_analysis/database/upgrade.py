"""Brings the tables up to date when the service starts.

Several processes may start at once: they take turns, by an advisory lock in PostgreSQL and by a lock file beside
SQLite's file. Whoever comes second finds nothing left to do.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from filelock import FileLock
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import AsyncEngine

MIGRATIONS = Path(__file__).parent / "migrations"
WRITES = "sow_writes"
"""The execution option of connections whose transactions write."""
_LOCK_NUMBER = 7_069_736_118
"""Any number that no other program takes: the key of the advisory lock."""


async def upgrade(engine: AsyncEngine) -> None:
    """Run the migrations that this database has not seen."""
    async with _alone(engine), engine.connect() as plain:
        connection = await plain.execution_options(**{WRITES: True})
        await connection.run_sync(_upgrade)
        await connection.commit()


def config() -> Config:
    """The migrations' configuration, with no file of its own."""
    made = Config()
    made.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    return made


def _upgrade(connection: Connection) -> None:
    made = config()
    made.attributes["connection"] = connection
    command.upgrade(made, "head")


@asynccontextmanager
async def _alone(engine: AsyncEngine) -> AsyncGenerator[None]:
    if engine.dialect.name == "sqlite":
        database = engine.url.database
        if not database:  # in memory: nobody else has it
            yield
            return
        lock = FileLock(f"{database}.upgrade.lock", thread_local=False)
        await asyncio.to_thread(lock.acquire)
        try:
            yield
        finally:
            lock.release()
        return
    async with engine.connect() as connection:
        await connection.execute(text("SELECT pg_advisory_lock(:number)"), {"number": _LOCK_NUMBER})
        try:
            yield
        finally:
            await connection.execute(text("SELECT pg_advisory_unlock(:number)"), {"number": _LOCK_NUMBER})
