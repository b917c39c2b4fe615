"""What a dashboard says, from the ledger's sums (pure): totals, shares, time lines, burn-down, the cache."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from tasks.llm.ledger import NANO
from tasks.llm.spending.calls import (
    DAY,
    HOUR,
    LOST,
    MINUTE,
    PUBLISHED,
    RESERVED,
    SETTLED,
    SLOWEST,
    SUMS,
    TEN_MINUTES,
    Scope,
    Unit,
    cut,
)

MOST_BARS = 120
"""Bars of a time line; more cannot be told apart on a screen."""
_STEPS = {
    MINUTE: timedelta(minutes=1),
    TEN_MINUTES: timedelta(minutes=10),
    HOUR: timedelta(hours=1),
    DAY: timedelta(days=1),
}
_RATE_OVER = 6
"""Bars of the time line that the rate of spending is taken from."""
REST = "others"

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class TimeLine:
    """Spend over time, in equal steps without gaps."""

    starts: tuple[datetime, ...]
    series: dict[str, tuple[int, ...]]
    """Name to nano-USD of each step; the dearest first."""
    step: timedelta

    @property
    def totals(self) -> tuple[int, ...]:
        """nano-USD of each step."""
        return tuple(map(sum, zip(*self.series.values(), strict=True)))


@dataclass(frozen=True, slots=True)
class BurnDown:
    """A cap, what has been used of it, and where that leads."""

    scope: str
    cap: int
    settled: int
    reserved: int
    unit: Unit
    """Of all amounts."""
    rate: float
    """An hour of late."""
    left_after: tuple[tuple[datetime, int], ...]
    """What was left of the cap at the end of each step."""
    reached: datetime | None
    """When the cap is reached at that rate; None: nothing is being spent, or it is reached."""

    @property
    def left(self) -> int:
        """What may still be reserved."""
        return max(0, self.cap - self.settled - self.reserved)


@dataclass(frozen=True, slots=True)
class CacheUse:
    """What came from the provider's prompt cache."""

    cached: int
    prompt: int
    """Tokens of all prompts."""
    saved: int | None
    """nano-USD at today's price; None where no price is known."""
    unpriced: tuple[str, ...]
    """Models whose saving is not known."""

    @property
    def share(self) -> float:
        """Of prompt tokens."""
        return self.cached / self.prompt if self.prompt else 0.0


def usd(nano: float) -> str:
    """An amount as people read it: cents above a dollar, four digits below."""
    amount = nano / NANO
    if amount == 0:
        return "$0"
    return (
        f"${amount:,.2f}"
        if abs(amount) >= 1
        else f"${amount:.4f}"
        if abs(amount) >= 0.0001
        else f"${amount:.2g}"
    )


def in_units(value: float, unit: Unit) -> str:
    """An amount with its unit."""
    return usd(value) if unit == "nano-USD" else f"{value:,.0f} tokens"


def chosen(sums: pa.Table, **wanted: Collection[str]) -> pa.Table:
    """Rows whose columns hold one of the values that are wanted; an empty choice is all."""
    for name, values in wanted.items():
        if values and name in sums.column_names:
            sums = sums.filter(pc.is_in(sums[name], value_set=pa.array(list(values), sums[name].type)))
    return sums


def since(sums: pa.Table, earliest: datetime) -> pa.Table:
    """Rows of steps that end after a time."""
    return sums.filter(
        pc.greater_equal(sums["at"], pa.scalar(earliest.astimezone(UTC).isoformat()[: DAY + 3]))
    )


def by(sums: pa.Table, *names: str) -> list[Row]:
    """A row for each combination of the named columns, the dearest first."""
    wanted = [*((name, "sum") for name in SUMS), (SLOWEST, "max")]
    found = sums.group_by(list(names)).aggregate(wanted).rename_columns([*names, *SUMS, SLOWEST])
    return sorted(found.to_pylist(), key=lambda row: (-row["cost"], *(str(row[name]) for name in names)))


def total(sums: pa.Table) -> Row:
    """All of it in one row, with what is in the air and what was lost apart."""
    states = {row["state"]: row for row in by(sums, "state")}
    added = {name: sum(row[name] for row in states.values()) for name in SUMS}
    failed = sum(row["calls"] for row in by(sums, "status", "state") if is_failure(row))
    open_, lost = (states.get(state, {}).get("cost", 0) for state in (RESERVED, LOST))
    return {**added, "reserved": open_, "lost": lost, "failed": failed}


def is_failure(row: Row) -> bool:
    """Whether a row's calls ended without a reply."""
    return bool(row["state"] == LOST or (row["state"] == SETTLED and row["status"] not in ("ok", PUBLISHED)))


def overruns(sums: pa.Table) -> list[Row]:
    """What was billed beyond its reservation, by model, the largest first; only models that did so."""
    found = [row for row in by(sums, "model") if row["overrun"] or row["overrun_tokens"]]
    return sorted(found, key=lambda row: (-row["overrun"], -row["overrun_tokens"], row["model"]))


def failures(sums: pa.Table) -> list[Row]:
    """Calls without a reply by what ended them, the most frequent first."""
    found = [
        {**row, "status": "lost (process died)" if row["state"] == LOST else row["status"]}
        for row in by(sums, "status", "state", "model")
        if is_failure(row)
    ]
    return sorted(found, key=lambda row: (-row["calls"], row["status"], row["model"]))


