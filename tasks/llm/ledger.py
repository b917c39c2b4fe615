"""The ledger: money is reserved before it is spent, over every cap that binds, in one transaction.

sqlite in WAL mode, one file for all processes of a host: `FOUNDRY_LEDGER`, by default
`.foundry/ledger.sqlite`. Amounts are int64 nano-USD. A call is `reserved` at its worst case, then `settled`
at its cost; a reservation whose process died is `lost`: it stays counted in full, because the provider may
have answered.

Caps belong to scopes: `day:2026-11-21`, `run:<run_id>`, `run:<run_id>/<stage>`. They live here and not in
flow parameters, so that a retried shard sees a raised cap.
"""

import os
import socket
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tasks.errors import ConfigurationError
from tasks.llm.protocol import Usage
from tasks.storage.state import state_folder

NANO = 1_000_000_000
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
    latency_s REAL, status TEXT NOT NULL DEFAULT '', price TEXT NOT NULL, repeated INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS calls_asked ON calls (address, subject, request, ordinal);
CREATE INDEX IF NOT EXISTS calls_open ON calls (state) WHERE state = 'reserved';
CREATE INDEX IF NOT EXISTS calls_run ON calls (run, stage);
"""


@dataclass(frozen=True, slots=True)
class CallKey:
    """What a call is for."""

    run: str
    stage: str
    shard: int
    address: str
    subject: str
    model: str
    request: str
    ordinal: int

    def scopes(self, day: str) -> tuple[str, str, str]:
        """The scopes whose caps bind it."""
        return f"day:{day}", f"run:{self.run}", f"run:{self.run}/{self.stage}"


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a reservation does not fit."""

    scope: str
    cap: int
    settled: int
    reserved: int
    """Of other calls in flight; when it is 0, waiting cannot help."""


