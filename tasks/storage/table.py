"""A table: one version of one stage's output, written shard by shard, published by commits.

    table = Table.create_or_continue(address, manifest)
    shard = table.shard(3)                       # continues after the shard's newest commit
    shard.publish({"trajectories": (Trajectory, rows)}, finished=False)
    ...
    Table.open(address).records(Trajectory, "trajectories")

A worker that dies before its commit leaves objects nobody reads; its successor publishes the same generation.
"""

import tempfile
import uuid
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

import orjson
import pyarrow as pa

from tasks import tables
from tasks.errors import AddressError, IncompleteTable, StorageUnavailable
from tasks.storage import manifest
from tasks.storage.addresses import (
    LIMITS_KEY,
    TABLE_KEY,
    commit_key,
    data_key,
    is_in_folder,
    join,
    name_in_folder,
    normalise,
)
from tasks.storage.commits import Commit, PartFile
from tasks.storage.effects import carry_out
from tasks.storage.manifest import Manifest
from tasks.storage.parts import fetch_part, part_of, read_part, write_parquet
from tasks.storage.publication import commit_of, newest_generations, opening, publishing
from tasks.storage.store import Store, store_of

Record = TypeVar("Record")

_READERS = 8
"""Commits read at once: a bucket answers in tens of milliseconds, a table may have hundreds of shards."""


