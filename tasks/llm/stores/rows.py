"""The rows of a ledger in SQL that sqlite and Postgres understand; what they mean stands in `booking`."""

from collections.abc import Callable, Sequence
from dataclasses import astuple
from datetime import datetime
from typing import Any

from tasks.llm.accounts import WHOLE, Account, CallKey, Entry, Lost, Process, Settlement, Sum

Execute = Callable[[str, Sequence[Any]], Any]
"""Runs a statement with its values (`?`) within the transaction that is open; a cursor."""

ByModel = tuple[str, str, int, int, int, int, int, int, int, int]
_ENTERED = (
    "run", "stage", "shard", "address", "subject", "model", "request", "ordinal", "searcher", "kind",
    "team", "project", "day", "created", "host", "pid", "born", "state", "reserved", "reserved_tokens",
    "price", "factor", "repeated",
)  # fmt: skip
_OF_RUN = "COALESCE((SELECT NULLIF({0}, '') FROM runs WHERE runs.run=?), ?)"
_ENTER = (
    f"INSERT INTO calls ({', '.join(_ENTERED)}) VALUES (?,?,?,?,?,?,?,?,?,?,"
    f" {_OF_RUN.format('team')}, {_OF_RUN.format('project')}, ?,?,?,?,?,'reserved',?,?,?,?,"
    " CASE WHEN EXISTS (SELECT 1 FROM calls WHERE address=? AND subject=? AND request=? AND ordinal=?)"
    " THEN 1 ELSE 0 END) RETURNING id"
)
_SUMS = "settled, reserved, settled_tokens, reserved_tokens"


