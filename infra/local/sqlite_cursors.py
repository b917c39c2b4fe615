"""Keeps the Prefect server on SQLite from standing still for a minute: a plugin of its SQLAlchemy engine.

A statement that fails (SQLite says `database is locked` whenever two transactions that have read want to
write) leaves its cursor to the garbage collector: SQLAlchemy 2.0's aiosqlite dialect closes it only after a
success. Where the collector runs on the thread of the server's event loop, freeing the cursor waits for the
mutex of its connection. When that connection waits for the write lock just then, all stand still until the
busy timeout of SQLite has run out (60 s in Prefect), for who holds the lock is served by the same event loop.
So a cursor whose statement fails closes itself, in the connection's own thread.

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


def database_address(file: Path) -> str:
    """Address of a database of the Prefect server, for `PREFECT_SERVER_DATABASE_CONNECTION_URL`."""
    return URL.create("sqlite+aiosqlite", database=str(file), query={"plugin": NAME}).render_as_string()


class SelfClosingCursors(CreateEnginePlugin):
    """Has every connection of an engine make cursors that are closed when a statement of theirs fails."""

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
    """One that keeps nothing of a statement that has failed."""

    def execute(self, *given: Any) -> "Cursor":
        """As in sqlite3."""
        return self._or_close(super().execute, *given)

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
