"""The ledger: money is reserved before it is spent, over every cap that binds, in one transaction.

sqlite in WAL mode, one file for all processes of a host: `FOUNDRY_LEDGER`, by default
`.foundry/ledger.sqlite`. Amounts are int64 nano-USD. A call is `reserved` at its worst case, then `settled`
at its cost; a reservation whose process died is `lost`: it stays counted in full, because the provider may
have answered.

Caps belong to scopes: `day:2026-11-21`, `run:<run_id>`, `run:<run_id>/<stage>`; `day` is the cap of every day
that has none of its own. They live here and not in flow parameters: a retried shard sees a raised cap.
"""

import math
import os
import socket
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import astuple, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from tasks.errors import ConfigurationError, StorageUnavailable
from tasks.llm.protocol import Usage
from tasks.storage.state import state_folder

NANO = 1_000_000_000
HIGHEST_CAP_USD = 1_000_000_000
EVERY_DAY = "day"
LONGEST_CALL = timedelta(hours=2)
"""No call is in flight longer: an older reservation of another host, whose processes nobody sees, is lost."""
_ENDED = {"Z", "X"}
"""States of a process that was killed and not yet collected by its parent."""
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
        return _scopes(day, self.run, self.stage)


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a reservation does not fit."""

    scope: str
    cap: int
    settled: int
    reserved: int
    """Of other calls in flight; when it is 0, waiting cannot help."""


class Ledger:
    """An open ledger, for all threads of a process; one a process is enough."""

    def __init__(self, path: Path):
        """Open the file, or make it.

        Raises:
            ConfigurationError: it is no ledger, or cannot be written.
        """
        self.path = path
        self._one_at_a_time = threading.Lock()
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._rows = sqlite3.connect(path, isolation_level=None, timeout=60, check_same_thread=False)
            self._rows.execute("PRAGMA journal_mode=WAL")
            self._rows.executescript(_TABLES)
            columns = {row[1] for row in self._rows.execute("PRAGMA table_info(calls)")}
            if "born" not in columns:  # a ledger of an earlier version
                self._rows.execute("ALTER TABLE calls ADD COLUMN born TEXT NOT NULL DEFAULT ''")
        except (sqlite3.Error, OSError) as error:
            raise ConfigurationError(
                f"the ledger {path} cannot be opened ({error}); check FOUNDRY_LEDGER"
            ) from error
        self._host, self._born = socket.gethostname(), _state(os.getpid())[1]

    def set_cap(self, scope: str, cap_usd: float | None) -> None:
        """Set, raise, lower or (None) lift the cap of a scope.

        Raises:
            ConfigurationError: it is no sum of money.
        """
        if cap_usd is not None and not 0 <= cap_usd <= HIGHEST_CAP_USD:
            raise ConfigurationError(
                f"a cap of {cap_usd} USD is none; give a sum from 0 to {HIGHEST_CAP_USD:,} USD"
            )
        cap = None if cap_usd is None else round(cap_usd * NANO)
        with self._transaction(durable=True):
            self._rows.execute(
                "INSERT INTO scopes (scope, cap) VALUES (?, ?) ON CONFLICT (scope) DO UPDATE SET "
                "cap = excluded.cap",
                (scope, cap),
            )

    def reserve(self, key: CallKey, worst: int, price: str) -> int | Refusal:
        """Reserve the worst case of a call [nano-USD] under all its caps; its id, or why it does not fit."""
        now = datetime.now(UTC)
        day = f"{now:%Y-%m-%d}"
        scopes = key.scopes(day)
        with self._transaction(durable=worst > 0):
            refusal = self._misfit(scopes, worst)
            if refusal and self._bury(now):
                refusal = self._misfit(scopes, worst)
            if refusal:
                return refusal
            self._book(scopes, settled=0, reserved=worst)
            repeated = self._rows.execute(
                "SELECT 1 FROM calls WHERE address=? AND subject=? AND request=? AND ordinal=? LIMIT 1",
                (key.address, key.subject, key.request, key.ordinal),
            ).fetchone()
            made = (day, now.isoformat(), self._host, os.getpid(), self._born)
            cursor = self._rows.execute(
                "INSERT INTO calls (run, stage, shard, address, subject, model, request, ordinal, day,"
                " created, host, pid, born, state, reserved, price, repeated)"
                " VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,'reserved',?,?,?)",
                (*astuple(key), *made, worst, price, int(repeated is not None)),
            )
            return int(cursor.lastrowid or 0)

    def settle(self, call_id: int, usage: Usage, cost: int, latency_s: float, status: str) -> None:
        """Book what a call has cost; a call that is settled already stays as it is."""
        with self._transaction(durable=cost > 0):
            self._settle(call_id, usage, cost, latency_s, status)

    def settle_logged(self, call_id: int, key: CallKey, usage: Usage, cost: int, latency_s: float) -> None:
        """Book a reply that was logged, should its process have died before it booked it.

        A ledger that is not the one it was reserved in (another file, or made anew) has no such call, or
        another one under this number: nothing is booked.
        """
        with self._guarded():
            found = self._rows.execute(
                "SELECT state FROM calls WHERE id=? AND address=? AND subject=? AND request=? AND ordinal=?",
                (call_id, key.address, key.subject, key.request, key.ordinal),
            ).fetchone()
        if found is not None and found[0] != "settled":
            self.settle(call_id, usage, cost, latency_s, "ok")

    def spent(self, scope: str) -> tuple[int, int, int | None]:
        """Settled, reserved and cap of a scope [nano-USD]."""
        with self._guarded():
            return self._spent(scope)

    def by_model(self, run: str) -> list[tuple[str, str, int, int, int, int, int, int, int, int]]:
        """A row a stage and model of a run.

        Stage, model, calls, repeated, lost, uncached, cached, cache-write, output tokens, nano-USD; what is
        reserved or lost counts at its reservation.
        """
        with self._guarded():
            return self._rows.execute(
                "SELECT stage, model, COUNT(*), SUM(repeated), SUM(state='lost'), SUM(uncached), SUM(cached),"
                " SUM(cache_write), SUM(output), SUM(CASE state WHEN 'settled' THEN cost ELSE reserved END)"
                " FROM calls WHERE run=? GROUP BY stage, model ORDER BY stage, model",
                (run,),
            ).fetchall()

    def close(self) -> None:
        """Close the file; `open_ledger` opens it anew."""
        with self._guarded():
            self._rows.close()
        for key in [key for key, ledger in _open.items() if ledger is self]:
            del _open[key]

    def _settle(self, call_id: int, usage: Usage, cost: int, latency_s: float, status: str) -> None:
        found = self._rows.execute(
            "SELECT run, stage, day, state, reserved FROM calls WHERE id=?", (call_id,)
        ).fetchone()
        if found is None or found[3] == "settled":
            return
        run, stage, day, state, reserved = found
        self._rows.execute(
            "UPDATE calls SET state='settled', cost=?, uncached=?, cached=?, cache_write=?, output=?,"
            " latency_s=?, status=? WHERE id=?",
            (cost, *astuple(usage), latency_s, status, call_id),
        )
        lost = state == "lost"  # counted as settled at its reservation; corrected now
        self._book(
            _scopes(day, run, stage),
            settled=cost - (reserved if lost else 0),
            reserved=0 if lost else -reserved,
        )

    def _spent(self, scope: str) -> tuple[int, int, int | None]:
        found: tuple[int, int, int | None] | None = self._rows.execute(
            "SELECT settled, reserved, cap FROM scopes WHERE scope=?", (scope,)
        ).fetchone()
        settled, reserved, cap = found or (0, 0, None)
        if cap is None and scope.startswith(f"{EVERY_DAY}:"):
            cap = self._spent(EVERY_DAY)[2]
        return settled, reserved, cap

    def _misfit(self, scopes: tuple[str, ...], worst: int) -> Refusal | None:
        if worst == 0:
            return None
        for scope in scopes:
            settled, reserved, cap = self._spent(scope)
            if cap is not None and settled + reserved + worst > cap:
                return Refusal(scope, cap, settled, reserved)
        return None

    def _bury(self, now: datetime) -> bool:
        """Count reservations of dead processes as spent; whether there were any."""
        dead = []
        for host, pid, born, latest in self._rows.execute(
            "SELECT host, pid, born, MAX(created) FROM calls WHERE state='reserved' GROUP BY host, pid, born"
        ).fetchall():
            in_time = now - datetime.fromisoformat(latest) < LONGEST_CALL
            if not (_alive(pid, born) if host == self._host else in_time):
                dead.append((host, pid, born))
        for process in dead:
            whose = "state='reserved' AND host=? AND pid=? AND born=?"
            for run, stage, day, reserved in self._rows.execute(
                f"SELECT run, stage, day, SUM(reserved) FROM calls WHERE {whose} GROUP BY run, stage, day",
                process,
            ).fetchall():
                self._book(_scopes(day, run, stage), settled=reserved, reserved=-reserved)
            self._rows.execute(f"UPDATE calls SET state='lost' WHERE {whose}", process)
        return bool(dead)

    def _book(self, scopes: tuple[str, ...], *, settled: int, reserved: int) -> None:
        self._rows.executemany(
            "INSERT INTO scopes (scope, settled, reserved) VALUES (?, ?, ?) ON CONFLICT (scope) DO UPDATE SET"
            " settled = settled + excluded.settled, reserved = reserved + excluded.reserved",
            [(scope, settled, reserved) for scope in scopes],
        )

    @contextmanager
    def _transaction(self, durable: bool) -> Iterator[None]:
        """All of a block or nothing; `durable` brings it to disk, which calls that cost nothing need not."""
        with self._guarded():
            self._rows.execute(f"PRAGMA synchronous={'FULL' if durable else 'NORMAL'}")
            self._rows.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._rows.execute("ROLLBACK")
                raise
            self._rows.execute("COMMIT")

    @contextmanager
    def _guarded(self) -> Iterator[None]:
        with self._one_at_a_time:
            try:
                yield
            except sqlite3.Error as error:
                raise StorageUnavailable(
                    f"the ledger {self.path} cannot be used ({error}); make room or mend it, and run again"
                ) from error


def _scopes(day: str, run: str, stage: str) -> tuple[str, str, str]:
    return f"{EVERY_DAY}:{day}", f"run:{run}", f"run:{run}/{stage}"


def _alive(pid: int, born: str) -> bool:
    """Whether the process of this number runs, and is still the one that was meant."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    state, began = _state(pid)
    return state not in _ENDED and (not born or not began or began == born)


