"""Every reply that reached this host is on disk before it is used, so a killed run pays for nothing twice.

One sqlite file a shard, keyed by subject (instruction, combination, API), request and ordinal. A shard that
is run again asks here first: trees are replayed from the log until they reach what was never answered. What
is published needs no log any more, and the file is removed with the shard's last commit.
"""

import sqlite3
from pathlib import Path
from typing import Any, Literal

import orjson

from tasks.storage.canonical import digest
from tasks.storage.state import state_folder

_TABLE = """
CREATE TABLE IF NOT EXISTS calls (
    subject TEXT NOT NULL, kind TEXT NOT NULL, request TEXT NOT NULL, ordinal INTEGER NOT NULL,
    answer BLOB NOT NULL,
    PRIMARY KEY (subject, kind, request, ordinal)
) WITHOUT ROWID
"""


class CallLog:
    """The log of one shard; used by one process at a time, harmless with more."""

    def __init__(self, path: Path):
        path.parent.mkdir(parents=True, exist_ok=True)
        self._path = path
        self._rows = sqlite3.connect(path, isolation_level=None, timeout=60)
        self._rows.execute("PRAGMA journal_mode=WAL")
        self._rows.execute(
            "PRAGMA synchronous=NORMAL"
        )  # survives a killed process; a power cut may cost a few calls
        self._rows.execute(_TABLE)

    def get(self, subject: str, kind: Literal["model", "api"], request: str, ordinal: int) -> Any | None:
        """The logged answer, or None."""
        found = self._rows.execute(
            "SELECT answer FROM calls WHERE subject=? AND kind=? AND request=? AND ordinal=?",
            (subject, kind, request, ordinal),
        ).fetchone()
        return orjson.loads(found[0]) if found else None

    def put(
        self, subject: str, kind: Literal["model", "api"], request: str, ordinal: int, answer: Any
    ) -> None:
        """Write an answer down; the first one stays."""
        self._rows.execute(
            "INSERT OR IGNORE INTO calls VALUES (?, ?, ?, ?, ?)",
            (subject, kind, request, ordinal, orjson.dumps(answer)),
        )

    def close(self) -> None:
        """Close the file, keeping it."""
        self._rows.close()

    def remove(self) -> None:
        """Close and delete: the shard's rows are published."""
        self.close()
        for suffix in ("", "-wal", "-shm"):
            Path(f"{self._path}{suffix}").unlink(missing_ok=True)


def call_log_of(address: str, shard: int) -> CallLog:
    """The log of one shard of one address on this host."""
    return CallLog(state_folder() / "calls" / digest(address) / f"shard-{shard:05d}.sqlite")