def time_line(sums: pa.Table, name: str, most_series: int = 6) -> TimeLine:
    """Spend by a column over time, in the finest steps that are not too many."""
    if sums.num_rows == 0:
        return TimeLine((), {}, _STEPS[HOUR])
    given = max(map(len, pc.unique(sums["at"]).to_pylist()))
    first, last = (_time(found.as_py()) for found in pc.min_max(sums["at"]).values())
    for letters in sorted((each for each in _STEPS if each <= given), reverse=True):
        step = _STEPS[letters]
        if (last - first) / step < MOST_BARS:
            break
    rows = by(cut(sums, letters), name, "at")
    begin = _time(min(row["at"] for row in rows))
    starts = tuple(begin + number * step for number in range(round((last - begin) / step) + 1))
    place = {start: number for number, start in enumerate(starts)}
    largest = [str(row[name]) for row in by(sums, name)]
    kept = largest if len(largest) <= most_series else largest[: most_series - 1]
    series = {each: [0] * len(starts) for each in (*kept, *([REST] if len(kept) < len(largest) else ()))}
    for row in rows:
        key = str(row[name]) if str(row[name]) in kept else REST
        series[key][place[_time(row["at"])]] += row["cost"]
    return TimeLine(starts, {each: tuple(amounts) for each, amounts in series.items()}, step)


def burn_down(scope: Scope, sums: pa.Table, now: datetime) -> BurnDown | None:
    """What is left of a cap over time, and when it will be reached; None for a scope without a cap.

    The rate is that of the last steps of the time line up to now, so that a run that has ended needs no cap.
    """
    if scope.cap is None:
        return None
    counted = under(scope.scope, sums)
    if scope.unit == "tokens":
        counted = counted.set_column(counted.column_names.index("cost"), "cost", counted["tokens"])
    line = time_line(counted, "stage")
    used, left_after = 0, []
    for start, amount in zip(line.starts, line.totals, strict=True):
        used += amount
        left_after.append((start + line.step, scope.cap - used))
    lately = now - _RATE_OVER * line.step
    recent = [
        (start, amount) for start, amount in zip(line.starts, line.totals, strict=True) if start >= lately
    ]
    rate = 0.0
    if recent:
        hours = max((now - recent[0][0]) / timedelta(hours=1), 1 / 60)
        rate = sum(amount for _, amount in recent) / hours
    left = scope.cap - scope.settled - scope.reserved
    reached = (
        now + timedelta(hours=left / rate) if rate > 0 and 0 < left / max(rate, 1e-9) < 24 * 365 else None
    )
    return BurnDown(
        scope.scope, scope.cap, scope.settled, scope.reserved, scope.unit, rate, tuple(left_after), reached
    )


def under(scope: str, sums: pa.Table) -> pa.Table:
    """The calls that count against a scope."""
    kind, _, rest = scope.partition(":")
    if kind == "run":
        run, _, stage = rest.partition("/")
        return chosen(sums, run=[run], stage=[stage] if stage else [])
    if kind == "day" and rest:
        return sums.filter(pc.starts_with(sums["at"], pattern=rest))
    return sums


def capped(scopes: Sequence[Scope], now: datetime) -> list[Scope]:
    """The scopes with a cap, fullest first; today has every day's cap where it has none of its own."""
    every_day = next((each.cap for each in scopes if each.scope == "day"), None)
    today = f"day:{now.astimezone(UTC):%Y-%m-%d}"
    found = [
        each if each.cap is not None else Scope(each.scope, each.settled, each.reserved, every_day, each.unit)
        for each in scopes
        if each.cap is not None or each.scope == today
    ]
    with_cap = [each for each in found if each.cap is not None and each.scope != "day"]
    return sorted(with_cap, key=lambda each: -(each.settled + each.reserved) / max(each.cap or 0, 1))


def cache_use(sums: pa.Table, saving: Callable[[str], float | None]) -> CacheUse:
    """How much of the prompts came from the provider's cache.

    Args:
        sums: of the calls that count.
        saving: nano-USD that a cached token of a model costs less than an uncached one; None: not known.
    """
    rows = by(sums, "model")
    cached = sum(row["cached"] for row in rows)
    prompt = sum(row["cached"] + row["uncached"] + row["cache_write"] for row in rows)
    saved, unpriced = 0.0, []
    for row in rows:
        each = saving(row["model"]) if row["cached"] else 0.0
        if each is None:
            unpriced.append(row["model"])
        else:
            saved += row["cached"] * each
    known = len(unpriced) < sum(row["cached"] > 0 for row in rows) or not unpriced
    return CacheUse(cached, prompt, round(saved) if known else None, tuple(unpriced))


def shards(sums: pa.Table) -> list[Row]:
    """A row a shard, the dearest first; `mean_s` is the mean latency of its calls."""
    return [
        {**row, "mean_s": row["latency_s"] / row["calls"]}
        for row in by(sums, "stage", "address", "run", "shard")
    ]


def _time(at: str) -> datetime:
    """The start of a step: `2026-11-21T10`, `2026-11-21T10:2`, `2026-11-21T10:24`, `2026-11-21`."""
    whole = at + "0000-01-01T00:00"[len(at) :]
    return datetime.fromisoformat(whole).replace(tzinfo=UTC)
