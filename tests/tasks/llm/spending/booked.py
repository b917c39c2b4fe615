"""Ledgers with calls of known cost and time, made by the ledger itself."""

from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa

from tasks.llm.accounts import CallKey, Kind, Reservation
from tasks.llm.ledger import Ledger
from tasks.llm.protocol import Usage
from tasks.llm.spending.calls import SETTLED, schema
from tests.postgres import looking

USAGE = Usage(100, 50, 0, 10)
HOSTILE = (
    "=HYPERLINK(\"http://127.0.0.2/leak\",\"x\")", "+1+cmd|' /C calc'!A0", "-2+3", "@SUM(A1:A9)", "\t=1+1",
    "\uff1d1+1", " \u200b=1", "<script>document.title='taken'</script>",
    "<img src=x onerror=\"document.title='taken'\">", "javascript:alert(1)", "a\"b,c\nd", "[click](http://127.0.0.2)",
    "x;=HYPERLINK(\"http://127.0.0.2/leak\",\"x\")", "x\t @SUM(A1:A9)", "x,\"\"-2+3",
)  # fmt: skip
"""Texts that a spreadsheet or a browser would act on, were they let."""


def book(
    ledger: Ledger, *, at: str, cost: int | None = 1_000, model: str = "m", stage: str = "annotate",
    run: str = "r", shard: int = 0, status: str = "ok", usage: Usage = USAGE, worst: int = 5_000,
    address: str = "/t/trajectories/v1", latency_s: float = 0.5,
    kind: Kind = "model",
) -> int:  # fmt: skip
    """One call at a time (ISO 8601, UTC); without a cost it stays open."""
    key = CallKey(run, stage, shard, address, f"s{at}", model, f"q{at}{model}", 0, kind=kind)
    reserved = ledger.reserve(key, worst, "file prices.json", 1_000)
    assert isinstance(reserved, Reservation)
    call = reserved.call_id
    with looking(ledger.place) as rows:  # the ledger has no other clock than the machine's
        rows("UPDATE calls SET created=?, day=? WHERE id=?", f"{at}:00+00:00", at[:10], call)
    if cost is not None:
        ledger.settle(call, usage, cost, latency_s, status)
    return call


def ledger_at(path: Path | str) -> Ledger:
    """A new ledger."""
    return Ledger(path)


def a_row(**changed: Any) -> dict[str, Any]:
    """A row of sums."""
    return {
        "at": "2026-11-21T10", "run": "r", "stage": "annotate", "address": "/t/v1", "shard": 0, "model": "m",
        "status": "ok", "state": SETTLED, "calls": 1, "cost": 1_000, "tokens": 110, "repeated": 0,
        "overrun": 0, "overrun_tokens": 0, "uncached": 100, "cached": 0, "cache_write": 0, "output": 10,
        "latency_s": 0.5, "slowest_s": 0.5, **changed,
    }  # fmt: skip


def sums_of(*rows: dict[str, Any]) -> pa.Table:
    """Rows as a table of sums."""
    return pa.Table.from_pylist(list(rows), schema=schema())


def time(text: str) -> datetime:
    """A UTC time."""
    return datetime.fromisoformat(f"{text}+00:00")