def _state(pid: int) -> tuple[str, str]:
    """State of a process and when it began, in ticks since the machine did; empty where nobody says."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return "", ""
    return fields[0], fields[19]


_open: dict[str, Ledger] = {}
_opening = threading.Lock()


def open_ledger() -> Ledger:
    """This process's ledger, where `FOUNDRY_LEDGER` says.

    Raises:
        ConfigurationError: it names something else than a file, or one that is no ledger.
    """
    place = os.environ.get("FOUNDRY_LEDGER") or str(state_folder() / "ledger.sqlite")
    if "://" in place:
        raise ConfigurationError(
            f"FOUNDRY_LEDGER={place.partition('://')[0]}://... is not supported yet; name a local sqlite file"
        )
    key = f"{os.getpid()}:{Path(place).absolute()}"
    with _opening:
        if key not in _open:
            _open[key] = Ledger(Path(place).absolute())
        return _open[key]


def caps_of(ledger: Ledger, run: str, stage: str, budget_usd: float | None) -> None:
    """Write down the caps a run was started with: its stage's, and every day's from `FOUNDRY_DAY_CAP_USD`.

    Raises:
        ConfigurationError: one of them is no sum of money.
    """
    day_cap = os.environ.get("FOUNDRY_DAY_CAP_USD")
    if day_cap:
        try:
            day_cap_usd = float(day_cap)
        except ValueError:
            day_cap_usd = math.nan
        if not 0 <= day_cap_usd <= HIGHEST_CAP_USD:
            raise ConfigurationError(f"FOUNDRY_DAY_CAP_USD must be a number of USD, not '{day_cap}'")
        ledger.set_cap(EVERY_DAY, day_cap_usd)
    if budget_usd is not None:
        ledger.set_cap(f"run:{run}/{stage}", budget_usd)


def summary(ledger: Ledger, run: str) -> list[dict[str, Any]]:
    """Spend of a run by stage and model, for artifacts and reports."""
    names = ("stage", "model", "calls", "repeated", "lost", "uncached", "cached", "cache_write", "output")
    return [
        {**dict(zip(names, row[:-1], strict=True)), "cost_usd": row[-1] / NANO}
        for row in ledger.by_model(run)
    ]
