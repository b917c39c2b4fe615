"""Spend as Prometheus metrics: the ledger's sums, caps, and what tables hold for the money.

Names and labels follow Prometheus' conventions (https://prometheus.io/docs/practices/naming/). Counters hold
settled calls only, which nothing takes back; what is reserved or lost is a gauge, since it may turn out to
have cost less. Addresses are labels only of what there are few of: of shards the dearest are told.
"""

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pyarrow as pa
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

from tasks.errors import FactoryError
from tasks.llm.ledger import NANO
from tasks.llm.spending import figures, tables
from tasks.llm.spending.calls import RESERVED, SETTLED, Unit, WatchedLedger
from tasks.llm.spending.prices import saving_by_cache

LABELS = ("run", "stage", "model", "kind", "searcher", "team", "project")
"""Of everything that is told of calls; empty where the ledger has no such column."""
CLASSES = ("uncached", "cached", "cache_write", "output")
MOST_SHARDS = 20
"""The dearest shards; a label value for each of thousands would make every query slow."""
_TABLES_EVERY_S = 60.0

Row = Mapping[str, Any]


class SpendCollector:
    """What a scrape is told; registered with a `CollectorRegistry`."""

    def __init__(self, ledger: WatchedLedger, root: str):
        """Tell of a ledger, and of the tables below a root (of a folder; buckets are not listed)."""
        self._ledger, self._root = ledger, root
        self._saving = saving_by_cache()
        self._one_at_a_time = threading.Lock()
        self._found = _Found(float("-inf"))

    def collect(self) -> Iterator[Metric]:
        """All metrics; a ledger that cannot be read is told by `foundry_up`, and hides no table."""
        up = GaugeMetricFamily("foundry_up", "1 where the ledger could be read")
        with self._one_at_a_time:
            try:
                metrics = [*self._of_calls(), *self._of_caps()]
            except FactoryError:
                metrics = []
            up.add_metric([], float(bool(metrics)))
            metrics += self._of_tables()
        yield up
        yield from metrics

    def _of_calls(self) -> list[Metric]:
        sums = self._ledger.read()
        there = tuple(name for name in LABELS if name in sums.column_names)

        def values(row: Row) -> list[str]:
            return [str(row[name]) if name in there else "" for name in LABELS]

        usd = CounterMetricFamily("foundry_spend_usd", "Settled spend [USD]", labels=LABELS)
        open_usd = GaugeMetricFamily(
            "foundry_open_usd", "Worst case of calls not settled [USD]", labels=[*LABELS, "state"]
        )
        calls = CounterMetricFamily("foundry_calls", "Settled calls", labels=[*LABELS, "status"])
        repeated = CounterMetricFamily(
            "foundry_repeated_calls", "Calls asked a second time after a kill", labels=LABELS
        )
        latency = CounterMetricFamily(
            "foundry_call_seconds", "Time that settled calls took [s]", labels=LABELS
        )
        tokens = CounterMetricFamily(
            "foundry_tokens", "Tokens of settled calls, by class", labels=[*LABELS, "token_class"]
        )
        saved = CounterMetricFamily(
            "foundry_cache_saved_usd", "Saved by cached tokens at today's price [USD]", labels=LABELS
        )
        overrun = CounterMetricFamily(
            "foundry_overrun_usd", "Billed beyond the reservation [USD]", labels=LABELS
        )
        overrun_tokens = CounterMetricFamily(
            "foundry_overrun_tokens", "Tokens billed beyond the reservation", labels=LABELS
        )
        settled = figures.chosen(sums, state=[SETTLED])
        for row in figures.by(settled, *there):
            usd.add_metric(values(row), row["cost"] / NANO)
            repeated.add_metric(values(row), row["repeated"])
            latency.add_metric(values(row), row["latency_s"])
            overrun.add_metric(values(row), row["overrun"] / NANO)
            overrun_tokens.add_metric(values(row), row["overrun_tokens"])
            for each in CLASSES:
                tokens.add_metric([*values(row), each], row[each])
            per_token = self._saving(str(row["model"])) if row["cached"] else None
            if per_token is not None:
                saved.add_metric(values(row), row["cached"] * per_token / NANO)
        for row in figures.by(settled, *there, "status"):
            calls.add_metric([*values(row), str(row["status"])], row["calls"])
        for row in figures.by(sums, *there, "state"):
            if row["state"] != SETTLED:
                state = "reserved" if row["state"] == RESERVED else "lost"
                open_usd.add_metric([*values(row), state], row["cost"] / NANO)
        told = [usd, open_usd, calls, repeated, latency, tokens, saved, overrun, overrun_tokens]
        return [*told, *_of_shards(sums)]

    def _of_caps(self) -> list[Metric]:
        told: tuple[tuple[str, str, Callable[[Any], int | None]], ...] = (
            ("foundry_cap", "Cap of a scope", lambda scope: scope.cap),
            ("foundry_cap_settled", "Settled under a cap", lambda scope: scope.settled),
            ("foundry_cap_reserved", "Reserved under a cap", lambda scope: scope.reserved),
        )
        units: tuple[tuple[Unit, str, str, int], ...] = (
            ("nano-USD", "usd", "USD", NANO), ("tokens", "tokens", "tokens", 1)
        )  # fmt: skip
        families: list[Metric] = []
        for unit, ending, shown, parts in units:
            capped = figures.capped(self._ledger.scopes(unit), datetime.now(UTC))
            for name, help_text, amount in told:
                family = GaugeMetricFamily(f"{name}_{ending}", f"{help_text} [{shown}]", labels=["scope"])
                for scope in capped:
                    family.add_metric([scope.scope], (amount(scope) or 0) / parts)
                families.append(family)
        factor = GaugeMetricFamily(
            "foundry_reservation_ratio", "How many times its worst case is reserved", labels=["model"]
        )
        for model, times in self._ledger.factors().items():
            factor.add_metric([model], times)
        return [*families, factor]

    def _of_tables(self) -> list[Metric]:
        if time.monotonic() - self._found.at_s > _TABLES_EVERY_S:
            self._found = _look(self._root)
        labels = ["address", "stage", "run"]
        families = [
            GaugeMetricFamily("foundry_accepted_instructions", "Accepted instructions", labels=labels),
            GaugeMetricFamily("foundry_paths", "Trajectories", labels=labels),
            GaugeMetricFamily("foundry_answered_paths", "Trajectories that end in an answer", labels=labels),
        ]
        for each in self._found.made:
            for family, count in zip(families, (each.accepted, each.paths, each.answered), strict=True):
                if count:
                    family.add_metric([each.address, each.stage, each.run], count)
        share = GaugeMetricFamily(
            "foundry_pass_ratio", "Share of answers judged passed", labels=["address", "rule"]
        )
        for verdict in self._found.judged:
            if verdict.judged:
                share.add_metric([verdict.trajectories, verdict.rule], verdict.passed / verdict.judged)
        unreadable = GaugeMetricFamily(
            "foundry_tables_unreadable", "Tables and folders below the root that cannot be read"
        )
        unreadable.add_metric([], self._found.unreadable)
        return [*families, share, unreadable]


