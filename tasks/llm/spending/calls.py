"""The ledger's calls summed up for whoever watches them: read only, and only what is new is read again.

A million calls make some ten thousand sums: calls that agree in `GROUPS` (time rounded down) are one row.
What is settled never changes, so a later reading starts after the last call seen, and looks again at those
that were open then. All sessions of a dashboard share one reading.

The ledger's own module writes; this one only reads, a file or a database, and knows of columns that a ledger
lacks. Ids become visible in the order in which they grow, in both.
"""

import os
import threading
from collections.abc import Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Literal, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from tasks.errors import ConfigurationError
from tasks.llm.accounts import WHOLE
from tasks.llm.ledger import ledger_place
from tasks.llm.stores.watching import Reader, columns_of, is_there, look, shown_place

GROUPS = ("at", "run", "stage", "address", "shard", "model", "status", "state")
"""What a row of the sums is one of; `at` is UTC, ISO 8601 cut off after the hour, ten minutes or minute."""
LATER_GROUPS = ("team", "project", "searcher", "kind")
"""The same, where the ledger has them."""
SUMS = (
    "calls", "cost", "tokens", "overrun", "overrun_tokens", "repeated", "uncached", "cached", "cache_write",
    "output", "latency_s",
)  # fmt: skip
"""Added up; `cost` is nano-USD: what was billed, or the reservation of a call that is open or lost; `tokens`
the same in tokens. Overruns are what was billed beyond the reservation. An earlier ledger lacks these: 0."""
SLOWEST = "slowest_s"
"""Latency of the slowest call of a row."""
SETTLED, RESERVED, LOST = "settled", "reserved", "lost"
MODEL = "model"
"""Kind of a call that a model's provider bills."""
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


Unit = Literal["nano-USD", "tokens"]


@dataclass(frozen=True, slots=True)
class Scope:
    """A cap and what counts against it."""

    scope: str
    settled: int
    reserved: int
    cap: int | None
    """None: no cap."""
    unit: Unit = "nano-USD"
    """Of all three."""


class Booked(NamedTuple):
    """What was booked on a UTC day for a model, or for what else is paid for."""

    day: str
    kind: str
    """`model`, `api`, `machine` or `storage`."""
    model: str
    """What was called; of another kind, what was used."""
    cost: int
    """nano-USD; of calls that are open or lost their reservation."""
    unsettled: int = 0
    """nano-USD of those alone."""


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


