"""Connections: SQLite in one file by default, PostgreSQL by URL.

SQLite lets one transaction write at a time and fails one that began by reading and then finds itself overtaken. So a
writing transaction says at its start that it will write (`BEGIN IMMEDIATE`), and the writers of one process queue up at
a lock of their own, which is fairer than SQLite's polling. Readers never wait: the log is written ahead (WAL).
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager, nullcontext
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, bindparam, event, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.sql.dml import ReturningInsert

from sow_analysis.database.upgrade import WRITES, upgrade

_CACHE_KILOBYTES = 256
_BUSY_MILLISECONDS = 20_000


class Database:
    """Where rows are read and written. Made by `open_database`."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._writing = asyncio.Lock() if self.is_sqlite else nullcontext()

    @property
    def is_sqlite(self) -> bool:
        return self._engine.dialect.name == "sqlite"

    @asynccontextmanager
    async def read(self) -> AsyncGenerator[AsyncConnection]:
        """Give a connection to read with. On SQLite, each statement is a transaction of its own."""
        async with self._engine.connect() as connection:
            yield connection

    @asynccontextmanager
    async def write(self) -> AsyncGenerator[AsyncConnection]:
        """Give a connection in a transaction that is committed at the end, or undone by an exception."""
        async with self._writing, self._engine.connect() as plain:
            connection = await plain.execution_options(**{WRITES: True})
            async with connection.begin():
                yield connection

    async def insert_if_absent(self, connection: AsyncConnection, table: Table, values: Mapping[str, object]) -> bool:
        """Insert a row; give False, and change nothing, where a unique index has one like it."""
        statement = self._insert(table).values(**values).on_conflict_do_nothing()
        return (await connection.execute(statement)).rowcount == 1

    def insert_where(self, table: Table, columns: Sequence[str], *where: ColumnElement[bool]) -> ReturningInsert[Any]:
        """The statement that inserts a row of parameters named like its columns, and gives it.

        Nothing is inserted, and nothing given, unless all conditions hold and no unique index has a row like it.
        """
        parameters = select(*(bindparam(name, type_=table.c[name].type) for name in columns)).where(*where)
        return self._insert(table).from_select(columns, parameters).on_conflict_do_nothing().returning(table)

    def _insert(self, table: Table) -> sqlite.Insert | postgresql.Insert:
        return sqlite.insert(table) if self.is_sqlite else postgresql.insert(table)


@asynccontextmanager
async def open_database(url: str) -> AsyncGenerator[Database]:
    """Connect to a database, bring its tables up to date, and let go of it at the end."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        if parsed.database:
            Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
        engine = create_async_engine(url, pool_size=10, max_overflow=10)
        event.listen(engine.sync_engine, "connect", _prepare_sqlite)
        event.listen(engine.sync_engine, "begin", _begin_sqlite)
    else:
        engine = create_async_engine(url, pool_size=10, max_overflow=10, pool_pre_ping=True)
    try:
        await upgrade(engine)
        yield Database(engine)
    finally:
        await engine.dispose()


def _prepare_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # else the driver begins transactions by itself, and too late
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {_BUSY_MILLISECONDS}")
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA synchronous = NORMAL")
    cursor.execute("PRAGMA foreign_keys = ON")
    # Of each connection: the system caches the file anyway, and twenty times 2 MB would look like a leak.
    cursor.execute(f"PRAGMA cache_size = -{_CACHE_KILOBYTES}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    if connection.get_execution_options().get(WRITES, False):
        connection.exec_driver_sql("BEGIN IMMEDIATE")