@dataclass(slots=True)
class _Found:
    """What tables told when they were last looked at."""

    at_s: float
    """By `time.monotonic`."""
    made: list[tables.Made] = field(default_factory=list)
    judged: list[tables.Judged] = field(default_factory=list)
    unreadable: int = 0


def _look(root: str) -> _Found:
    """Read what lies below a root; one damaged table hides neither the others nor the ledger."""
    addresses, unreadable = tables.survey(root)
    found = _Found(time.monotonic(), unreadable=len(unreadable))
    for address in addresses:
        try:
            made, judged = tables.made(address), tables.judged(address)
        except (FactoryError, OSError):
            found.unreadable += 1
        else:
            found.made.append(made)
            found.judged += judged
    return found


def _of_shards(sums: pa.Table) -> list[Metric]:
    """The dearest shards: what they cost and how long their slowest call took."""
    labels = ["stage", "address", "run", "shard"]
    cost = GaugeMetricFamily("foundry_shard_usd", "Spend of the dearest shards [USD]", labels=labels)
    slowest = GaugeMetricFamily(
        "foundry_shard_slowest_call_seconds", "Slowest call of the dearest shards [s]", labels=labels
    )
    for row in figures.shards(sums)[:MOST_SHARDS]:
        values = [str(row[name]) for name in labels]
        cost.add_metric(values, row["cost"] / NANO)
        slowest.add_metric(values, row["slowest_s"])
    return [cost, slowest]