class SqlRows:
    """`accounts.Rows` of one connection; whoever holds it begins and ends the transactions."""

    def __init__(self, execute: Execute):
        self._execute = execute

    def standing(self, scopes: Sequence[str], model: str) -> tuple[dict[str, Account], int]:
        """Accounts of those scopes that have one, and a model's factor [%]."""
        found = self._execute(
            f"SELECT scope, cap, cap_tokens, {_SUMS} FROM scopes WHERE scope IN ({_marks(len(scopes))})"
            " UNION ALL SELECT '', factor, NULL, 0, 0, 0, 0 FROM factors WHERE model=?",
            (*scopes, model),
        ).fetchall()
        factor = next((row[1] for row in found if row[0] == ""), WHOLE)
        return {
            scope: Account(Sum(settled, settled_tokens), Sum(reserved, reserved_tokens), cap, cap_tokens)
            for scope, cap, cap_tokens, settled, reserved, settled_tokens, reserved_tokens in found
            if scope
        }, factor

    def set_cap(self, scope: str, column: str, cap: int | None) -> None:
        """Write down a cap of a scope, `cap` or `cap_tokens`."""
        self._execute(
            f"INSERT INTO scopes (scope, {column}) VALUES (?, ?)"
            f" ON CONFLICT (scope) DO UPDATE SET {column} = excluded.{column}",
            (scope, cap),
        )

    def set_owner(self, run: str, team: str, project: str) -> None:
        """Write down whose run it is."""
        self._execute(
            "INSERT INTO runs (run, team, project) VALUES (?, ?, ?) ON CONFLICT (run) DO UPDATE SET"
            " team = excluded.team, project = excluded.project",
            (run, team, project),
        )

    def add(self, scopes: Sequence[str], settled: Sum, reserved: Sum) -> None:
        """Change what scopes have settled and reserved."""
        names = _SUMS.split(", ")
        changed = ", ".join(f"{name} = scopes.{name} + excluded.{name}" for name in names)
        amounts = (settled.nano_usd, reserved.nano_usd, settled.tokens, reserved.tokens)
        self._execute(
            f"INSERT INTO scopes (scope, {_SUMS}) VALUES {', '.join(['(?,?,?,?,?)'] * len(scopes))}"
            f" ON CONFLICT (scope) DO UPDATE SET {changed}",
            [value for scope in scopes for value in (scope, *amounts)],
        )

    def enter(
        self, key: CallKey, day: str, now: datetime, process: Process, worst: Sum, price: str, factor: int
    ) -> int:
        """A new call, reserved; its id."""
        *plain, team, project = astuple(key)
        values = (
            *plain, key.run, team, key.run, project, day, now.isoformat(), *process, *worst, price, factor,
            *key.asked,
        )  # fmt: skip
        return int(self._execute(_ENTER, values).fetchone()[0])

    def entry(self, call_id: int) -> Entry | None:
        """A call."""
        found = self._execute(
            "SELECT run, stage, day, state, reserved, reserved_tokens, address, subject, request, ordinal,"
            " model, kind, factor FROM calls WHERE id=?",
            (call_id,),
        ).fetchone()
        return Entry._make((*found[:4], Sum(*found[4:6]), tuple(found[6:10]), *found[10:])) if found else None

    def close(self, call_id: int, settlement: Settlement) -> None:
        """Write down that a call is settled."""
        usage, booked, overrun, latency_s, status = settlement
        self._execute(
            "UPDATE calls SET state='settled', cost=?, tokens=?, overrun=?, overrun_tokens=?, uncached=?,"
            " cached=?, cache_write=?, output=?, latency_s=?, status=? WHERE id=?",
            (*booked, *overrun, *astuple(usage), latency_s, status, call_id),
        )

    def raise_factor(self, model: str, factor: int) -> None:
        """Multiply what a model's calls reserve from now on [%]."""
        self._execute(
            "INSERT INTO factors (model, factor) VALUES (?, ?) ON CONFLICT (model) DO UPDATE SET factor ="
            " CASE WHEN excluded.factor > factors.factor THEN excluded.factor ELSE factors.factor END",
            (model, factor),
        )

    def forget_factor(self, model: str) -> None:
        """Reserve a model's worst case as it is."""
        self._execute("DELETE FROM factors WHERE model=?", (model,))

    def reserving(self) -> list[Process]:
        """Processes with open reservations."""
        found = self._execute("SELECT DISTINCT host, pid, born FROM calls WHERE state='reserved'", ())
        return [Process(*row) for row in found.fetchall()]

    def lose(self, process: Process) -> list[Lost]:
        """Write down that a process's reservations are lost; their sums."""
        whose = "state='reserved' AND host=? AND pid=? AND born=?"
        lost = self._execute(
            "SELECT run, stage, day, CAST(SUM(reserved) AS BIGINT), CAST(SUM(reserved_tokens) AS BIGINT)"
            f" FROM calls WHERE {whose} GROUP BY run, stage, day",
            process,
        ).fetchall()
        self._execute(f"UPDATE calls SET state='lost' WHERE {whose}", process)
        return [Lost._make((*row[:3], Sum(*row[3:]))) for row in lost]

    def overruns(self, run: str, stage: str) -> list[tuple[str, int, int, int]]:
        """Models of a run's stage that billed more than was reserved; see `Ledger.overruns`."""
        sums = ", ".join(f"CAST(SUM({each}) AS BIGINT)" for each in ("overrun", "overrun_tokens"))
        found = self._execute(
            f"SELECT model, COUNT(*), {sums} FROM calls WHERE run=? AND stage=?"
            " AND (overrun>0 OR overrun_tokens>0) GROUP BY model ORDER BY model",
            (run, stage),
        )
        return [tuple(row) for row in found.fetchall()]

    def days(self, run: str, stage: str) -> list[str]:
        """Days on which a run's stage has called, in their order."""
        found = self._execute(
            "SELECT DISTINCT day FROM calls WHERE run=? AND stage=? ORDER BY day", (run, stage)
        )
        return [row[0] for row in found.fetchall()]

    def by_model(self, run: str) -> list[ByModel]:
        """A row a stage and model of a run; see `Ledger.by_model`."""
        lost = "CASE state WHEN 'lost' THEN 1 ELSE 0 END"
        booked = "CASE state WHEN 'settled' THEN cost ELSE reserved END"
        sums = ("repeated", lost, "uncached", "cached", "cache_write", "output", booked)
        found = self._execute(
            f"SELECT stage, model, COUNT(*), {', '.join(f'CAST(SUM({each}) AS BIGINT)' for each in sums)}"
            " FROM calls WHERE run=? GROUP BY stage, model ORDER BY stage, model",
            (run,),
        )
        return [tuple(row) for row in found.fetchall()]


def _marks(count: int) -> str:
    return ",".join("?" * count)