class Table:
    """One address with its manifest."""

    def __init__(self, address: str, found: Manifest, store: Store):
        self.address = address
        self.manifest = found
        self._store = store

    @classmethod
    def create_or_continue(cls, address: str, wanted: Manifest) -> "Table":
        """Make the table, or continue it when it was made from the same inputs and parameters.

        Raises:
            FingerprintMismatch: it holds work made with others.
            AddressError: the place cannot be used.
        """
        address = normalise(address)
        store = store_of(address)
        store.require_conditions()
        if store.create(TABLE_KEY, wanted.to_json()):
            return cls(address, wanted, store)
        return cls.continued(address, wanted)

    @classmethod
    def continued(cls, address: str, wanted: Manifest) -> "Table":
        """The table that is there, when it was made from the same inputs and parameters.

        Raises:
            FingerprintMismatch: it holds work made with others.
            AddressError: there is none.
        """
        there = cls.open(address)
        there._store.require_conditions()
        manifest.require_same(there.manifest, wanted, there.address)
        return there

    @classmethod
    def open(cls, address: str) -> "Table":
        """A table that exists.

        Raises:
            AddressError: there is none.
        """
        address = normalise(address)
        store = store_of(address)
        content = store.read(TABLE_KEY)
        if content is None:
            raise AddressError(
                f"{address} holds no table (no table.json); give the address a stage has written"
            )
        return cls(address, manifest.parse(content, address), store)

    @classmethod
    def exists(cls, address: str) -> bool:
        """Whether an address holds a table."""
        return store_of(address).read(TABLE_KEY) is not None

    def parameters(self) -> dict[str, Any]:
        """The parameters a shard works by: those the table was made with, limits as they were last set.

        Raises:
            AddressError: the limits are damaged.
        """
        content = self._store.read(LIMITS_KEY)
        try:
            limits: dict[str, Any] = orjson.loads(content) if content is not None else {}
            return {**self.manifest.parameters, **limits}
        except (ValueError, TypeError) as error:
            raise AddressError(
                f"{self.address}/{LIMITS_KEY} is damaged ({error}); run '{self.manifest.stage}' again to "
                "write it anew"
            ) from error

    def set_limits(self, limits: dict[str, Any]) -> None:
        """Write down limits (concurrency and such) that a run was started with; they decide no row."""
        self._store.write(LIMITS_KEY, orjson.dumps(limits))

    @property
    def shards(self) -> range:
        """Numbers of the planned shards."""
        return range(len(self.manifest.plan))

    def newest(self) -> dict[int, Commit]:
        """The newest commit of each shard that has one."""
        generations = self._generations()
        if len(generations) < _READERS:
            return {shard: self._commit(shard, generations[shard]) for shard in generations}
        with ThreadPoolExecutor(_READERS) as readers:
            found = readers.map(self._commit, generations, generations.values())
            return dict(zip(generations, found, strict=True))

    def unfinished(self) -> list[int]:
        """Shards whose newest commit is missing or not finished."""
        return self._open_shards(self.newest())

    def shard(self, number: int) -> "Shard":
        """The writer of one shard.

        Raises:
            AddressError: the plan has no such shard.
        """
        if number not in self.shards:
            raise AddressError(f"{self.address} has shards 0 to {len(self.shards) - 1}, not {number}")
        self._store.require_conditions()
        machine = opening(number, self.address, self.manifest.identity)
        return Shard(self, self._store, carry_out(machine, self._store))

    def rows(self, member: str, partial: bool = True) -> int:
        """Committed rows of a member."""
        return sum(commit.rows(member) for commit in self._readable(partial))

    def read(
        self, record: type[Any], member: str, partial: bool = False, columns: Sequence[str] | None = None
    ) -> pa.Table:
        """All rows of a member in shard order, under the record's newest schema; `columns` keeps only those.

        Raises:
            IncompleteTable: a planned shard is unfinished and `partial` is not given.
            AddressError: a part is missing or damaged.
        """
        return self._rows(self._readable(partial), record, member, columns)

    def window(
        self, record: type[Any], member: str, first: int, count: int, partial: bool = False
    ) -> pa.Table:
        """`count` rows of `read` from the `first` on; objects that hold none of them are not read.

        Raises:
            IncompleteTable: a planned shard is unfinished and `partial` is not given.
            AddressError: a part is missing or damaged.
        """
        wanted, before, skipped = [], 0, 0
        for part in (each for commit in self._readable(partial) for each in commit.members.get(member, ())):
            if before + part.rows <= first:
                skipped += part.rows
            elif before < first + count:
                wanted.append(part)
            before += part.rows
        return self._of_parts(wanted, record, member).slice(first - skipped, count)

    def having(
        self, record: type[Any], member: str, column: str, wanted: Collection[str], partial: bool = False
    ) -> pa.Table:
        """The rows of `read` whose column holds one of these values.

        Objects that hold none are decoded in that column only, and all of them one after the other: what is
        looked for fits into memory, a large table with its trees does not.

        Raises:
            IncompleteTable: a planned shard is unfinished and `partial` is not given.
            AddressError: a part is missing or damaged.
        """
        import pyarrow.compute as pc  # 30 ms, paid by who looks for something

        values = pa.array(sorted(wanted), pa.string())
        found = [tables.schema(record).empty_table()]
        for commit in self._readable(partial):
            for part in commit.members.get(member, ()) if wanted else ():
                named = self._of_parts([part], record, member, [column]).column(column).cast(pa.string())
                here = pc.is_in(named, values)
                if pc.any(here).as_py():
                    found.append(self._of_parts([part], record, member).filter(here))
        return pa.concat_tables(found)

    def records(self, record: type[Record], member: str, partial: bool = False) -> list[Record]:
        """The same as records."""
        return tables.from_table(record, self.read(record, member, partial))

    def each(self, record: type[Record], member: str, partial: bool = False) -> Iterator[Record]:
        """Its rows one after the other; those of one object are in memory at a time.

        Raises:
            IncompleteTable: a planned shard is unfinished and `partial` is not given.
            AddressError: a part is missing or damaged.
        """
        for commit in self._readable(partial):
            for part in commit.members.get(member, ()):
                yield from self.rows_of(record, part)

    def rows_of(self, record: type[Record], part: PartFile) -> list[Record]:
        """Rows of one part of a commit.

        Raises:
            AddressError: it is missing or damaged.
        """
        return tables.from_table(record, read_part(self._store, record, part))

    def values_of(self, record: type[Any], part: PartFile, column: str) -> list[Any]:
        """One column of one part of a commit.

        Raises:
            AddressError: it is missing or damaged.
        """
        found: list[Any] = read_part(self._store, record, part, [column]).column(column).to_pylist()
        return found

    def fetch(self, member: str, to: Path) -> list[Path]:
        """Copy a member's files (a model's folder, say) to a local folder, under their relative names.

        Where generations hold a file of one name, the newest stays.

        Raises:
            IncompleteTable: a planned shard is unfinished.
            AddressError: there is no such folder, or a file is missing or damaged.
        """
        parts = {name_in_folder(part.key): part for part in _folder_parts(self._readable(False), member)}
        if not parts:
            raise AddressError(f"{self.address} holds no files '{member}'; it holds {self.members()}")
        for name, part in parts.items():
            fetch_part(self._store, part, to / name)
        return [to / name for name in parts]

    def members(self) -> list[str]:
        """Names of what has been published."""
        return sorted({name for commit in self.newest().values() for name in commit.members})

    def objects(self, member: str, partial: bool = False) -> list[str]:
        """Addresses of the objects that hold a member, in the order of its rows.

        Of an object that was carried over not all rows need count: `read` leaves out what does not.

        Raises:
            IncompleteTable: a planned shard is unfinished and `partial` is not given.
        """
        found = self._readable(partial)
        parts = [part for commit in found for part in commit.members.get(member, ())]
        return [join(part.address or self.address, part.key) for part in parts]

    def _rows(
        self,
        found: Iterable[Commit],
        record: type[Any],
        member: str,
        columns: Sequence[str] | None = None,
    ) -> pa.Table:
        parts = [part for commit in found for part in commit.members.get(member, ())]
        return self._of_parts(parts, record, member, columns)

    def _of_parts(
        self,
        parts: Sequence[PartFile],
        record: type[Any],
        member: str,
        columns: Sequence[str] | None = None,
    ) -> pa.Table:
        kept = columns or tables.schema(record).names
        if any(is_in_folder(part.key) for part in parts):
            raise AddressError(f"'{member}' of {self.address} is a folder of files and has no rows")
        return pa.concat_tables(
            [
                tables.schema(record).empty_table().select(kept),
                *(read_part(self._store, record, part, kept) for part in parts),
            ]
        )

    def _readable(self, partial: bool) -> list[Commit]:
        newest = self.newest()
        missing = self._open_shards(newest)
        if missing and not partial:
            raise IncompleteTable(
                f"{self.address} is not finished ({len(missing)} of {len(self.shards)} shards are open); run "
                f"'{self.manifest.stage}' on it again, or read it with --partial"
            )
        return list(newest.values())

    def _open_shards(self, newest: Mapping[int, Commit]) -> list[int]:
        return [shard for shard in self.shards if shard not in newest or not newest[shard].finished]

    def _generations(self) -> dict[int, int]:
        """Shards that have commits, in order, with the newest generation of each."""
        newest = newest_generations(self._store.keys("commits"))
        return {shard: newest[shard] for shard in sorted(newest) if shard in self.shards}

    def _commit(self, shard: int, generation: int) -> Commit:
        content = self._store.read(commit_key(shard, generation))
        return commit_of(content, shard, generation, self.address, self.manifest.identity)


