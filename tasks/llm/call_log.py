"""Every reply that reached this host is on disk before it is used, so a killed run pays for nothing twice.

One sqlite file a shard, keyed by subject (instruction, combination, API), request and ordinal. A shard that
is run again asks here first: trees are replayed from the log until they reach what was never answered. What
is published needs no log any more, and the file is removed with the shard's last commit.
"""

import json
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

from tasks.errors import StorageUnavailable
from tasks.llm.stores.write_ahead import opened
from tasks.storage.canonical import digest
from tasks.storage.state import state_folder

Kind = Literal["model", "api", "begun", "end"]
"""Replies of models, answers of APIs, API calls that write and were sent, the end of a search that wrote."""

_TABLE = """
CREATE TABLE IF NOT EXISTS calls (
    subject TEXT NOT NULL, kind TEXT NOT NULL, request TEXT NOT NULL, ordinal INTEGER NOT NULL,
    answer BLOB NOT NULL,
    PRIMARY KEY (subject, kind, request, ordinal)
) WITHOUT ROWID
"""


class CallLog:
    """The log of one shard; any thread of one process, and harmless with more processes."""

    def __init__(self, path: Path):
        """Open the file, or make it.

        Raises:
            StorageUnavailable: it is no log, or its folder cannot be written.
        """
        self._path = path
        self._one_at_a_time = threading.Lock()
        with self._named():
            path.parent.mkdir(parents=True, exist_ok=True)
            self._rows = opened(path)
            # Survives a killed process; a power cut may cost a few calls.
            self._rows.execute("PRAGMA synchronous=NORMAL")
            self._rows.execute(_TABLE)

    def get(self, subject: str, kind: Kind, request: str, ordinal: int) -> Any | None:
        """The logged answer, or None."""
        with self._named():
            found = self._rows.execute(
                "SELECT answer FROM calls WHERE subject=? AND kind=? AND request=? AND ordinal=?",
                (subject, kind, request, ordinal),
            ).fetchone()
        return json.loads(found[0]) if found else None

    def knows(self, subject: str, kind: Kind) -> bool:
        """Whether anything of this kind is logged for a subject: it was begun before."""
        with self._named():
            found = self._rows.execute(
                "SELECT 1 FROM calls WHERE subject=? AND kind=? LIMIT 1", (subject, kind)
            ).fetchone()
        return found is not None

    def put(
        self,
        subject: str,
        kind: Kind,
        request: str,
        ordinal: int,
        answer: Any,
        durable: bool = False,
    ) -> None:
        """Write an answer down; the first one stays. What is `durable` survives a power cut."""
        with self._named():
            if durable:
                self._rows.execute("PRAGMA synchronous=FULL")
            self._rows.execute(
                "INSERT OR IGNORE INTO calls VALUES (?, ?, ?, ?, ?)",
                # Plain json keeps what orjson refuses and models send: huge numbers, halves of pairs.
                (subject, kind, request, ordinal, json.dumps(answer).encode()),
            )
            if durable:
                self._rows.execute("PRAGMA synchronous=NORMAL")

    def close(self) -> None:
        """Close the file, keeping it."""
        with self._named():
            self._rows.close()

    def remove(self) -> None:
        """Close and delete: the shard's rows are published."""
        self.close()
        for suffix in ("", "-wal", "-shm"):
            Path(f"{self._path}{suffix}").unlink(missing_ok=True)

    @contextmanager
    def _named(self) -> Iterator[None]:
        with self._one_at_a_time:
            try:
                yield
            except (sqlite3.Error, OSError) as error:
                raise StorageUnavailable(
                    f"the call log {self._path} cannot be used ({error}); make room or mend it, and run "
                    "again (deleted, its replies are asked for again)"
                ) from error


def call_log_of(address: str, shard: int, run_id: str = "") -> CallLog:
    """The log of one shard of one table on this host; a table made anew at an address has another run."""
    made = digest([address, run_id]) if run_id else digest(address)
    return CallLog(state_folder() / "calls" / made / f"shard-{shard:05d}.sqlite")
