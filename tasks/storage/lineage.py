"""Walk back from any row to the API document it came from, over the input addresses of tables.

sample -> trajectory -> instruction -> combination, APIs -> tool, probes
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tasks import records
from tasks.errors import AddressError, ConfigurationError, FactoryError
from tasks.storage.table import Table

MEMBERS: dict[str, tuple[type[Any], str]] = {
    "results": (records.Result, "instruction_id"),
    "checkpoints": (records.Checkpoint, "checkpoint_id"),
    "samples": (records.TrainingSample, "sample_id"),
    "pairs": (records.Pair, "pair_id"),
    "trajectories": (records.Trajectory, "trajectory_id"),
    "instructions": (records.Instruction, "instruction_id"),
    "combinations": (records.Combination, "combination_id"),
    "apis": (records.Api, "api_id"),
    "tools": (records.Tool, "tool_id"),
    "collections": (records.Collection, "collection_id"),
    "probes": (records.Probe, "api_id"),
    "calls": (records.Call, "subject_id"),
    "spend": (records.Spend, "model"),
    "rejects": (records.Reject, "subject_id"),
}
"""Member of a table to its record and the column that names a row."""

_LINKS = {
    "trajectory_id": ("trajectories",),
    "instruction_id": ("instructions",),
    "combination_id": ("combinations",),
    "api_id": ("apis", "probes"),
    "api_ids": ("apis", "probes"),
    "tool_id": ("tools",),
}
"""Column to the members in which its value names a row."""


@dataclass(frozen=True, slots=True)
class Ancestor:
    """One row on the way back."""

    address: str
    member: str
    id: str
    row: dict[str, Any]


def find_row(address: str, wanted: str) -> Ancestor:
    """The row of this id in a table, its main member first.

    Raises:
        AddressError: no member of the table names such a row.
    """
    table = Table.open(address)
    for member in (name for name in MEMBERS if name in table.members()):
        for row in _rows(table, member, {wanted}):
            return Ancestor(table.address, member, wanted, row)
    raise AddressError(f"{table.address} has no row '{wanted}'; 'foundry show {table.address}' lists some")


def lineage(address: str, wanted: str) -> Iterator[Ancestor]:
    """The row of this id and everything it was made from, nearest first.

    Raises:
        ConfigurationError: no row of this id, or an input table that cannot be read any more.
    """
    first = find_row(address, wanted)
    yield first
    upstream = list(_upstream(Table.open(address)))
    seen = {(first.member, first.id)}
    waiting = [first]
    while waiting:
        ancestor = waiting.pop(0)
        for column, members in _LINKS.items():
            value = ancestor.row.get(column)
            ids = set(value) if isinstance(value, list) else {value} if value else set()
            for member in members:
                for table in upstream:
                    for found in _found(table, member, {each for each in ids if (member, each) not in seen}):
                        seen.add((member, found.id))
                        waiting.append(found)
                        yield found


def _found(table: Table, member: str, ids: set[str]) -> Iterator[Ancestor]:
    if ids and member in table.members():
        column = MEMBERS[member][1]
        for row in _rows(table, member, ids):
            yield Ancestor(table.address, member, row[column], row)


def _rows(table: Table, member: str, ids: set[str]) -> list[dict[str, Any]]:
    record, column = MEMBERS[member]
    rows: list[dict[str, Any]] = table.having(record, member, column, ids, partial=True).to_pylist()
    return rows


def _upstream(table: Table) -> Iterator[Table]:
    """The table itself, its inputs, their inputs."""
    seen: set[str] = set()
    waiting = [table]
    while waiting:
        here = waiting.pop(0)
        if here.address in seen:
            continue
        seen.add(here.address)
        yield here
        for name, place in here.manifest.inputs.items():
            if "://" in place.removeprefix("s3://"):
                continue  # a marketplace
            try:
                if Table.exists(place):  # else a file of somebody else's
                    waiting.append(Table.open(place))
            except FactoryError as error:
                raise ConfigurationError(
                    f"input '{name}' of {here.address} cannot be read: {error}"
                ) from error
