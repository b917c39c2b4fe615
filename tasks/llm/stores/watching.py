"""Looking at a ledger that others write, in either store: reads only, leaves nothing behind."""

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from tasks.errors import ConfigurationError, StorageUnavailable
from tasks.llm.stores.postgres import SCHEMA, marked, plain, shown

Found = TypeVar("Found")
_LOOKS = 5
"""Runs that open and close a ledger all the time may come in between a few times."""


class _Opened(Exception):
    """A run opened the ledger while it was read as a file that nobody writes: what was read may be torn."""


class Reader:
    """One transaction's statements, in the SQL that both stores understand."""

    def __init__(self, connection: Any, in_file: bool):
        self._connection, self.in_file = connection, in_file

    def execute(self, sql: str, values: Sequence[Any] = ()) -> Any:
        """Run a statement with its values (`?`); a cursor."""
        if self.in_file:
            return self._connection.execute(sql, values)
        return self._connection.execute(marked(sql), values)


def is_there(place: Path | str) -> bool:
    """Whether there is something to read; a database always is, or it is said when it is read."""
    return not isinstance(place, Path) or place.exists()


def shown_place(place: Path | str) -> str:
    """Where a ledger is, for people: without a password."""
    return str(place) if isinstance(place, Path) else shown(place)


def columns_of(rows: Reader, table: str = "calls") -> set[str]:
    """What a table tells of each row; nothing where there is no such table."""
    if rows.in_file:
        return {row[0] for row in rows.execute("SELECT name FROM pragma_table_info(?)", (table,)).fetchall()}
    found = rows.execute(
        "SELECT column_name FROM information_schema.columns WHERE table_schema=? AND table_name=?",
        (SCHEMA, table),
    )
    return {row[0] for row in found.fetchall()}


def version_of(place: Path | str) -> tuple[int, str]:
    """Version of a ledger's tables, 0 where there are none yet, and the version of the database they lie in.

    Raises:
        ConfigurationError: it names no ledger.
        StorageUnavailable: it cannot be read now.
    """
    if isinstance(place, Path):
        if not place.exists():
            return 0, sqlite3.sqlite_version
        version = look(place, lambda rows: rows.execute("PRAGMA user_version").fetchone()[0])
        return int(version), sqlite3.sqlite_version
    return look(place, _version_of_database)


def _version_of_database(rows: Reader) -> tuple[int, str]:
    database = str(rows.execute("SHOW server_version").fetchone()[0]).partition(" ")[0]
    if rows.execute("SELECT to_regclass(?)", (f"{SCHEMA}.about",)).fetchone()[0] is None:
        return 0, database
    return int(rows.execute("SELECT version FROM about").fetchone()[0]), database


def look(place: Path | str, ask: Callable[[Reader], Found]) -> Found:
    """What is asked of a ledger in one transaction, which sees one state of it.

    Args:
        place: the ledger.
        ask: reads what it wants, whole; asked again where a run opened the ledger's file meanwhile.

    Raises:
        ConfigurationError: there is no ledger.
        StorageUnavailable: it cannot be read.
    """
    if not isinstance(place, Path):
        with _database(place) as rows:
            return ask(rows)
    for _ in range(_LOOKS):
        try:
            with _file(place) as rows:
                return ask(rows)
        except _Opened:
            continue
    raise StorageUnavailable(
        f"runs opened the ledger {place} each of the {_LOOKS} times it was read; try again"
    )


@contextmanager
def _database(address: str) -> Iterator[Reader]:
    import psycopg

    try:
        connection = psycopg.connect(
            address,
            autocommit=True,
            connect_timeout=10,
            application_name="toolfoundry watching",
            options=f"-c search_path={SCHEMA} -c statement_timeout=120000",
        )
        with connection:
            connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
            yield Reader(connection, in_file=False)
    except psycopg.errors.UndefinedTable:
        raise ConfigurationError(f"{shown(address)} holds no ledger; check FOUNDRY_LEDGER") from None
    except psycopg.Error as error:
        said = plain(psycopg, address, error)
        raise StorageUnavailable(f"the ledger {shown(address)} cannot be read ({said}); try again") from None


@contextmanager
def _file(path: Path) -> Iterator[Reader]:
    # Without a log beside it nobody has the ledger open: sqlite then need not make one to read it.
    before = _written(path)
    alone = before[0] is None
    mode = "mode=ro&immutable=1" if alone else "mode=ro"
    try:
        rows = sqlite3.connect(f"{path.as_uri()}?{mode}", uri=True, isolation_level=None, timeout=10)
        try:
            rows.execute("BEGIN")
            rows.execute("SELECT 1 FROM calls LIMIT 1").fetchone()
            yield Reader(rows, in_file=True)
        finally:
            rows.close()
            if alone and _written(path) != before:
                raise _Opened
    except sqlite3.OperationalError as error:
        if "no such" in str(error):
            raise ConfigurationError(f"{path} is no ledger ({error}); check FOUNDRY_LEDGER") from error
        raise StorageUnavailable(f"the ledger {path} cannot be read ({error}); try again") from error
    except sqlite3.DatabaseError as error:
        raise ConfigurationError(f"{path} is no ledger ({error}); check FOUNDRY_LEDGER") from error


def _written(path: Path) -> tuple[tuple[int, int] | None, ...]:
    """What changes when a run opens the ledger, or opened and closed it: its log, and the file."""
    return tuple(_stamp(each) for each in (Path(f"{path}-wal"), path))


def _stamp(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    return found.st_mtime_ns, found.st_size