class Ledger:
    """An open ledger; one a process is enough."""

    def __init__(self, path: Path):
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            self._rows = sqlite3.connect(path, isolation_level=None, timeout=60, check_same_thread=False)
            self._rows.execute("PRAGMA journal_mode=WAL")
            self._rows.execute("PRAGMA synchronous=FULL")
            self._rows.executescript(_TABLES)
        except sqlite3.Error as error:
            raise ConfigurationError(
                f"the ledger {path} cannot be opened ({error}); check FOUNDRY_LEDGER"
            ) from error

    def set_cap(self, scope: str, cap_usd: float | None) -> None:
        """Set, raise, lower or (None) lift the cap of a scope."""
        cap = None if cap_usd is None else round(cap_usd * NANO)
        self._rows.execute(
            "INSERT INTO scopes (scope, cap) VALUES (?, ?) ON CONFLICT (scope) DO UPDATE SET "
            "cap = excluded.cap",
            (scope, cap),
        )

    def reserve(self, key: CallKey, worst: int, price: str) -> int | Refusal:
        """Reserve the worst case of a call [nano-USD] under all its caps; its id, or why it does not fit."""
        now = datetime.now(UTC)
        scopes = key.scopes(f"{now:%Y-%m-%d}")
        with self._transaction():
            refusal = self._misfit(scopes, worst)
            if refusal and self._bury():
                refusal = self._misfit(scopes, worst)
            if refusal:
                return refusal
            self._book(scopes, settled=0, reserved=worst)
            repeated = self._rows.execute(
                "SELECT 1 FROM calls WHERE address=? AND subject=? AND request=? AND ordinal=? LIMIT 1",
                (key.address, key.subject, key.request, key.ordinal),
            ).fetchone()
            cursor = self._rows.execute(
                "INSERT INTO calls (run, stage, shard, address, subject, model, request, "
                "ordinal, day, created, host,"
                " pid, state, reserved, price, repeated) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,'reserved',?,?,?)",
                (
                    *(
                        key.run,
                        key.stage,
                        key.shard,
                        key.address,
                        key.subject,
                        key.model,
                        key.request,
                        key.ordinal,
                    ),
                    *(f"{now:%Y-%m-%d}", now.isoformat(), socket.gethostname(), os.getpid()),
                    *(worst, price, int(repeated is not None)),
                ),
            )
            return int(cursor.lastrowid or 0)

    def settle(self, call_id: int, usage: Usage, cost: int, latency_s: float, status: str) -> None:
        """Book what a call has cost; a call that is settled already stays as it is."""
        with self._transaction():
            found = self._rows.execute(
                "SELECT run, stage, day, state, reserved FROM calls WHERE id=?", (call_id,)
            ).fetchone()
            if found is None or found[3] == "settled":
                return
            run, stage, day, state, reserved = found
            self._rows.execute(
                "UPDATE calls SET state='settled', cost=?, uncached=?, cached=?, cache_write=?, output=?,"
                " latency_s=?, status=? WHERE id=?",
                (
                    cost,
                    usage.uncached,
                    usage.cached,
                    usage.cache_write,
                    usage.output,
                    latency_s,
                    status,
                    call_id,
                ),
            )
            scopes = (f"day:{day}", f"run:{run}", f"run:{run}/{stage}")
            lost = state == "lost"  # counted as settled at its reservation; corrected now
            self._book(scopes, settled=cost - (reserved if lost else 0), reserved=0 if lost else -reserved)

    def spent(self, scope: str) -> tuple[int, int, int | None]:
        """Settled, reserved and cap of a scope [nano-USD]."""
        found = self._rows.execute(
            "SELECT settled, reserved, cap FROM scopes WHERE scope=?", (scope,)
        ).fetchone()
        return found or (0, 0, None)

    def by_model(self, run: str) -> list[tuple[str, str, int, int, int, int, int, int, int, int]]:
        """Stage, model, calls, repeated, lost, uncached, cached, cache-write, output tokens.

        Nnano-USD of a run.
        """
        return self._rows.execute(
            "SELECT stage, model, COUNT(*), SUM(repeated), SUM(state='lost'), SUM(uncached), SUM(cached),"
            " SUM(cache_write), SUM(output), SUM(CASE state WHEN 'settled' THEN cost ELSE reserved END)"
            " FROM calls WHERE run=? GROUP BY stage, model ORDER BY stage, model",
            (run,),
        ).fetchall()

    def close(self) -> None:
        """Close the file."""
        self._rows.close()

    def _misfit(self, scopes: tuple[str, ...], worst: int) -> Refusal | None:
        if worst == 0:
            return None
        for scope in scopes:
            settled, reserved, cap = self.spent(scope)
            if cap is not None and settled + reserved + worst > cap:
                return Refusal(scope, cap, settled, reserved)
        return None

    def _bury(self) -> bool:
        """Count reservations of dead processes of this host as spent; whether there were any."""
        host = socket.gethostname()
        buried = False
        for call_id, run, stage, day, reserved, pid in self._rows.execute(
            "SELECT id, run, stage, day, reserved, pid FROM calls WHERE state='reserved' AND host=?", (host,)
        ).fetchall():
            if not _alive(pid):
                self._rows.execute("UPDATE calls SET state='lost' WHERE id=?", (call_id,))
                self._book(
                    (f"day:{day}", f"run:{run}", f"run:{run}/{stage}"), settled=reserved, reserved=-reserved
                )
                buried = True
        return buried

    def _book(self, scopes: tuple[str, ...], *, settled: int, reserved: int) -> None:
        self._rows.executemany(
            "INSERT INTO scopes (scope, settled, reserved) VALUES (?, ?, ?) ON CONFLICT (scope) DO UPDATE SET"
            " settled = settled + excluded.settled, reserved = reserved + excluded.reserved",
            [(scope, settled, reserved) for scope in scopes],
        )

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self._rows.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._rows.execute("ROLLBACK")
            raise
        self._rows.execute("COMMIT")


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


_open: dict[str, Ledger] = {}


def open_ledger() -> Ledger:
    """This process's ledger, where `FOUNDRY_LEDGER` says.

    Raises:
        ConfigurationError: it names something else than a file.
    """
    place = os.environ.get("FOUNDRY_LEDGER") or str(state_folder() / "ledger.sqlite")
    if "://" in place:
        raise ConfigurationError(
            f"FOUNDRY_LEDGER={place.partition('://')[0]}://... is not supported yet; name a local sqlite file"
        )
    key = f"{os.getpid()}:{place}"
    if key not in _open:
        _open[key] = Ledger(Path(place))
    return _open[key]


def caps_of(ledger: Ledger, run: str, stage: str, budget_usd: float | None) -> None:
    """Write down the caps a run was started with: its stage's, and the day's from `FOUNDRY_DAY_CAP_USD`."""
    if budget_usd is not None:
        ledger.set_cap(f"run:{run}/{stage}", budget_usd)
    day_cap = os.environ.get("FOUNDRY_DAY_CAP_USD")
    if day_cap:
        try:
            ledger.set_cap(f"day:{datetime.now(UTC):%Y-%m-%d}", float(day_cap))
        except ValueError as error:
            raise ConfigurationError(
                f"FOUNDRY_DAY_CAP_USD must be a number of USD, not '{day_cap}'"
            ) from error


def summary(ledger: Ledger, run: str) -> list[dict[str, Any]]:
    """Spend of a run by stage and model, for artifacts and reports."""
    names = ("stage", "model", "calls", "repeated", "lost", "uncached", "cached", "cache_write", "output")
    return [
        {**dict(zip(names, row[:-1], strict=True)), "cost_usd": row[-1] / NANO}
        for row in ledger.by_model(run)
    ]
