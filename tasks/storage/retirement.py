"""A tool and all that was derived from it, removed from the next version of every table.

    retired = retire("hub/sun", "its owner asked", root="s3://factory/tables")

Of each family of tables (catalog, instructions, trajectories, samples) the newest version is read, with all
it was made from, and its next version written: the same rows in the same shards without the derived ones,
which become rejects; inputs are the new versions. The versions that are there stay as they are. Run again it
continues: the manifest of a new version says of which one it is the successor, and without what.

The tool's id stands nowhere in a new version, not even in its rejects and its manifest: there stand digests
of ids that would tell it. At the end all of it is searched.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from tasks import tables
from tasks.errors import ConfigurationError, FingerprintMismatch, IncompleteTable
from tasks.records import Api, Tool
from tasks.storage.addresses import family_of, is_below, next_version
from tasks.storage.canonical import digest
from tasks.storage.derivation import Gone, Naming
from tasks.storage.lineage import MEMBERS
from tasks.storage.manifest import RETIRED, SINCE, Manifest, new_run_id, now_text
from tasks.storage.proof import searched
from tasks.storage.removal import Source, look, members_of, rows_without
from tasks.storage.stage import Progress, Silent
from tasks.storage.table import Table
from tasks.storage.versions import input_addresses, newest_versions, tables_below, with_inputs

REWRITTEN = ("crawl", "instruct", "annotate", "assemble")
"""Stages whose tables are rows alone. What was trained or judged cannot be had by leaving rows out."""

PREVIOUS = "retired_from"


@dataclass(slots=True)
class NewVersion:
    """One table that was written."""

    stage: str
    previous: str
    address: str
    kept: dict[str, int]
    """Member to the rows that stay, rejects without the new ones."""
    retired: dict[str, int]
    """Member to the rows that are gone."""
    shrunk: int = 0
    """Collections that stay without the tool."""


@dataclass(slots=True)
class Retirement:
    """What was retired, and the proof."""

    tool_id: str
    reason: str
    tables: list[NewVersion]
    stale: list[dict[str, str]]
    """Address and stage of what was derived from the tool and cannot be rewritten: make it anew."""
    left: list[str]
    """Versions before the new ones, which stay as they are: delete them to be rid of the tool."""
    searched: dict[str, int] = field(default_factory=dict)
    """`tables`, `rows` and `hits` of the search of all new versions."""


def retire(
    tool: str,
    reason: str,
    *,
    root: str = "",
    addresses: Iterable[str] = (),
    progress: Progress | None = None,
) -> Retirement:
    """Write the next version of every table without a tool and all that was derived from it.

    Args:
        tool: its id, or its name or slug where only one tool has that.
        reason: why; stands in the rejects.
        root: every table below it; or
        addresses: these tables and all they were made from.
        progress: shows how far it is.

    Raises:
        ConfigurationError: an unknown tool or several of that name, nothing to retire, a reason that names
            the tool, a tool that was retired for another reason.
        IncompleteTable: a table that is to be rewritten is not finished.
        StorageUnavailable: the store failed, or another process does the same: run it again to continue.
        FactoryError: the search found something.
    """
    progress = progress or Silent()
    there = [Table.open(each) for each in addresses]
    within = "" if there else root
    there = there or tables_below(root)
    tool_id = _resolved(tool, with_inputs([*there, *filter(None, map(_previous, there))]))
    naming = Naming(tool_id)
    reason = " ".join(reason.split())
    _require_reason(reason, naming)
    known = list({each.address: each for each in (_origin(each, tool_id, reason) for each in there)}.values())
    heads = [each for each in newest_versions(known) if each.manifest.stage in REWRITTEN]
    sources = [each for each in _found(heads, naming, progress) if each.affected]
    if not sources:
        raise ConfigurationError(
            f"nothing to retire: no newest version of a table holds anything of '{tool_id}'"
        )
    for source in sources:
        _require_within(source.table, within)
    moved: dict[str, str] = {}
    written: list[NewVersion] = []
    for source in sources:
        successor = _successor(source.table, moved, reason, naming)
        moved[source.table.address] = successor.address
        written.append(_written(source, successor, reason, naming, progress))
    left = _left(known, moved)
    made = Retirement(tool_id, reason, tables=written, stale=_stale(known, left), left=left)
    made.searched = searched({moved[each.table.address]: each.gone for each in sources}, naming, progress)
    return made


def _resolved(wanted: str, known: Sequence[Table]) -> str:
    """The id of the tool that is meant.

    Catalogues of all versions are asked: the newest may be one that it was retired from.
    """
    ids: set[str] = set()
    names: dict[str, set[str]] = {}
    for table in known:
        if table.manifest.stage != "crawl":
            continue
        for row in table.records(Tool, "tools", partial=True):
            ids.add(row.tool_id)
            for name in (row.name, row.standard_name, row.tool_id.partition("/")[2]):
                names.setdefault(name.lower(), set()).add(row.tool_id)
        apis = table.read(Api, "apis", partial=True).column("tool_id")
        ids.update(apis.unique().to_pylist())
    if wanted in ids:
        return wanted
    found = sorted(names.get(wanted.strip().lower(), ()))
    done = next((table.address for table in known if _last(table).get("tool") == digest(wanted)), "")
    if not found and done:
        raise ConfigurationError(
            f"nothing to retire: '{wanted}' is retired from {done}, and the version before is gone"
        )
    if not found:
        raise ConfigurationError(
            f"no catalogue knows a tool '{wanted}'; give its id, as 'foundry show' lists them under tools"
        )
    if len(found) > 1:
        raise ConfigurationError(f"'{wanted}' may be {' or '.join(found)}; give the id")
    return found[0]


def _require_reason(reason: str, naming: Naming) -> None:
    if not reason:
        raise ConfigurationError("--reason is empty; say why the tool is retired")
    if naming.found(reason):
        raise ConfigurationError(
            "--reason names the tool, whose id is to stand nowhere in the new versions; say it without"
        )


def _last(table: Table) -> dict[str, str]:
    """The retirement that made a table; empty where none did."""
    before: list[dict[str, str]] = table.manifest.decides.get(RETIRED) or []
    return before[-1] if before else {}


def _previous(table: Table) -> Table | None:
    """What a table is the next version of, where a retirement made it and that one is still there."""
    place = table.manifest.parameters.get(PREVIOUS, "")
    return Table.open(place) if place and Table.exists(place) else None


def _origin(table: Table, tool_id: str, reason: str) -> Table:
    """The table itself, or what it is the next version of where this very retirement has begun it."""
    last = _last(table)
    previous = _previous(table)
    if last.get("tool") != digest(tool_id) or previous is None:
        return table
    if last["reason"] != reason:
        raise ConfigurationError(
            f"'{tool_id}' is retired from {table.address} already, for another reason ('{last['reason']}'); "
            "give that one to continue, or to see the proof again"
        )
    return previous


def _require_within(table: Table, root: str) -> None:
    if root and not is_below(table.address, root):
        raise ConfigurationError(
            f"{table.address} holds something of the tool and lies outside of {root}, where tables were made "
            "of it; give the addresses of the tables to rewrite, inputs are rewritten with them"
        )


def _found(heads: Iterable[Table], naming: Naming, progress: Progress) -> list[Source]:
    """All tables to look at, with what of each is derived: inputs first, of a family the oldest first.

    Successors are written in this order and take the next free numbers, so the newest of a family stays the
    newest. It is rewritten with nothing to leave out, too, where an older one gets a successor.
    """
    sources: dict[str, Source] = {}
    followed: set[str] = set()
    """Families of which a version gets a successor."""
    for table in _in_order(heads):
        _require_finished(table)
        family, _ = family_of(table.address)
        upstream = [sources[place] for place in input_addresses(table) if place in sources]
        source = Source(table, Gone.together(each.gone for each in upstream))
        source.gone.add("tools", naming.tool_id)
        look(source, naming, progress)
        derived = bool(source.retired or source.shrunk) or any(each.affected for each in upstream)
        source.affected = derived or family in followed
        if source.affected:
            followed.add(family)
        sources[table.address] = source
    return list(sources.values())


def _in_order(heads: Iterable[Table]) -> list[Table]:
    """Tables that can be rewritten, with all such they were made from.

    Inputs stand before what reads them and, which yields to that, older versions before newer ones.
    """
    left = {each.address: each for each in with_inputs(heads) if each.manifest.stage in REWRITTEN}
    inputs = {address: input_addresses(table) for address, table in left.items()}
    ordered: list[Table] = []
    while left:
        ready = [address for address in left if left.keys().isdisjoint(inputs[address])] or list(left)
        oldest: dict[str, int] = {}
        for family, number in map(family_of, left):
            oldest[family] = min(number, oldest.get(family, number))
        chosen = next((each for each in ready if family_of(each) in oldest.items()), ready[0])
        ordered.append(left.pop(chosen))
    return ordered


def _require_finished(table: Table) -> None:
    missing = table.unfinished()
    if missing:
        raise IncompleteTable(
            f"{table.address} is not finished ({len(missing)} of {len(table.shards)} shards are open), so "
            f"nothing is retired; run '{table.manifest.stage}' on it again first, or give the addresses of "
            "other tables"
        )


def _successor(table: Table, moved: Mapping[str, str], reason: str, naming: Naming) -> Table:
    """The next version of a table: one that this retirement has begun, or a new one."""
    old = table.manifest
    inputs = {name: moved.get(place, place) for name, place in old.inputs.items()}
    decides = {
        **naming.without({name: value for name, value in old.decides.items() if name != SINCE}),
        **{
            f"input {name}": Table.open(place).manifest.identity
            for name, place in inputs.items()
            if place != old.inputs[name]
        },
        RETIRED: [
            *old.decides.get(RETIRED, []),
            {"tool": digest(naming.tool_id), "reason": reason, "from": old.identity},
        ],
    }
    members = {record.__name__ for record, _ in (MEMBERS[name] for name in (*members_of(table), "rejects"))}
    versions = {record.__name__: version for record, version in tables.VERSIONS.items()}
    address = next_version(table.address)
    while True:
        places = {**moved, table.address: address}
        parameters = {
            name: places.get(value, value) if isinstance(value, str) else value
            for name, value in naming.without(table.parameters()).items()
            if name != SINCE
        }
        wanted = Manifest(
            stage=old.stage,
            run_id=new_run_id("retire"),
            parameters={**parameters, PREVIOUS: table.address},
            decides=decides,
            inputs=inputs,
            seed=old.seed,
            code_version=old.code_version,
            plan=tuple(naming.without(each) for each in old.plan),
            schema_versions={name: versions[name] for name in sorted(members)},
            created=now_text(),
            notes=(*naming.without(old.notes), f"made of {table.address} without a tool: {reason}"),
        )
        try:
            return Table.create_or_continue(address, wanted)
        except FingerprintMismatch:
            address = next_version(address)


def _written(source: Source, successor: Table, reason: str, naming: Naming, progress: Progress) -> NewVersion:
    """Write the shards that are not finished yet; each is published whole, by one commit."""
    shards = successor.shards
    for number in shards:
        shard = successor.shard(number)
        if not shard.finished:
            members = rows_without(source, source.table.shard(number), reason, naming)
            shard.publish(members, finished=True)
        progress.show(f"write: {successor.address}", number + 1, len(shards))
    kept = {member: successor.rows(member) for member in successor.members()}
    kept["rejects"] = source.table.rows("rejects") - source.retired["rejects"]
    return NewVersion(
        stage=successor.manifest.stage,
        previous=source.table.address,
        address=successor.address,
        kept=kept,
        retired=dict(source.retired),
        shrunk=source.shrunk,
    )


def _left(known: Iterable[Table], moved: Mapping[str, str]) -> list[str]:
    """Versions before the new ones."""
    newest = dict(family_of(address) for address in moved.values())
    before = {each.address for each in known if _number_below(each.address, newest)}
    return sorted(before | set(moved))


def _number_below(address: str, newest: Mapping[str, int]) -> bool:
    family, number = family_of(address)
    return number < newest.get(family, 0)


def _stale(known: Iterable[Table], left: Iterable[str]) -> list[dict[str, str]]:
    """What was made, over however many steps, of versions that are left behind, and cannot be rewritten."""
    behind = set(left)
    return [
        {"address": table.address, "stage": table.manifest.stage}
        for table in known
        if table.manifest.stage not in REWRITTEN
        and any(each.address in behind for each in with_inputs([table]))
    ]
