"""How far a forecast was off, once its run has finished."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pyarrow.compute as pc

from tasks.annotation.forecast.record import FORECAST_KEY, Forecast, compared, parse
from tasks.records import Call
from tasks.storage.store import store_of
from tasks.storage.table import Table

_COLUMNS = {
    "uncached": "uncached_tokens",
    "cached": "cached_tokens",
    "cache_write": "cache_write_tokens",
    "output": "output_tokens",
}


@dataclass(frozen=True, slots=True)
class Told:
    """What a report says of the forecast; nothing where there was none."""

    figures: dict[str, Any] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


def taken(table: Table) -> dict[str, float]:
    """USD of tokens and API fees, model calls and tokens, of everything a table has published."""
    counted = ["kind", "cost_nano_usd", *_COLUMNS.values()]
    calls = table.read(Call, "calls", partial=True, columns=counted)
    asked = calls.filter(pc.equal(calls["kind"], "model"))
    found = {name: float(pc.sum(asked[column]).as_py() or 0) for name, column in _COLUMNS.items()}
    usd = float(pc.sum(calls["cost_nano_usd"]).as_py() or 0) / 1e9
    return {"usd": usd, "calls": float(asked.num_rows), **found}


def forecast_at(address: str) -> Forecast | None:
    """The forecast that was made for an address, if there is one.

    Raises:
        AddressError: it is damaged.
    """
    content = store_of(address).read(FORECAST_KEY)
    return None if content is None else parse(content, address)


def outcome_of(table: Table) -> Told:
    """What a finished table's report says of its forecast."""
    forecast = forecast_at(table.address)
    if forecast is None:
        return Told()
    if dict(forecast.decides) != table.manifest.decides:
        return Told(notes=["its forecast was made for other parameters, and is not compared"])
    outcomes = compared(forecast, taken(table), _hours(table, forecast))
    figures: dict[str, Any] = {}
    for outcome in outcomes:
        figures[f"forecast_{outcome.measure}"] = outcome.span.expected
        figures[f"forecast_{outcome.measure}_inside"] = outcome.inside
    said = [f"{outcome.said().strip()} ({forecast.level:.0%} interval)" for outcome in outcomes]
    return Told(figures, said)


def _hours(table: Table, forecast: Forecast) -> float | None:
    """Time from a table's making to its last commit, pauses included; None where it was begun before."""
    commits = store_of(table.address).dated("commits")
    if forecast.published or not commits:
        return None
    begun = datetime.fromisoformat(table.manifest.created).timestamp()
    return max(0.0, max(stamp.written for stamp in commits) - begun) / 3600


def now_text() -> str:
    """The time, UTC, ISO 8601."""
    return datetime.now(UTC).isoformat(timespec="seconds")
