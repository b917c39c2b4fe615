"""The ledger's calls summed up for whoever watches them: read only, and only what is new is read again.

A million calls make some ten thousand sums: calls that agree in `GROUPS` (time rounded down) are one row.
What is settled never changes, so a later reading starts after the last call seen, and looks again at those
that were open then. All sessions of a dashboard share one reading.

The ledger's own module writes; this one opens the file read-only, and knows of columns that a ledger lacks.
"""

import os
import sqlite3
import threading
from collections.abc import Collection, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from tasks.errors import ConfigurationError, StorageUnavailable
from tasks.storage.state import state_folder

GROUPS = ("at", "run", "stage", "address", "shard", "model", "status", "state")
"""What a row of the sums is one of; `at` is UTC, ISO 8601 cut off after the hour, ten minutes or minute."""
LATER_GROUPS = ("team", "project", "searcher")
"""The same, where the ledger has them."""
SUMS = ("calls", "cost", "repeated", "uncached", "cached", "cache_write", "output", "latency_s")
"""Added up; `cost` is nano-USD: what was billed, or the reservation of a call that is open or lost."""
SLOWEST = "slowest_s"
"""Latency of the slowest call of a row."""
SETTLED, RESERVED, LOST = "settled", "reserved", "lost"
PUBLISHED = "published"
"""Status of calls that are known from tables only."""

DAY, HOUR, TEN_MINUTES, MINUTE = 10, 13, 15, 16
"""Letters of an ISO time that name the day, hour, ten minutes, minute it lies in."""
_CHUNK = 50_000
"""Calls of one query: short transactions keep no writer's log from being folded into the file."""
_READERS = 4
_LOOKED_AT = 500
"""Open calls of one query."""
_OPEN_MANY = 20_000
"""More open calls than this are cheaper to read with all the others."""


@dataclass(frozen=True, slots=True)
class Scope:
    """A cap and what counts against it."""

    scope: str
    settled: int
    reserved: int
    cap: int | None
    """nano-USD, as the others; None: no cap."""


def schema(groups: Sequence[str] = GROUPS) -> pa.Schema:
    """Columns of the sums."""
    return pa.schema(
        [
            *((name, pa.int64() if name == "shard" else pa.string()) for name in groups),
            *((name, pa.int64()) for name in SUMS[:-1]),
            ("latency_s", pa.float64()),
            (SLOWEST, pa.float64()),
        ]
    )


def merged(sums: pa.Table, without: Collection[str] = ()) -> pa.Table:
    """Rows that agree in all their groups made one; groups of no interest are left out."""
    groups = [name for name in sums.column_names if name not in (*SUMS, SLOWEST, *without)]
    wanted = [*((name, "sum") for name in SUMS), (SLOWEST, "max")]
    found = sums.group_by(groups).aggregate(wanted)
    return found.rename_columns([*groups, *SUMS, SLOWEST]).cast(schema(groups))


def coarser(sums: pa.Table, letters: int) -> pa.Table:
    """The same with times cut off earlier."""
    return merged(cut(sums, letters))


def cut(sums: pa.Table, letters: int) -> pa.Table:
    """Times cut off earlier, rows as they are."""
    at = pc.utf8_slice_codeunits(sums["at"], 0, letters)
    return sums.set_column(sums.column_names.index("at"), "at", at)


def ledger_path() -> Path:
    """Where the sqlite ledger lies, there or not.

    Raises:
        ConfigurationError: `FOUNDRY_LEDGER` names a server.
    """
    place = os.environ.get("FOUNDRY_LEDGER") or str(state_folder() / "ledger.sqlite")
    if "://" in place:
        raise ConfigurationError(
            f"FOUNDRY_LEDGER={place.partition('://')[0]}://... cannot be watched yet; name a sqlite file"
        )
    return Path(place).absolute()


