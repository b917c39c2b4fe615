"""A statement that fails on SQLite leaves nothing behind that could hold up who frees it."""

import asyncio
import sqlite3
import threading
import time
from contextlib import closing
from pathlib import Path

import pytest
from prefect.server.database.configurations import AioSqliteConfiguration
from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import create_async_engine

from infra.local.sqlite_cursors import Connection, database_address

BUSY_S = 3.0


def connected(file: Path, kind: type[sqlite3.Connection]) -> sqlite3.Connection:
    connection = sqlite3.connect(
        file, timeout=BUSY_S, isolation_level=None, check_same_thread=False, factory=kind
    )
    connection.execute("PRAGMA journal_mode=WAL")
    return connection


def refused(connection: sqlite3.Connection, begins: threading.Event) -> None:
    """Waits for the write lock as long as it may."""
    begins.set()
    with pytest.raises(sqlite3.OperationalError, match="locked"):
        connection.execute("BEGIN IMMEDIATE")


@pytest.mark.parametrize(("kind", "waits"), [(Connection, False), (sqlite3.Connection, True)])
def test_freeing_a_cursor_whose_statement_failed_waits_for_no_lock(
    tmp_path: Path, kind: type[sqlite3.Connection], waits: bool
) -> None:
    holder, other = connected(tmp_path / "a.db", kind), connected(tmp_path / "a.db", kind)
    holder.execute("CREATE TABLE t (x)")
    other.execute("BEGIN")
    other.execute("SELECT * FROM t").fetchall()
    holder.execute("INSERT INTO t VALUES (1)")
    cursor = other.cursor()
    with pytest.raises(sqlite3.OperationalError, match="locked"):
        cursor.execute("INSERT INTO t VALUES (2)")  # two that have read want to write
    other.execute("ROLLBACK")

    holder.execute("BEGIN IMMEDIATE")
    begins = threading.Event()
    waiting = threading.Thread(target=refused, args=[other, begins])
    waiting.start()
    begins.wait()
    time.sleep(BUSY_S / 6)
    began = time.monotonic()
    del cursor
    freed_in_s = time.monotonic() - began
    waiting.join()
    holder.close()
    other.close()
    assert (freed_in_s > BUSY_S / 3) == waits, "without it the server stands still"


@pytest.mark.parametrize("ours", [True, False])
def test_transactions_of_the_server_that_read_and_then_write_take_turns(tmp_path: Path, ours: bool) -> None:
    plain = f"sqlite+aiosqlite:///{tmp_path / 'c.db'}"
    server = AioSqliteConfiguration(connection_url=database_address(tmp_path / "c.db") if ours else plain)

    async def counted() -> int:
        engine = await server.engine()
        have_read = asyncio.Barrier(2)

        async def one_more() -> None:
            session = await server.session(engine)
            async with session, server.begin_transaction(session):
                (known,) = (await session.execute(text("SELECT x FROM t"))).scalars()
                if not ours:
                    await have_read.wait()  # taking turns, they would wait for each other
                await session.execute(text("UPDATE t SET x=:x"), {"x": known + 1})

        async with engine.begin() as connection:
            await connection.execute(text("CREATE TABLE t (x)"))
            await connection.execute(text("INSERT INTO t VALUES (0)"))
        ended = await asyncio.gather(one_more(), one_more(), return_exceptions=True)
        await engine.dispose()
        return sum(isinstance(each, OperationalError) and "locked" in str(each) for each in ended)

    assert asyncio.run(counted()) == (0 if ours else 1)
    with closing(sqlite3.connect(tmp_path / "c.db")) as rows:
        assert rows.execute("SELECT x FROM t").fetchall() == [(2 if ours else 1,)]


def test_the_address_of_the_database_asks_for_it(tmp_path: Path) -> None:
    async def kind_and_rows() -> tuple[type, list[int]]:
        engine = create_async_engine(database_address(tmp_path / "b.db"))
        async with engine.connect() as connection:
            raw = await connection.get_raw_connection()
            kind = type(raw.driver_connection._conn)  # type: ignore[union-attr]
            with pytest.raises(OperationalError, match="no such table"):
                await connection.execute(text("SELECT * FROM missing"))
            rows = list((await connection.execute(text("SELECT 1 UNION SELECT 2"))).scalars())
        await engine.dispose()
        return kind, rows

    assert asyncio.run(kind_and_rows()) == (Connection, [1, 2])
    assert (tmp_path / "b.db").exists()
