"""What the Prefect server has kept of a rehearsal: rows, size, and what its log says it dropped."""

import sqlite3
from contextlib import closing
from pathlib import Path

from tests.debian_servers import Postgres

TABLES = (
    "flow_run",
    "task_run",
    "flow_run_state",
    "task_run_state",
    "events",
    "event_resources",
    "log",
    "artifact",
)
DROPPED = "Subscription queue is full"
"""The server's only sign that a record is lost."""


class Sqlite:
    """The server's database in its home folder."""

    def __init__(self, home: Path):
        self._file = home / "prefect.db"

    def size_mib(self) -> float:
        """Files of the database, what is not yet merged included."""
        return sum(each.stat().st_size for each in self._file.parent.glob("prefect.db*")) / 2**20

    def rows(self) -> dict[str, int]:
        """Rows of each table."""
        with closing(sqlite3.connect(f"file:{self._file}?mode=ro", uri=True, timeout=60)) as open_file:
            counted = (
                (table, open_file.execute(f"select count(*) from {table}").fetchone()) for table in TABLES
            )
            return {table: int(row[0]) for table, row in counted}


class OnPostgres:
    """The same on PostgreSQL."""

    def __init__(self, server: Postgres, database: str):
        self._server, self._database = server, database

    def size_mib(self) -> float:
        """Size of the database."""
        return (
            float(self._server.ask(self._database, "select pg_database_size(current_database())")[0][0])
            / 2**20
        )

    def rows(self) -> dict[str, int]:
        """Rows of each table."""
        query = " union all ".join(f"select '{table}', count(*) from {table}" for table in TABLES)
        return {name: int(count) for name, count in self._server.ask(self._database, query)}


Database = Sqlite | OnPostgres


def dropped(log: Path) -> int:
    """Messages that the server says it threw away."""
    return log.read_text(errors="replace").count(DROPPED)


def ended_well(logs: Path, pattern: str = "worker-*.log") -> dict[str, int]:
    """Flow runs and task runs that say of themselves that they ended well, in the workers' logs."""
    texts = [path.read_text(errors="replace") for path in sorted(logs.glob(pattern))]
    lines = [line for text in texts for line in text.splitlines() if "Finished in state Completed" in line]
    return {
        f"{kind.lower()}_run": sum(f"{kind} run '" in line for line in lines) for kind in ("Flow", "Task")
    }
