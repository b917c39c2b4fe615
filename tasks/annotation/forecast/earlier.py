"""Pilots that are there already: what annotations of the same kind have taken."""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import Any

from tasks.annotation.forecast.costs import Searched, opening_size, searched
from tasks.errors import AddressError, ConfigurationError
from tasks.llm.pricing import Prices
from tasks.records import Call, Reject, Trajectory
from tasks.storage.addresses import join, normalise, root
from tasks.storage.table import Table
from tasks.storage.versions import tables_below

LEAST = 10
"""Fewer searched instructions are no pilot."""
MOST_RUNS = 10
"""The newest ones are read."""
ALIKE = ("model", "method", "form", "schemas", "temperature", "max_tokens", "environment")
"""Parameters that two annotations share before one is a pilot of the other."""


def searched_in(table: Table, price: Prices, run: str = "") -> list[Searched]:
    """What a table's finished instructions took; those that were rejected took nothing, and are left out."""
    if "calls" not in table.members():
        return []
    columns = ["instruction_id", "group", "text", "functions"]  # trees of a large run would not fit
    rows = table.read(Trajectory, "trajectories", partial=True, columns=columns).to_pylist()
    groups = {row["instruction_id"]: row["group"] for row in rows}
    openings = {row["instruction_id"]: opening_size(row["text"], row["functions"]) for row in rows}
    calls = table.records(Call, "calls", partial=True)
    return searched(calls, groups, openings, price, run)


def published_ids(table: Table) -> set[str]:
    """Instructions that a table has finished."""
    if "trajectories" not in table.members():
        return set()
    rows = table.read(Trajectory, "trajectories", partial=True, columns=["instruction_id"])[
        "instruction_id"
    ].to_pylist()
    rejects = table.records(Reject, "rejects", partial=True)
    return {*rows, *(reject.subject_id for reject in rejects)}


def alike_tables(parameters: Mapping[str, Any], address: str) -> list[Table]:
    """Annotations of the same model and method, newest first, below the root and beside an address."""
    beside = join(normalise(address), "..") if not address.startswith("s3://") else ""
    found: dict[str, Table] = {}
    for place in filter(None, (root(), beside)):
        with suppress(ConfigurationError):  # no table lies there
            found |= {table.address: table for table in tables_below(place)}
    found.pop(normalise(address), None)
    alike = [table for table in found.values() if is_alike(table, parameters)]
    return sorted(alike, key=lambda table: table.manifest.created, reverse=True)[:MOST_RUNS]


def is_alike(table: Table, parameters: Mapping[str, Any]) -> bool:
    """Whether a table is an annotation by the same model and method."""
    theirs = table.manifest.parameters
    return table.manifest.stage == "annotate" and all(
        theirs.get(name) == parameters.get(name) for name in ALIKE
    )


def earlier_pilot(tables: Iterable[Table], price: Prices) -> list[Searched]:
    """Rows of earlier annotations, each a run of its own; those that cannot be read are passed over.

    Args:
        tables: those of fewer than `LEAST` instructions say too little of their run.
        price: of the model that is forecast for.
    """
    rows: list[Searched] = []
    for table in tables:
        with suppress(AddressError):
            found = searched_in(table, price, table.manifest.run_id)
            if len(found) >= LEAST:
                rows += found
    return rows
