"""Keeps the Prefect server on SQLite from refusing requests and from standing still: a plugin of its engine.

A transaction that the server declares (it does so where it means to write) begins as one that writes. Begun
as a reader it cannot become a writer once another has written: SQLite then says `database is locked` without
waiting, and who clicked in the UI gets a 503. The server does the same in some places, of its own.

A statement that fails leaves its cursor to the garbage collector: SQLAlchemy 2.0's aiosqlite dialect closes
it only after a success. Where the collector runs on the thread of the server's event loop, freeing the cursor
waits for the mutex of its connection. When that connection waits for the write lock just then, all stand
still until the busy timeout of SQLite has run out (60 s in Prefect), for who holds the lock is served by the
same event loop. So a cursor whose statement fails closes itself, in the connection's own thread.

It is asked for by the address of the database (`?plugin=foundry_sqlite_cursors`), found by its entry point.
"""

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import event
from sqlalchemy.engine import URL, CreateEnginePlugin, Engine

Made = TypeVar("Made")

NAME = "foundry_sqlite_cursors"
READS, WRITES = "BEGIN DEFERRED", "BEGIN IMMEDIATE"
"""How the server begins a transaction, and how it should. What only reads it does outside of one."""


def database_address(file: Path) -> str:
    """Address of a database of the Prefect server, for `PREFECT_SERVER_DATABASE_CONNECTION_URL`."""
    return URL.create("sqlite+aiosqlite", database=str(file), query={"plugin": NAME}).render_as_string()


class SelfClosingCursors(CreateEnginePlugin):
    """Has every connection of an engine make cursors of our kind."""

    def update_url(self, url: URL) -> URL:
        """The address without what only we read."""
        return url.difference_update_query(["plugin"])

    def engine_created(self, engine: Engine) -> None:
        """Listen for connections that are about to be made."""

        @event.listens_for(engine, "do_connect")
        def with_our_cursors(dialect: Any, record: Any, positional: list[Any], named: dict[str, Any]) -> None:
            named["factory"] = Connection


class Connection(sqlite3.Connection):
    """One whose cursors close themselves."""

    def cursor(self, factory: Callable[[sqlite3.Connection], sqlite3.Cursor] | None = None) -> Any:
        """A new cursor, of our kind unless told otherwise."""
        return super().cursor(factory or Cursor)


class Cursor(sqlite3.Cursor):
    """One whose transactions can write from their beginning, and that keeps nothing of what has failed."""

    def execute(self, sql: str, *given: Any) -> "Cursor":
        """As in sqlite3; a transaction that is declared waits its turn as a writer."""
        return self._or_close(super().execute, WRITES if sql == READS else sql, *given)

    def executemany(self, *given: Any) -> "Cursor":
        """As in sqlite3."""
        return self._or_close(super().executemany, *given)

    def fetchone(self) -> Any:
        """As in sqlite3."""
        return self._or_close(super().fetchone)

    def fetchmany(self, *given: Any) -> list[Any]:
        """As in sqlite3."""
        return self._or_close(super().fetchmany, *given)

    def fetchall(self) -> list[Any]:
        """As in sqlite3."""
        return self._or_close(super().fetchall)

    def _or_close(self, done: Callable[..., Made], *given: Any) -> Made:
        try:
            return done(*given)
        except sqlite3.Error:
            self.close()
            raise
