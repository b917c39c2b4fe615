"""What an annotation is coming to while it goes on, and what a solved instruction costs."""

from collections.abc import Iterator
from contextlib import suppress

import pyarrow.compute as pc

from tasks.annotation.forecast.outcome import forecast_at
from tasks.errors import AddressError, ConfigurationError
from tasks.llm.spending.alerts import COMPARED, Alert, dearer
from tasks.records import Spend, Trajectory
from tasks.storage.addresses import root
from tasks.storage.carrying import CARRIED, carried_count
from tasks.storage.table import Table
from tasks.storage.versions import tables_below

LEAST_DONE = 20
"""Instructions that must be published before their mean says more than the forecast."""


def projected_usd(address: str) -> float | None:
    """What all of it will come to [USD]: by what is published, else by the forecast; None: nobody knows.

    What was carried over from an earlier version was paid there, and counts neither as planned nor as done.
    """
    table = Table.open(address)
    planned: int = sum(part["count"] for part in table.manifest.plan if part != CARRIED)
    done = sum(table.rows(member) - carried_count(table, member) for member in ("trajectories", "rejects"))
    if done >= LEAST_DONE:
        return _spent(table) / done * planned
    with suppress(AddressError):  # a damaged one is said by the report
        forecast = forecast_at(address)
        if forecast is not None and forecast.decides == table.manifest.decides:
            return forecast.before.get("usd", 0.0) + forecast.spans["usd"].expected
    return None


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
