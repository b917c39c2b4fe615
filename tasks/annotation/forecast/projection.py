"""What an annotation is coming to while it goes on, and what a solved instruction costs."""

from collections.abc import Iterable, Iterator
from contextlib import suppress

import pyarrow.compute as pc

from tasks.annotation.forecast.outcome import forecast_at
from tasks.errors import AddressError, ConfigurationError
from tasks.llm.spending.alerts import COMPARED, Alert, dearer
from tasks.records import Spend, Trajectory
from tasks.storage.addresses import root
from tasks.storage.carrying import CARRIED, carried_count
from tasks.storage.commits import Commit
from tasks.storage.table import Table
from tasks.storage.versions import tables_below

LEAST_DONE = 20
"""Instructions that must be published before their mean says more than the forecast."""


class Projection:
    """Looks at one annotation again and again: of its spend only parts that are new are read."""

    def __init__(self, table: Table):
        self._table = table
        self._known: dict[str, int] = {}
        """Part of the spend to nano-USD."""

    def usd(self) -> float | None:
        """What all of it will come to [USD]: by what is published, else by the forecast; None: nobody knows.

        What was carried over from an earlier version was paid there, and counts neither as planned nor as
        done.
        """
        plan, newest = self._table.manifest.plan, self._table.newest()
        planned: int = sum(part["count"] for part in plan if part != CARRIED)
        done = sum(
            commit.rows(member)
            for shard, commit in newest.items()
            for member in ("trajectories", "rejects")
            if plan[shard] != CARRIED
        )
        if done >= LEAST_DONE:
            return self._spent(newest.values()) / done * planned
        with suppress(AddressError):  # a damaged one is said by the report
            forecast = forecast_at(self._table.address)
            if forecast is not None and forecast.decides == self._table.manifest.decides:
                return forecast.before.get("usd", 0.0) + forecast.spans["usd"].expected
        return None

    def _spent(self, newest: Iterable[Commit]) -> float:
        parts = [part for commit in newest for part in commit.members.get("spend", ())]
        for part in parts:
            if part.key not in self._known:
                self._known[part.key] = sum(self._table.values_of(Spend, part, "cost_nano_usd"))
        return sum(self._known[part.key] for part in parts) / 1e9


def per_solved_alerts(address: str) -> list[Alert]:
    """An alert where this annotation's solved instructions cost twice those of the last ones."""
    table = Table.open(address)
    mine = _per_solved(table)
    if not mine:
        return []
    earlier = []
    for other in _annotations(table):
        with suppress(AddressError):
            theirs = _per_solved(other)
            if theirs:
                earlier.append(theirs)
        if len(earlier) == COMPARED:
            break
    run = table.manifest.run_id
    return dearer(run, f"run:{run}/{table.manifest.stage}", mine, earlier)


def _annotations(table: Table) -> Iterator[Table]:
    """Annotations below the root that were begun before a table, newest first."""
    try:
        found = tables_below(root())
    except ConfigurationError:
        return
    alike = [
        other
        for other in found
        if other.manifest.stage == table.manifest.stage
        and other.address != table.address
        and other.manifest.created <= table.manifest.created
    ]
    yield from sorted(alike, key=lambda other: other.manifest.created, reverse=True)


def _per_solved(table: Table) -> float | None:
    """USD for an instruction that this very annotation has answered; None where it answered none."""
    wins = table.read(Trajectory, "trajectories", partial=True, columns=["win"])["win"]
    solved = pc.sum(wins.slice(carried_count(table, "trajectories"))).as_py()
    return _spent(table) / solved if solved else None


def _spent(table: Table) -> float:
    return sum(row.cost_nano_usd for row in table.records(Spend, "spend", partial=True)) / 1e9
