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
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from tasks.errors import ConfigurationError, StorageUnavailable
from tasks.llm import booking
from tasks.llm.booking import EVERY_DAY, CallKey, Process, Refusal
from tasks.llm.booking import NANO as NANO
from tasks.llm.ledger_rows import SqlRows
from tasks.llm.protocol import Usage
from tasks.storage.state import state_folder

HIGHEST_CAP_USD = 1_000_000_000
LONGEST_CALL = timedelta(hours=2)
"""No call is in flight longer: an older reservation of another host, whose processes nobody sees, is lost."""
_ENDED = {"Z", "X"}
"""States of a process that was killed and not yet collected by its parent."""


class Ledger:
    """An open ledger, for all threads of a process; one a process is enough."""

    def __init__(self, path: Path):
        """Open the file, or make it.

        Raises:
            ConfigurationError: it is no ledger, or cannot be written.
        """
        self.path = path
        self._one_at_a_time = threading.Lock()
        self._owed: list[tuple[int, Usage, int, float, str]] = []
        """Calls that ended while the file could not be written: booked with the next reservation. Until then
        they count at their worst, and while this process lives nobody else may call them lost."""
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._rows = sqlite3.connect(path, isolation_level=None, timeout=60, check_same_thread=False)
            self._rows.execute("PRAGMA journal_mode=WAL")
            self._books = SqlRows(self._rows)
        except (sqlite3.Error, OSError) as error:
            raise ConfigurationError(
                f"the ledger {path} cannot be opened ({error}); check FOUNDRY_LEDGER"
            ) from error
        self._host = socket.gethostname()
        self._process = Process(self._host, os.getpid(), _state(os.getpid())[1])

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
            self._books.set_cap(scope, cap)

    def reserve(self, key: CallKey, worst: int, price: str) -> int | Refusal:
        """Reserve the worst case of a call [nano-USD] under all its caps; its id, or why it does not fit."""
        now = datetime.now(UTC)
        with self._transaction(durable=worst > 0):
            owed = list(self._owed)
            for each in owed:
                booking.settle(self._books, *each)
            outcome = booking.reserve(
                self._books,
                key,
                worst,
                price,
                now,
                self._process,
                lambda who, latest: self._dead(who, latest, now),
            )
        del self._owed[: len(owed)]
        return outcome

    def settle(self, call_id: int, usage: Usage, cost: int, latency_s: float, status: str) -> None:
        """Book what a call has cost; a call that is settled already stays as it is."""
        try:
            with self._transaction(durable=cost > 0):
                booking.settle(self._books, call_id, usage, cost, latency_s, status)
        except StorageUnavailable:
            self._owed.append((call_id, usage, cost, latency_s, status))
            raise

    def settle_logged(self, call_id: int, key: CallKey, usage: Usage, cost: int, latency_s: float) -> None:
        """Book a reply that was logged, should its process have died before it booked it.

        A ledger that is not the one it was reserved in (another file, or made anew) has no such call, or
        another one under this number: nothing is booked.
        """
        with self._transaction(durable=cost > 0):
            booking.settle_logged(self._books, call_id, key, usage, cost, latency_s)

    def spent(self, scope: str) -> tuple[int, int, int | None]:
        """Settled, reserved and cap of a scope [nano-USD]."""
        with self._guarded():
            return booking.spent(self._books, scope)

    def by_model(self, run: str) -> list[tuple[str, str, int, int, int, int, int, int, int, int]]:
        """A row a stage and model of a run.

        Stage, model, calls, repeated, lost, uncached, cached, cache-write, output tokens, nano-USD; what is
        reserved or lost counts at its reservation.
        """
        with self._guarded():
            return self._books.by_model(run)

    def close(self) -> None:
        """Close the file; `open_ledger` opens it anew."""
        with self._guarded():
            self._rows.close()
        for key in [key for key, ledger in _open.items() if ledger is self]:
            del _open[key]

    def _dead(self, process: Process, latest: datetime, now: datetime) -> bool:
        """Whether a process can settle no more: gone from here, or elsewhere and past the longest call."""
        if process.host == self._host:
            return not _alive(process.pid, process.born)
        return now - latest >= LONGEST_CALL

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
