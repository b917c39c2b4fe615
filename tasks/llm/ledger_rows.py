"""The rows of a ledger in sqlite; what they mean stands in `booking`."""

import sqlite3
from collections.abc import Sequence
from dataclasses import astuple
from datetime import datetime

from tasks.llm.booking import CallKey, Entry, Process
from tasks.llm.protocol import Usage

_TABLES = """
CREATE TABLE IF NOT EXISTS scopes (
    scope TEXT PRIMARY KEY,
    cap INTEGER,
    settled INTEGER NOT NULL DEFAULT 0,
    reserved INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS calls (
    id INTEGER PRIMARY KEY,
    run TEXT NOT NULL, stage TEXT NOT NULL, shard INTEGER NOT NULL, address TEXT NOT NULL,
    subject TEXT NOT NULL, model TEXT NOT NULL, request TEXT NOT NULL, ordinal INTEGER NOT NULL,
    day TEXT NOT NULL, created TEXT NOT NULL, host TEXT NOT NULL, pid INTEGER NOT NULL,
    state TEXT NOT NULL, reserved INTEGER NOT NULL, cost INTEGER NOT NULL DEFAULT 0,
    uncached INTEGER NOT NULL DEFAULT 0, cached INTEGER NOT NULL DEFAULT 0,
    cache_write INTEGER NOT NULL DEFAULT 0, output INTEGER NOT NULL DEFAULT 0,
    latency_s REAL, status TEXT NOT NULL DEFAULT '', price TEXT NOT NULL, repeated INTEGER NOT NULL,
    born TEXT NOT NULL DEFAULT ''
);
CREATE INDEX IF NOT EXISTS calls_asked ON calls (address, subject, request, ordinal);
CREATE INDEX IF NOT EXISTS calls_open ON calls (state) WHERE state = 'reserved';
CREATE INDEX IF NOT EXISTS calls_run ON calls (run, stage);
"""


class SqlRows:
    """`booking.Rows` of one connection; whoever holds it begins and ends the transactions."""

    def __init__(self, connection: sqlite3.Connection):
        """Make the tables, or take those of an earlier version along."""
        self._rows = connection
        self._rows.executescript(_TABLES)
        columns = {row[1] for row in self._rows.execute("PRAGMA table_info(calls)")}
        if "born" not in columns:  # a ledger of an earlier version
            self._rows.execute("ALTER TABLE calls ADD COLUMN born TEXT NOT NULL DEFAULT ''")

    def amounts(self, scope: str) -> tuple[int, int, int | None]:
        """Settled, reserved and cap of a scope; zeros and None where it has no row."""
        found: tuple[int, int, int | None] | None = self._rows.execute(
            "SELECT settled, reserved, cap FROM scopes WHERE scope=?", (scope,)
        ).fetchone()
        return found or (0, 0, None)

    def set_cap(self, scope: str, cap: int | None) -> None:
        """Write down the cap of a scope."""
        self._rows.execute(
            "INSERT INTO scopes (scope, cap) VALUES (?, ?) ON CONFLICT (scope) DO UPDATE SET"
            " cap = excluded.cap",
            (scope, cap),
        )

    def add(self, scopes: Sequence[str], settled: int, reserved: int) -> None:
        """Change what scopes have settled and reserved."""
        self._rows.executemany(
            "INSERT INTO scopes (scope, settled, reserved) VALUES (?, ?, ?) ON CONFLICT (scope) DO UPDATE SET"
            " settled = settled + excluded.settled, reserved = reserved + excluded.reserved",
            [(scope, settled, reserved) for scope in scopes],
        )

    def asked(self, key: CallKey) -> bool:
        """Whether a call for the same was entered before."""
        found = self._rows.execute(
            "SELECT 1 FROM calls WHERE address=? AND subject=? AND request=? AND ordinal=? LIMIT 1",
            (key.address, key.subject, key.request, key.ordinal),
        ).fetchone()
        return found is not None

    def enter(
        self, key: CallKey, day: str, now: datetime, process: Process, worst: int, price: str, repeated: bool
    ) -> int:
        """A new call, reserved; its id."""
        cursor = self._rows.execute(
            "INSERT INTO calls (run, stage, shard, address, subject, model, request, ordinal, day,"
            " created, host, pid, born, state, reserved, price, repeated)"
            " VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,'reserved',?,?,?)",
            (*astuple(key), day, now.isoformat(), *process, worst, price, int(repeated)),
        )
        return int(cursor.lastrowid or 0)

    def entry(self, call_id: int) -> Entry | None:
        """A call."""
        found = self._rows.execute(
            "SELECT run, stage, day, state, reserved, address, subject, request, ordinal FROM calls"
            " WHERE id=?",
            (call_id,),
        ).fetchone()
        return Entry._make((*found[:5], found[5:])) if found else None

    def close(self, call_id: int, usage: Usage, cost: int, latency_s: float, status: str) -> None:
        """Write down that a call is settled."""
        self._rows.execute(
            "UPDATE calls SET state='settled', cost=?, uncached=?, cached=?, cache_write=?, output=?,"
            " latency_s=?, status=? WHERE id=?",
            (cost, *astuple(usage), latency_s, status, call_id),
        )

    def reserving(self) -> list[tuple[Process, datetime]]:
        """Processes with open reservations, and when each made its latest one."""
        found = self._rows.execute(
            "SELECT host, pid, born, MAX(created) FROM calls WHERE state='reserved' GROUP BY host, pid, born"
        ).fetchall()
        return [(Process(*row[:3]), datetime.fromisoformat(row[3])) for row in found]

    def lose(self, process: Process) -> list[tuple[str, str, str, int]]:
        """Write down that a process's reservations are lost; run, stage, day and sum of each kind."""
        whose = "state='reserved' AND host=? AND pid=? AND born=?"
        lost = self._rows.execute(
            f"SELECT run, stage, day, SUM(reserved) FROM calls WHERE {whose} GROUP BY run, stage, day",
            process,
        ).fetchall()
        self._rows.execute(f"UPDATE calls SET state='lost' WHERE {whose}", process)
        return lost

    def by_model(self, run: str) -> list[tuple[str, str, int, int, int, int, int, int, int, int]]:
        """A row a stage and model of a run; see `Ledger.by_model`."""
        return self._rows.execute(
            "SELECT stage, model, COUNT(*), SUM(repeated), SUM(state='lost'), SUM(uncached), SUM(cached),"
            " SUM(cache_write), SUM(output), SUM(CASE state WHEN 'settled' THEN cost ELSE reserved END)"
            " FROM calls WHERE run=? GROUP BY stage, model ORDER BY stage, model",
            (run,),
        ).fetchall()
