"""What tables say of spend: their `spend` members, and what was accepted and answered for the money.

A table whose calls the ledger has is counted from the ledger, which also knows what was not published; one
that was made on another host is counted from its `spend` rows, at the time of its shards' last commits.
"""

import os
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from tasks.errors import AddressError, StorageUnavailable
from tasks.llm.spending.calls import HOUR, PUBLISHED, SETTLED, schema
from tasks.records import Result, Spend, Trajectory
from tasks.storage.addresses import TABLE_KEY, is_s3
from tasks.storage.commits import PartFile
from tasks.storage.table import Table

_DEEPEST = 6
"""Folders below a root in which tables are looked for."""
_READ_WHOLE = 64 * 2**20
"""Bytes of a member in a bucket that are read to count answers; of a folder one column is read."""
_sums: dict[tuple[str, int, int], int] = {}
"""Place, size and time of a part to the sum of its column: a long run has tens of thousands of parts, none of
which changes, and is looked at every minute."""


@dataclass(frozen=True, slots=True)
class Made:
    """What a table holds that money was spent for."""

    address: str
    stage: str
    run: str
    accepted: int = 0
    """Instructions."""
    paths: int = 0
    """Trajectories."""
    answered: int | None = None
    """Paths that end in an answer; None: not counted."""
    published: int = 0
    """nano-USD of its `spend` rows."""


@dataclass(frozen=True, slots=True)
class Judged:
    """Verdicts on the answers of a trajectories table."""

    trajectories: str
    rule: str
    judged: int
    passed: int


def tables_below(root: str) -> list[str]:
    """Addresses of the tables in a folder, in order; none for a bucket: all of it would have to be listed."""
    return survey(root)[0]


def survey(root: str) -> tuple[list[str], list[str]]:
    """Addresses of the tables in a folder, in order, and the folders that could not be looked into."""
    if is_s3(root) or not os.path.isdir(root):
        return [], []
    unreadable: list[str] = []
    return sorted(_walk(root, _DEEPEST, unreadable)), unreadable


def spend_rows(address: str) -> pa.Table:
    """A table's `spend` rows as sums of calls.

    Raises:
        AddressError, StorageUnavailable: it cannot be read.
    """
    table = Table.open(address)
    newest = table.newest()
    if "spend" not in {name for commit in newest.values() for name in commit.members}:
        return schema().empty_table()
    rows = table.records(Spend, "spend", partial=True)
    found = [
        {
            "at": newest[row.shard].committed[:HOUR] if row.shard in newest else "1970-01-01T00",
            "run": row.run_id, "stage": row.stage, "address": table.address, "shard": row.shard,
            "model": row.model, "status": PUBLISHED, "state": SETTLED, "calls": row.calls,
            "cost": row.cost_nano_usd, "repeated": 0, "overrun": 0, "overrun_tokens": 0,
            "tokens": row.uncached_tokens + row.cached_tokens + row.cache_write_tokens + row.output_tokens,
            "uncached": row.uncached_tokens,
            "cached": row.cached_tokens, "cache_write": row.cache_write_tokens,
            "output": row.output_tokens, "latency_s": 0.0, "slowest_s": 0.0,
        }
        for row in rows
    ]  # fmt: skip
    return pa.Table.from_pylist(found, schema=schema())


def elsewhere(addresses: Collection[str], known: Collection[str]) -> tuple[pa.Table, list[str]]:
    """Spend of the tables that the ledger does not know, and a sentence for each that cannot be read."""
    found, said = [schema().empty_table()], []
    for address in sorted(set(addresses) - set(known)):
        try:
            found.append(spend_rows(address))
        except (AddressError, StorageUnavailable) as error:
            said.append(str(error))
    return pa.concat_tables(found), said


def is_there(address: str) -> bool:
    """Whether an address holds a table.

    Raises:
        AddressError, StorageUnavailable: nobody can tell.
    """
    return Table.exists(address)


def made(address: str) -> Made:
    """What a table holds that money was spent for.

    Raises:
        AddressError, StorageUnavailable: it cannot be read.
    """
    table = Table.open(address)
    newest = table.newest().values()
    own = {
        name: [part for commit in newest for part in commit.members.get(name, ()) if not part.address]
        for name in ("instructions", "trajectories", "spend")
    }  # what was carried over was paid for in another version
    rows = {name: sum(part.rows for part in parts) for name, parts in own.items()}
    return Made(
        table.address,
        table.manifest.stage,
        table.manifest.run_id,
        accepted=rows["instructions"],
        paths=rows["trajectories"],
        answered=_answered(table, own["trajectories"]),
        published=sum(_summed(table, part, Spend, "cost_nano_usd") for part in own["spend"]),
    )


def judged(address: str) -> list[Judged]:
    """A row for each rule by which answers of the teacher were judged; empty for a table without results."""
    table = Table.open(address)
    trajectories = table.manifest.inputs.get("trajectories", "")
    if table.manifest.stage != "tooleval" or not trajectories:
        return []
    counts: dict[str, list[int]] = {}
    for row in table.records(Result, "results", partial=True):
        if row.candidate == "teacher":
            count = counts.setdefault(row.rule, [0, 0])
            count[0] += 1
            count[1] += row.verdict == "pass"
    return [Judged(trajectories, rule, count[0], count[1]) for rule, count in sorted(counts.items())]


def _answered(table: Table, parts: Collection[PartFile]) -> int | None:
    """Rows with `win`; trees, which are nearly all of such a table, are left unread where that can be."""
    if is_s3(table.address) and sum(part.size for part in parts) > _READ_WHOLE:
        return None
    return sum(_summed(table, part, Trajectory, "win") for part in parts)


def _summed(table: Table, part: PartFile, record: type[Any], column: str) -> int:
    """The sum of a column of one of a table's own parts; read again only where the file is another."""
    if is_s3(table.address):
        known = (f"{table.address}/{part.key}", part.size, 0)
        if known not in _sums:
            _sums[known] = sum(table.values_of(record, part, column))
        return _sums[known]
    path = Path(table.address, part.key)
    try:
        there = path.stat()
        known = (str(path), there.st_size, there.st_mtime_ns)
        if known not in _sums:
            with pq.ParquetFile(path) as file:
                _sums[known] = pc.sum(file.read(columns=[column])[column]).as_py() or 0
        return _sums[known]
    except (OSError, pa.ArrowException) as error:
        raise AddressError(f"{table.address} holds a damaged part ({error}); restore it") from error


def _walk(folder: str, deeper: int, unreadable: list[str]) -> Iterator[str]:
    """Tables below a folder; what was removed meanwhile, or is not ours to read, is noted and passed over."""
    try:
        is_table = Path(folder, TABLE_KEY).is_file()
        with os.scandir(folder) as there:
            inner = sorted(each.path for each in there if each.is_dir(follow_symlinks=False))
    except OSError:
        unreadable.append(folder)
        return
    if is_table:
        yield os.path.realpath(folder)
    elif deeper:
        for each in inner:
            yield from _walk(each, deeper - 1, unreadable)
