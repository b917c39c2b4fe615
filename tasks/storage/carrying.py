"""Rows carried over from an earlier version by reference: nothing is copied, commits name the old objects.

    earlier = earlier_version(parameters.since, "annotate", "trajectories")
    table = plan_table(TableSpec(..., since=earlier), shards)    # its first shard is CARRIED
    carry_over(table, earlier, kept)                             # `kept(earlier)`: what is kept, and why

The first shard of such a table is planned as `CARRIED` and published at once, before any other is worked on:
its commit names the parts of the earlier version (address, key, sha256) and the places of rows that are left
out, and holds a reject for each thing that is left behind. What is new stands in the shards after it. A part
that was carried over twice is named where it lies, not by way of the version between.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any, Protocol

from tasks.errors import ConfigurationError, IncompleteTable
from tasks.records import Reject
from tasks.storage.addresses import normalise
from tasks.storage.commits import PartFile
from tasks.storage.lineage import MEMBERS
from tasks.storage.manifest import RETIRED, SINCE, Manifest
from tasks.storage.parts import places_of
from tasks.storage.table import Table

CARRIED = {"carried": True}
"""What the plan of a table says of its first shard where that is carried over."""


class Carrying(Protocol):
    """What a stage that carries over is told."""

    since: str
    as_new_version: bool


Keeps = Mapping[str, Callable[[Any], bool]]
"""Member to whether a row of it is carried over; members that are not named are left behind."""


class Kept(Protocol):
    """What a stage keeps of an earlier version."""

    def keeps(self) -> Keeps:
        """Rows that are carried over."""

    def rejects(self) -> Iterable[Reject]:
        """Why the others are not."""


def earlier_version(parameters: Carrying, stage: str, output: str) -> Table | None:
    """The version to carry over from; None where none is named.

    Args:
        parameters: say which, and whether the next version of it may be written.
        stage: whose output it must hold.
        output: address that is to be written.

    Raises:
        ConfigurationError: it holds the output of another stage, or is the output.
        IncompleteTable: it is not finished.
    """
    address = parameters.since
    if not address:
        return None
    table = Table.open(address)
    if table.manifest.stage != stage:
        raise ConfigurationError(
            f"--since {address} holds the output of '{table.manifest.stage}'; give an earlier output of "
            f"'{stage}'"
        )
    if table.address == normalise(output) and not parameters.as_new_version:
        raise ConfigurationError(
            f"--since {address} cannot be read and written at once; name another address, or give "
            "--as-new-version"
        )
    if table.unfinished():
        raise IncompleteTable(
            f"--since {address} is not finished, so nothing of it is carried over; run '{stage}' on it again"
        )
    return table


def require_alike(earlier: Table, wanted: Manifest, may_differ: Iterable[str]) -> None:
    """Refuse to carry rows over that were made another way than the new ones will be.

    Args:
        earlier: where they lie.
        wanted: of the version to be made.
        may_differ: names in `decides` that change no row that is there.

    Raises:
        ConfigurationError: prompts, model, seed or code differ.
    """
    free = {*may_differ, SINCE, RETIRED}
    old, new = (
        {n: v for n, v in each.decides.items() if n not in free} for each in (earlier.manifest, wanted)
    )
    different = sorted(name for name in {*old, *new} if old.get(name) != new.get(name))
    if different:
        raise ConfigurationError(
            f"{earlier.address} was made another way ({', '.join(different)} differ), so nothing of it can "
            "be carried over; use the parameters of that version, or run without --since"
        )


def is_carried(table: Table) -> bool:
    """Whether the first shard of a table was carried over."""
    return bool(table.manifest.plan) and table.manifest.plan[0] == CARRIED


def carry_over(table: Table, earlier: Table | None, kept: Callable[[Table], Kept]) -> None:
    """`carry` what is kept into a table that was planned for it; `kept` is asked only where that is not done.

    A table that was planned and not carried into (its process was killed between) is taken up by whoever
    makes the same, from another version or from none: its shards were planned for the version it names.

    Args:
        table: as it was planned, now or before.
        earlier: the version that was asked for now.
        kept: what is kept of a version.

    Raises:
        ConfigurationError: the version that the table names is not where it was.
        StorageUnavailable: another process did so first: run it again.
    """
    if is_carried(table) and not table.shard(0).finished:
        named = _named(table, earlier)
        found = kept(named)
        carry(table, named, found.keeps(), found.rejects())


def _named(table: Table, earlier: Table | None) -> Table:
    """The version that a table was planned to carry over from."""
    identity, place = table.manifest.decides.get(SINCE), table.manifest.parameters.get(SINCE, "")
    if not identity:
        raise ConfigurationError(f"{table.address} is half retired; run 'foundry retire' again to finish it")
    if earlier is not None and earlier.manifest.identity == identity:
        return earlier
    found = Table.open(place) if Table.exists(place) else None
    if found is None or found.manifest.identity != identity:
        raise ConfigurationError(
            f"{table.address} was begun with --since {place}, which is not there any more; give the address "
            "that version has now, or delete the table that was begun"
        )
    return found


def carry(table: Table, earlier: Table, keeps: Keeps, rejects: Iterable[Reject]) -> None:
    """Publish the first shard of a table: references to what is kept, and why the rest is not.

    Raises:
        StorageUnavailable: another process did so first: run it again.
    """
    shard = table.shard(0)
    if shard.finished:
        return
    carried: dict[str, tuple[PartFile, ...]] = {}
    for commit in earlier.newest().values():
        for member, parts in commit.members.items():
            if member in keeps:
                kept = (_kept(earlier, member, part, keeps[member]) for part in parts)
                carried[member] = (*carried.get(member, ()), *(part for part in kept if part.rows))
    shard.publish(
        {"rejects": (Reject, list(rejects))},
        finished=True,
        carried={member: parts for member, parts in carried.items() if parts},
    )


def carried_rows(table: Table, member: str) -> list[Any]:
    """Rows of the first shard of a table that was carried over; empty where none was."""
    return table.shard(0).published(MEMBERS[member][0], member) if is_carried(table) else []


def carried_values(table: Table, member: str, column: str) -> list[Any]:
    """One column of those rows; trees, which are many times larger, stay undecoded."""
    commit = table.newest().get(0) if is_carried(table) else None
    parts = commit.members.get(member, ()) if commit is not None else ()
    return [value for part in parts for value in table.values_of(MEMBERS[member][0], part, column)]


def carried_count(table: Table, member: str) -> int:
    """How many there are; of all rows of the member they are the first."""
    commit = table.newest().get(0) if is_carried(table) else None
    return commit.rows(member) if commit is not None else 0


def _kept(earlier: Table, member: str, part: PartFile, keeps: Callable[[Any], bool]) -> PartFile:
    """A reference to the rows of a part that are kept."""
    rows = earlier.rows_of(MEMBERS[member][0], part)
    gone = [place for place, row in zip(places_of(part), rows, strict=True) if not keeps(row)]
    return replace(
        part,
        address=part.address or earlier.address,
        rows=part.rows - len(gone),
        without=tuple(sorted((*part.without, *gone))),
    )