class WatchedLedger:
    """A ledger that somebody else writes; for all threads of a process."""

    def __init__(self, path: Path):
        self.path = path
        self._one_at_a_time = threading.Lock()
        self._forget()

    def read(self) -> pa.Table:
        """The sums of all calls until now; an empty table where no ledger is.

        Raises:
            ConfigurationError: the file is no ledger.
            StorageUnavailable: it cannot be read just now.
        """
        with self._one_at_a_time:
            if not self.path.exists():
                self._forget()
                return schema().empty_table()
            self._catch_up()
            return pa.concat_tables([self._settled, self._open])

    def scopes(self) -> list[Scope]:
        """Every cap, and what was booked under it; quick, whatever the number of calls."""
        if not self.path.exists():
            return []
        with _reading(self.path) as rows:
            found = rows.execute("SELECT scope, settled, reserved, cap FROM scopes ORDER BY scope").fetchall()
        return [Scope(*row) for row in found]

    def by_day_and_model(self) -> list[tuple[str, str, int, int, int, int]]:
        """UTC day, model, calls, calls not settled, nano-USD of all, nano-USD of those not settled.

        Raises:
            ConfigurationError: there is no ledger.
        """
        if not self.path.exists():
            raise ConfigurationError(
                f"there is no ledger {self.path}; name one with --ledger or FOUNDRY_LEDGER"
            )
        with _reading(self.path) as rows:
            return rows.execute(
                "SELECT day, model, COUNT(*), SUM(state<>'settled'),"
                " SUM(CASE state WHEN 'settled' THEN cost ELSE reserved END),"
                " SUM(CASE state WHEN 'settled' THEN 0 ELSE reserved END)"
                " FROM calls GROUP BY day, model ORDER BY day, model"
            ).fetchall()

    def _forget(self) -> None:
        self._seen, self._letters = 0, HOUR
        self._waiting: list[int] = []
        self._settled = self._open = schema().empty_table()

    def _catch_up(self) -> None:
        with _reading(self.path) as rows:
            columns = {row[1] for row in rows.execute("PRAGMA table_info(calls)")}
            newest = rows.execute("SELECT MAX(id) FROM calls").fetchone()[0] or 0
            ends = [
                rows.execute(f"SELECT created FROM calls ORDER BY id {way} LIMIT 1").fetchone()
                for way in ("ASC", "DESC")
            ]
        groups = (*GROUPS, *(name for name in LATER_GROUPS if name in columns))
        if newest < self._seen or len(self._waiting) > _OPEN_MANY or groups != self._groups():
            self._forget()  # made anew, or of a later version
        if not newest:
            return
        letters = _letters(ends[0][0], ends[1][0])
        if self._seen == 0:
            self._letters, self._settled = letters, schema(groups).empty_table()
        elif letters < self._letters:
            self._letters, self._settled = letters, coarser(self._settled, letters)
        spans = [(low, min(low + _CHUNK, newest)) for low in range(self._seen, newest, _CHUNK)]
        pages = [self._waiting[low : low + _LOOKED_AT] for low in range(0, len(self._waiting), _LOOKED_AT)]
        with ThreadPoolExecutor(min(_READERS, os.cpu_count() or 1)) as readers:
            parts = [
                *readers.map(lambda span: _span(self.path, groups, self._letters, *span), spans),
                *readers.map(lambda ids: _listed(self.path, groups, self._letters, ids), pages),
            ]
        settled = pa.concat_tables([self._settled, *(part[0] for part in parts)])
        self._settled = merged(settled)
        self._open = merged(pa.concat_tables([schema(groups).empty_table(), *(part[1] for part in parts)]))
        self._waiting = [each for part in parts for each in part[2]]
        self._seen = newest

    def _groups(self) -> tuple[str, ...]:
        return tuple(name for name in self._settled.column_names if name not in (*SUMS, SLOWEST))


def _letters(first: str, last: str) -> int:
    """How finely time is kept: about two days of tens of minutes, six hours of minutes."""
    if first[:DAY] == last[:DAY]:
        hours = int(last[DAY + 1 : HOUR]) - int(first[DAY + 1 : HOUR])
        return MINUTE if hours < 6 else TEN_MINUTES
    return HOUR


_Part = tuple[pa.Table, pa.Table, list[int]]
"""Sums of settled calls, sums of the others, and the ids of those."""


def _span(path: Path, groups: Sequence[str], letters: int, low: int, high: int) -> _Part:
    """Calls after `low` up to `high`."""
    with _reading(path) as rows:
        return _part(rows, groups, letters, "id>? AND id<=?", (low, high))


def _listed(path: Path, groups: Sequence[str], letters: int, ids: Sequence[int]) -> _Part:
    with _reading(path) as rows:
        return _part(rows, groups, letters, f"id IN ({','.join('?' * len(ids))})", ids)


def _part(
    rows: sqlite3.Connection, groups: Sequence[str], letters: int, where: str, values: Sequence[int]
) -> _Part:
    keys = [f"substr(created,1,{letters})" if name == "at" else name for name in groups]
    sums = ", ".join(f"COALESCE(SUM({name}),0)" for name in SUMS[2:-1])
    query = (
        f"SELECT {', '.join(keys)}, COUNT(*), SUM(CASE state WHEN 'settled' THEN cost ELSE reserved END), "
        f"{sums}, TOTAL(latency_s), COALESCE(MAX(latency_s),0.0) FROM calls WHERE {where} AND state"
    )
    every = ", ".join(keys)
    settled = rows.execute(f"{query}='settled' GROUP BY {every}", values).fetchall()
    others = rows.execute(f"{query}<>'settled' GROUP BY {every}", values).fetchall()
    ids = rows.execute(f"SELECT id FROM calls WHERE {where} AND state<>'settled'", values).fetchall()
    return _table(settled, groups), _table(others, groups), [row[0] for row in ids]


def _table(rows: list[tuple[Any, ...]], groups: Sequence[str]) -> pa.Table:
    columns = schema(groups)
    if not rows:
        return columns.empty_table()
    return pa.table(
        [
            pa.array(column, field.type)
            for column, field in zip(zip(*rows, strict=True), columns, strict=True)
        ],
        schema=columns,
    )


@contextmanager
def _reading(path: Path) -> Iterator[sqlite3.Connection]:
    """One transaction that sees one state of the ledger and leaves nothing behind.

    Raises:
        ConfigurationError: the file is no ledger.
        StorageUnavailable: it cannot be read.
    """
    # Without a log beside it nobody has the ledger open: sqlite then need not make one to read it.
    log = Path(f"{path}-wal")
    mode = "mode=ro" if log.exists() else "mode=ro&immutable=1"
    try:
        rows = sqlite3.connect(f"{path.as_uri()}?{mode}", uri=True, isolation_level=None, timeout=10)
        try:
            rows.execute("BEGIN")
            rows.execute("SELECT 1 FROM calls LIMIT 1").fetchone()
            yield rows
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


_watched: dict[Path, WatchedLedger] = {}
_opening = threading.Lock()


def watched_ledger(path: Path | None = None) -> WatchedLedger:
    """This process's reading of a ledger, by default of that of `FOUNDRY_LEDGER`."""
    place = path.absolute() if path else ledger_path()
    with _opening:
        return _watched.setdefault(place, WatchedLedger(place))