class WatchedLedger:
    """A ledger that somebody else writes; for all threads of a process."""

    def __init__(self, place: Path | str):
        self.place = place
        self._one_at_a_time = threading.Lock()
        self._forget()

    @property
    def shown(self) -> str:
        """Where it is, for people: without a password."""
        return shown_place(self.place)

    def read(self) -> pa.Table:
        """The sums of all calls until now, in no order; an empty table where no ledger is.

        Raises:
            ConfigurationError: the file is no ledger.
            StorageUnavailable: it cannot be read just now.
        """
        with self._one_at_a_time:
            if not is_there(self.place):
                self._forget()
                return schema().empty_table()
            self._catch_up()
            return pa.concat_tables([self._settled, self._open])

    def scopes(self, unit: Unit = "nano-USD") -> list[Scope]:
        """Every cap, and what was booked under it; quick, whatever the number of calls.

        An earlier ledger caps no tokens: none then.
        """
        if not is_there(self.place):
            return []
        found = look(self.place, partial(_scopes, unit=unit))
        return [Scope(scope, settled, reserved, cap, unit) for scope, settled, reserved, cap in found]

    def factors(self) -> dict[str, float]:
        """Models that billed more than was reserved, and how many times their worst case is reserved now."""
        if not is_there(self.place):
            return {}
        return {model: factor / WHOLE for model, factor in look(self.place, _factors) if factor > WHOLE}

    def by_day_and_model(self) -> list[Booked]:
        """What was booked, a row a UTC day, kind and model, in that order.

        Raises:
            ConfigurationError: there is no ledger.
        """
        if not is_there(self.place):
            raise ConfigurationError(
                f"there is no ledger {self.shown}; name one with --ledger or FOUNDRY_LEDGER"
            )
        return [Booked(*row) for row in look(self.place, _by_day_and_model)]

    def _forget(self) -> None:
        self._seen, self._letters = 0, HOUR
        self._waiting: list[int] = []
        self._settled = self._open = schema().empty_table()

    def _catch_up(self) -> None:
        columns, newest, ends = look(self.place, _extent)
        groups = (*GROUPS, *(name for name in LATER_GROUPS if name in columns))
        read = _Asked(groups, tuple(name if name in columns else "0" for name in SUMS[2:-1]))
        if newest < self._seen or len(self._waiting) > _OPEN_MANY or groups != self._groups():
            self._forget()  # made anew, or of a later version
        if not newest:
            return
        letters = _letters(*ends)
        if self._seen == 0:
            self._letters, self._settled = letters, schema(groups).empty_table()
        elif letters < self._letters:
            self._letters, self._settled = letters, coarser(self._settled, letters)
        spans = [(low, min(low + _CHUNK, newest)) for low in range(self._seen, newest, _CHUNK)]
        pages = [self._waiting[low : low + _LOOKED_AT] for low in range(0, len(self._waiting), _LOOKED_AT)]
        with ThreadPoolExecutor(min(_READERS, os.cpu_count() or 1)) as readers:
            parts = [
                *readers.map(lambda span: _span(self.place, read, self._letters, *span), spans),
                *readers.map(lambda ids: _listed(self.place, read, self._letters, ids), pages),
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


_Rows = list[tuple[Any, ...]]


def _all(rows: Reader, sql: str, values: Sequence[int] = ()) -> _Rows:
    return list(rows.execute(sql, values).fetchall())


def _scopes(rows: Reader, unit: Unit) -> _Rows:
    of = "_tokens" if unit == "tokens" else ""
    if f"cap{of}" not in columns_of(rows, "scopes"):
        return []
    return _all(
        rows,
        f"SELECT scope, settled{of}, reserved{of}, cap{of} FROM scopes"
        " WHERE scope NOT LIKE 'quota:%' ORDER BY scope",
    )


def _factors(rows: Reader) -> _Rows:
    if not columns_of(rows, "factors"):
        return []
    return _all(rows, "SELECT model, factor FROM factors ORDER BY model")


def _by_day_and_model(rows: Reader) -> _Rows:
    sums = (
        "CASE state WHEN 'settled' THEN cost ELSE reserved END",
        "CASE state WHEN 'settled' THEN 0 ELSE reserved END",
    )
    # An earlier ledger booked calls of models only.
    kind = "kind" if "kind" in columns_of(rows) else f"'{MODEL}'"
    return _all(
        rows,
        f"SELECT day, {kind}, model, {', '.join(f'CAST(SUM({each}) AS BIGINT)' for each in sums)}"
        " FROM calls GROUP BY 1, 2, 3 ORDER BY 1, 2, 3",
    )


def _extent(rows: Reader) -> tuple[set[str], int, list[str]]:
    """Columns of the calls, id of the newest (0: none yet), and when the first and it were made."""
    newest = rows.execute("SELECT MAX(id) FROM calls").fetchone()[0] or 0
    ends = [
        rows.execute(f"SELECT created FROM calls ORDER BY id {way} LIMIT 1").fetchone()
        for way in ("ASC", "DESC")
    ]
    return columns_of(rows), newest, [end[0] for end in ends if end]


_Part = tuple[pa.Table, pa.Table, list[int]]
"""Sums of settled calls, sums of the others, and the ids of those."""


class _Asked(NamedTuple):
    """What a query asks for."""

    groups: tuple[str, ...]
    sums: tuple[str, ...]
    """Columns beside count and cost, or 0."""


def _span(place: Path | str, asked: _Asked, letters: int, low: int, high: int) -> _Part:
    """Calls after `low` up to `high`."""
    return look(place, lambda rows: _part(rows, asked, letters, "id>? AND id<=?", (low, high)))


def _listed(place: Path | str, asked: _Asked, letters: int, ids: Sequence[int]) -> _Part:
    among = f"id IN ({','.join('?' * len(ids))})"
    return look(place, lambda rows: _part(rows, asked, letters, among, ids))


def _part(rows: Reader, asked: _Asked, letters: int, where: str, values: Sequence[int]) -> _Part:
    groups = asked.groups
    keys = [f"substr(created,1,{letters})" if name == "at" else name for name in groups]
    booked = "CASE state WHEN 'settled' THEN cost ELSE reserved END"
    tokens, *rest = asked.sums
    if tokens != "0":
        tokens = "CASE state WHEN 'settled' THEN tokens ELSE reserved_tokens END"
    sums = ", ".join(f"CAST(COALESCE(SUM({each}),0) AS BIGINT)" for each in (booked, tokens, *rest))
    query = (
        f"SELECT {', '.join(keys)}, COUNT(*), {sums}, COALESCE(SUM(latency_s),0.0),"
        f" COALESCE(MAX(latency_s),0.0) FROM calls WHERE {where} AND state"
    )
    every = ", ".join(str(place + 1) for place in range(len(keys)))
    settled = _all(rows, f"{query}='settled' GROUP BY {every}", values)
    others = _all(rows, f"{query}<>'settled' GROUP BY {every}", values)
    ids = _all(rows, f"SELECT id FROM calls WHERE {where} AND state<>'settled'", values)
    return _table(settled, groups), _table(others, groups), [row[0] for row in ids]


def _table(rows: _Rows, groups: Sequence[str]) -> pa.Table:
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


_watched: dict[Path | str, WatchedLedger] = {}
_opening = threading.Lock()


def watched_ledger(place: Path | str | None = None) -> WatchedLedger:
    """This process's reading of a ledger, by default of that of `FOUNDRY_LEDGER`."""
    place = ledger_place(str(place)) if place else ledger_place()
    with _opening:
        return _watched.setdefault(place, WatchedLedger(place))
