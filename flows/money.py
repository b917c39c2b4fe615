"""What a run has spent, as its ledger knows: by stage and model, and against its caps."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from tasks.llm.accounts import UNITS, Unit
from tasks.llm.ledger import NANO, open_ledger, summary
from tasks.llm.spending.prices import saving_by_cache

_COUNTS = ("calls", "repeated", "lost", "uncached", "cached", "cache_write", "output")
_TOKENS = {"uncached": "uncached", "cached": "cached", "cache_write": "cache-write", "output": "output"}


def spend_rows(run: str, stage: str = "") -> list[dict[str, Any]]:
    """A row a stage and model, and one of their sum where there are several.

    Args:
        run: whose money it is.
        stage: only this one; empty: all.
    """
    found = [row for row in summary(open_ledger(), run) if stage in ("", row["stage"])]
    saving = saving_by_cache()
    rows = []
    for row in found:
        saved = saving(row["model"]) if row["cached"] else 0.0
        rows.append({**row, "saved_usd": None if saved is None else row["cached"] * saved / NANO})
    if len(rows) > 1:
        sums = {name: sum(row[name] for row in rows) for name in (*_COUNTS, "cost_usd")}
        saved_usd = sum(row["saved_usd"] or 0.0 for row in rows)
        rows.append({"stage": "all", "model": "", **sums, "saved_usd": saved_usd})
    return [_shown(row) for row in rows]


def cap_rows(run: str, stages: Iterable[str]) -> list[dict[str, Any]]:
    """A row a cap that binds, in USD and in tokens: the run's, its stages', today's.

    What the run has spent in USD is shown also where it has no cap.
    """
    ledger = open_ledger()
    today = f"day:{datetime.now(UTC):%Y-%m-%d}"
    rows = []
    for scope in (f"run:{run}", *(f"run:{run}/{stage}" for stage in stages), today):
        settled, reserved, *caps = ledger.account(scope)
        for place, unit in enumerate(UNITS):
            if caps[place] is not None or (scope, unit) == (f"run:{run}", "USD"):
                rows.append(_cap_row(scope, unit, settled[place], reserved[place], caps[place]))
    return rows


def _cap_row(scope: str, unit: Unit, settled: int, reserved: int, cap: int | None) -> dict[str, Any]:
    def shown(value: int) -> float | int:
        return value / NANO if unit == "USD" else value

    used = settled + reserved
    return {
        "scope": scope,
        "unit": unit,
        "settled": shown(settled),
        "reserved": shown(reserved),
        "cap": "no cap" if cap is None else shown(cap),
        "left": "" if cap is None else shown(max(0, cap - used)),
        "used [%]": "" if not cap else round(100 * used / cap, 1),
    }


def _shown(row: dict[str, Any]) -> dict[str, Any]:
    prompt = row["uncached"] + row["cached"] + row["cache_write"]
    saved = row["saved_usd"]
    return {
        "stage": row["stage"],
        "model": row["model"],
        "cost [USD]": round(row["cost_usd"], 9),
        "calls": row["calls"],
        "from cache [%]": round(100 * row["cached"] / prompt, 1) if prompt else 0.0,
        "saved by cache [USD]": "no price known" if saved is None else round(saved, 9),
        "repeated": row["repeated"],
        "lost": row["lost"],
        **{f"{shown} tokens": row[name] for name, shown in _TOKENS.items()},
    }
