"""The rows of one table that were derived from a tool: found, and left out of the next version."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from tasks.errors import ConfigurationError
from tasks.records import Call, Collection, Reject, Spend
from tasks.storage.canonical import digest
from tasks.storage.derivation import Gone, Naming, shrunk, spend_without, why_derived
from tasks.storage.lineage import MEMBERS
from tasks.storage.manifest import RETIRED
from tasks.storage.rejects import reject
from tasks.storage.stage import Progress
from tasks.storage.table import Shard, Table

ORDER = (
    "tools", "apis", "collections", "probes", "combinations", "instructions", "trajectories", "samples",
    "pairs", "calls", "spend", "rejects",
)  # fmt: skip
"""Members, each after those it is derived from."""

TOLD = ("tools", "apis", "collections", "combinations", "instructions", "trajectories", "samples", "pairs")
"""Members whose removed rows become rejects; probes, calls and old rejects go with them."""

SPEND = "spend"


@dataclass(slots=True)
class Source:
    """A table that is to have a next version, and what of it is derived from the tool."""

    table: Table
    gone: Gone
    """Of the table and of all it was made from."""
    retired: Counter[str] = field(default_factory=Counter)
    shrunk: int = 0
    affected: bool = False


def look(source: Source, naming: Naming, progress: Progress) -> None:
    """Find the derived rows of a table, member after member: ids of one lead to rows of the next."""
    newest = source.table.newest()
    members = members_of(source.table)
    for done, member in enumerate(members):
        record, column = MEMBERS[member]
        for shard, commit in newest.items():
            if not commit.rows(member):
                continue
            for row in source.table.shard(shard).published(record, member):
                if isinstance(row, Collection) and shrunk(row, naming) is not row:
                    row = shrunk(row, naming)
                    stays = bool(row.tool_ids) and not why_derived(member, row, source.gone, naming)
                    source.shrunk += stays
                    source.retired[member] += not stays
                elif why_derived(member, row, source.gone, naming):
                    source.retired[member] += 1
                    source.gone.add(member, getattr(row, column))
        progress.show(f"look: {source.table.address}", done + 1, len(members))
    source.retired = +source.retired


def members_of(table: Table) -> list[str]:
    """Members of a table, each after those it is derived from.

    Raises:
        ConfigurationError: one of them is unknown.
    """
    found = table.members()
    unknown = [name for name in found if name not in ORDER]
    if unknown:
        raise ConfigurationError(
            f"{table.address} holds '{unknown[0]}', which cannot be rewritten; update ToolFoundry, or give "
            "the addresses of other tables"
        )
    return sorted(found, key=ORDER.index)


def rows_without(
    source: Source, old: Shard, reason: str, naming: Naming
) -> dict[str, tuple[type[Any], list[Any]]]:
    """What stays of a shard, and rejects for what does not."""
    made: dict[str, tuple[type[Any], list[Any]]] = {}
    rejects: dict[tuple[str, str], Reject] = {}
    removed: list[Call] = []
    for member in sorted(old.newest.members, key=ORDER.index):
        record, column = MEMBERS[member]
        rows: list[Any] = []
        for row in old.published(record, member):
            why = ""
            if isinstance(row, Collection) and shrunk(row, naming) is not row:
                row = shrunk(row, naming)
                why = "" if row.tool_ids else "has no other tool"
            why = why or why_derived(member, row, source.gone, naming)
            if not why:
                rows.append(row)
                continue
            if isinstance(row, Call):
                removed.append(row)
            if member in TOLD:
                subject = row.instruction_id if member == "pairs" else getattr(row, column)
                shown = digest(subject) if naming.found(subject) else subject
                hidden = " (the subject is the digest of its id)" if shown != subject else ""
                rejects[member, shown] = reject(
                    source.table.manifest.stage, shown, f"{RETIRED}: {reason}", f"{member}: {why}{hidden}"
                )
        made[member] = (record, rows)
    if removed and SPEND in made:
        made[SPEND] = (Spend, spend_without(made[SPEND][1], removed))
    stay = made.get("rejects", (Reject, []))[1]
    return {**made, "rejects": (Reject, [*stay, *rejects.values()])}
