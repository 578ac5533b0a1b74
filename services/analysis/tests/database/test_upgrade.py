"""Migrations: the tables come out as the program knows them, however many processes begin at once."""

from __future__ import annotations

import asyncio
import sys

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from backends import Backend
from sqlalchemy import Connection

from sow_analysis.database import Database, open_database
from sow_analysis.database.tables import jobs, metadata, recordings

pytestmark = pytest.mark.anyio

OPEN = """
import asyncio, sys
from sow_analysis.database import open_database
async def main():
    async with open_database(sys.argv[1]):
        pass
asyncio.run(main())
"""


def _differences(connection: Connection) -> list[object]:
    return compare_metadata(MigrationContext.configure(connection), metadata)


async def test_the_migrations_make_the_tables_that_the_program_knows(database: Database):
    async with database.read() as connection:
        assert await connection.run_sync(_differences) == []


async def test_several_processes_may_start_at_once(backend: Backend):
    processes = [
        await asyncio.create_subprocess_exec(
            sys.executable, "-c", OPEN, backend.database_url, stderr=asyncio.subprocess.PIPE
        )
        for _ in range(3)
    ]
    results = [await process.communicate() for process in processes]

    assert [process.returncode for process in processes] == [0, 0, 0], results
    async with open_database(backend.database_url) as database, database.read() as connection:
        assert await connection.run_sync(_differences) == []


async def test_a_transaction_that_fails_leaves_nothing_behind(database: Database):
    row = {"content_hash": "a" * 64, "storage_key": "k", "size": 1, "created_at": 0.0}

    async def broken() -> None:
        async with database.write() as connection:
            await database.insert_if_absent(connection, recordings, row)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await broken()
    async with database.read() as connection:
        assert (await connection.execute(recordings.select())).all() == []


async def test_a_row_that_is_there_is_not_inserted_again(database: Database):
    row = {"content_hash": "a" * 64, "storage_key": "k", "size": 1, "created_at": 0.0}
    async with database.write() as connection:
        assert await database.insert_if_absent(connection, recordings, row)
        assert not await database.insert_if_absent(connection, recordings, row | {"size": 2})


async def test_readers_and_writers_do_not_get_into_each_others_way(database: Database):
    async def write(number: int) -> None:
        row = {"content_hash": f"{number:064x}", "storage_key": "k", "size": 1, "created_at": 0.0}
        async with database.write() as connection:
            await database.insert_if_absent(connection, recordings, row)

    async def read() -> None:
        async with database.read() as connection:
            await connection.execute(jobs.select())

    await asyncio.gather(*(write(n) for n in range(30)), *(read() for _ in range(30)))
    async with database.read() as connection:
        assert len((await connection.execute(recordings.select())).all()) == 30
