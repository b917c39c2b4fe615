"""Looking at a ledger that others write, in either store: reads only, leaves nothing behind."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tasks.errors import ConfigurationError, StorageUnavailable
from tasks.llm.stores.postgres import SCHEMA, marked, plain, shown


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
        with reading(place) as rows:
            return int(rows.execute("PRAGMA user_version").fetchone()[0]), sqlite3.sqlite_version
    with reading(place) as rows:
        database = str(rows.execute("SHOW server_version").fetchone()[0]).partition(" ")[0]
        if rows.execute("SELECT to_regclass(?)", (f"{SCHEMA}.about",)).fetchone()[0] is None:
            return 0, database
        return int(rows.execute("SELECT version FROM about").fetchone()[0]), database


@contextmanager
def reading(place: Path | str) -> Iterator[Reader]:
    """One transaction that sees one state of the ledger.

    Raises:
        ConfigurationError: there is no ledger.
        StorageUnavailable: it cannot be read.
    """
    with _file(place) if isinstance(place, Path) else _database(place) as rows:
        yield rows


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
    log = Path(f"{path}-wal")
    mode = "mode=ro" if log.exists() else "mode=ro&immutable=1"
    try:
        rows = sqlite3.connect(f"{path.as_uri()}?{mode}", uri=True, isolation_level=None, timeout=10)
        try:
            rows.execute("BEGIN")
            rows.execute("SELECT 1 FROM calls LIMIT 1").fetchone()
            yield Reader(rows, in_file=True)
        finally:
            rows.close()
        if "immutable" in mode and log.exists():
            raise StorageUnavailable(
                f"the ledger {path} was opened by a run while it was read; read it again"
            )
    except sqlite3.OperationalError as error:
        if "no such" in str(error):
            raise ConfigurationError(f"{path} is no ledger ({error}); check FOUNDRY_LEDGER") from error
        raise StorageUnavailable(f"the ledger {path} cannot be read ({error}); try again") from error
    except sqlite3.DatabaseError as error:
        raise ConfigurationError(f"{path} is no ledger ({error}); check FOUNDRY_LEDGER") from error