class Shard:
    """Writes one shard, generation after generation; one thread at a time."""

    def __init__(self, table: Table, store: Store, newest: Commit):
        self.table = table
        self.newest = newest
        self._store = store

    @property
    def number(self) -> int:
        """Which shard of the plan."""
        return self.newest.shard

    @property
    def work(self) -> Any:
        """What the plan gave this shard to do."""
        return self.table.manifest.plan[self.number]

    @property
    def finished(self) -> bool:
        """Whether nothing is left to do."""
        return self.newest.finished

    def published(self, record: type[Record], member: str) -> list[Record]:
        """Rows this shard has published so far."""
        return tables.from_table(record, self.table._rows([self.newest], record, member))

    def publish(
        self,
        members: Mapping[str, tuple[type[Any], Iterable[Any]]],
        *,
        finished: bool,
        folders: Mapping[str, Path] | None = None,
        carried: Mapping[str, tuple[PartFile, ...]] | None = None,
    ) -> Commit:
        """Publish rows (member to record class and rows) and whole folders of files as the next generation.

        `carried` are parts of other versions that are taken over by reference (see `carrying`).

        Raises:
            StorageUnavailable: the store failed, or another worker published this generation first; what that
                worker published stands, and running the shard again continues from there.
        """
        attempt = uuid.uuid4().hex[:12]
        both = set(members) & set(folders or {})
        if both:
            raise ValueError(f"{sorted(both)} cannot be rows and a folder at once")
        with tempfile.TemporaryDirectory(prefix="foundry-") as scratch:
            parcels = [
                *self._tables(members, attempt, Path(scratch)),
                *self._files(folders or {}, attempt),
            ]
            machine = publishing(
                self.newest,
                parcels,
                attempt=attempt,
                finished=finished,
                address=self.table.address,
                identity=self.table.manifest.identity,
                carried=carried,
            )
            self.newest = carry_out(machine, self._store)
        return self.newest

    def _tables(
        self, members: Mapping[str, tuple[type[Any], Iterable[Any]]], attempt: str, scratch: Path
    ) -> Iterator[tuple[str, PartFile, Path]]:
        """Rows as local Parquet files; a member without rows has one part in all, which says so."""
        for member, (record, rows) in members.items():
            table = tables.to_table(record, rows)
            if table.num_rows == 0 and member in self.newest.members:
                continue
            path = scratch / f"{member}.parquet"
            try:
                write_parquet(table, path)
            except OSError as error:
                raise StorageUnavailable(
                    f"no room for scratch files in {scratch} ({error}); make room, or set TMPDIR"
                ) from error
            key = data_key(member, self.number, self.newest.generation + 1, attempt)
            yield member, part_of(path, key, table.num_rows), path

    def _files(self, folders: Mapping[str, Path], attempt: str) -> Iterator[tuple[str, PartFile, Path]]:
        for member, folder in folders.items():
            stem = data_key(member, self.number, self.newest.generation + 1, attempt, suffix="")
            for file in sorted(each for each in folder.rglob("*") if each.is_file()):
                yield member, part_of(file, f"{stem}/{file.relative_to(folder).as_posix()}", 0), file


def _folder_parts(found: Sequence[Commit], member: str) -> list[PartFile]:
    parts = [part for commit in found for part in commit.members.get(member, ())]
    return [part for part in parts if is_in_folder(part.key)]
