"""A table: one version of one stage's output, written shard by shard, published by commits.

    table = Table.create_or_continue(address, manifest)
    shard = table.shard(3)                       # continues after the shard's newest commit
    shard.publish({"trajectories": rows}, finished=False)
    ...
    Table.open(address).records(Trajectory, "trajectories")

A worker that dies before its commit leaves objects nobody reads; its successor publishes the same generation.
"""

import hashlib
import io
import tempfile
import uuid
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from tasks import tables
from tasks.errors import AddressError, IncompleteTable, StorageUnavailable
from tasks.storage import commits, manifest
from tasks.storage.addresses import (
    LIMITS_KEY,
    TABLE_KEY,
    commit_key,
    data_key,
    is_s3,
    normalise,
    parse_commit_key,
)
from tasks.storage.commits import Commit, PartFile
from tasks.storage.manifest import Manifest, now_text
from tasks.storage.store import Store, store_of

Record = TypeVar("Record")

ROW_GROUP = 1000
"""Rows a group: 500 to 2,000 measured best for point reads against size."""


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
        there = cls.open(address)
        manifest.require_same(there.manifest, wanted, address)
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
        return store_of(normalise(address)).read(TABLE_KEY) is not None

    def parameters(self) -> dict[str, Any]:
        """The parameters a shard works by: those the table was made with, limits as they were last set."""
        limits = self._store.read(LIMITS_KEY)
        return {**self.manifest.parameters, **(orjson.loads(limits) if limits else {})}

    def set_limits(self, limits: dict[str, Any]) -> None:
        """Write down limits (concurrency and such) that a run was started with; they decide no row."""
        self._store.write(LIMITS_KEY, orjson.dumps(limits))

    @property
    def shards(self) -> range:
        """Numbers of the planned shards."""
        return range(len(self.manifest.plan))

    def newest(self) -> dict[int, Commit]:
        """The newest commit of each shard that has one."""
        generations: dict[int, int] = {}
        for key in self._store.keys("commits"):
            shard, generation = parse_commit_key(key)
            generations[shard] = max(generation, generations.get(shard, 0))
        return {shard: self._commit(shard, generation) for shard, generation in sorted(generations.items())}

    def unfinished(self) -> list[int]:
        """Shards whose newest commit is missing or not finished."""
        newest = self.newest()
        return [shard for shard in self.shards if shard not in newest or not newest[shard].finished]

    def shard(self, number: int) -> "Shard":
        """The writer of one shard.

        Raises:
            AddressError: the plan has no such shard.
        """
        if number not in self.shards:
            raise AddressError(f"{self.address} has shards 0 to {len(self.shards) - 1}, not {number}")
        generation = 0
        for key in self._store.keys(commit_key(number, 0).rpartition("/")[0]):
            generation = max(generation, parse_commit_key(key)[1])
        newest = self._commit(number, generation) if generation else commits.nothing(number)
        return Shard(self, self._store, newest)

    def rows(self, member: str, partial: bool = True) -> int:
        """Committed rows of a member."""
        return sum(commit.rows(member) for commit in self._readable(partial))

    def read(self, record: type[Any], member: str, partial: bool = False) -> pa.Table:
        """All rows of a member in shard order, under the record's newest schema.

        Raises:
            IncompleteTable: a planned shard is unfinished and `partial` is not given.
        """
        found = self._readable(partial)
        return pa.concat_tables(
            [
                tables.schema(record).empty_table(),
                *(_part(self._store, record, part) for part in _parts(found, member)),
            ]
        )

    def records(self, record: type[Record], member: str, partial: bool = False) -> list[Record]:
        """The same as records."""
        return tables.from_table(record, self.read(record, member, partial))

    def fetch(self, member: str, to: Path) -> list[Path]:
        """Copy a member's files (a model's folder, say) to a local folder.

        Nnames after the attempt are kept.
        """
        paths = []
        for part in _parts(self._readable(partial=False), member):
            path = to / part.key.partition("/shard-")[2].split("/", 2)[-1]
            self._store.fetch(part.key, path)
            paths.append(path)
        return paths

    def members(self) -> list[str]:
        """Names of what has been published."""
        return sorted({name for commit in self.newest().values() for name in commit.members})

    def _readable(self, partial: bool) -> list[Commit]:
        newest = self.newest()
        missing = [shard for shard in self.shards if shard not in newest or not newest[shard].finished]
        if missing and not partial:
            raise IncompleteTable(
                f"{self.address} is not finished ({len(missing)} of {len(self.shards)} shards are open); run "
                f"'{self.manifest.stage}' on it again, or read it with --partial"
            )
        return list(newest.values())

    def _commit(self, shard: int, generation: int) -> Commit:
        key = commit_key(shard, generation)
        content = self._store.read(key)
        if content is None:
            raise StorageUnavailable(f"{self.address}/{key} was listed but cannot be read; try again")
        return commits.parse(content, f"{self.address}/{key}")


class Shard:
    """Writes one shard, generation after generation."""

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
        found = [_part(self._store, record, part) for part in self.newest.members.get(member, ())]
        return [row for table in found for row in tables.from_table(record, table)]

    def publish(
        self,
        members: Mapping[str, tuple[type[Any], Iterable[Any]]],
        *,
        finished: bool,
        folders: Mapping[str, Path] | None = None,
    ) -> Commit:
        """Publish rows (member to record class and rows) and whole folders of files as the next generation.

        Raises:
            StorageUnavailable: the store failed, or another worker published this generation first; what that
                worker published stands, and running the shard again continues from there.
        """
        attempt = uuid.uuid4().hex[:12]
        generation = self.newest.generation + 1
        added: dict[str, tuple[PartFile, ...]] = {}
        with tempfile.TemporaryDirectory(prefix="foundry-") as scratch:
            for member, (record, rows) in members.items():
                table = tables.to_table(record, rows)
                if table.num_rows == 0 and member in self.newest.members:
                    continue
                path = Path(scratch, f"{member}.parquet")
                write_parquet(table, path)
                key = data_key(member, self.number, generation, attempt)
                added[member] = (self._upload(key, path, table.num_rows),)
        for member, folder in (folders or {}).items():
            stem = data_key(member, self.number, generation, attempt, suffix="")
            files = sorted(each for each in folder.rglob("*") if each.is_file())
            added[member] = tuple(
                self._upload(f"{stem}/{file.relative_to(folder)}", file, 0) for file in files
            )
        commit = self.newest.following(attempt, added, finished, now_text())
        key = commit_key(self.number, generation)
        if not self._store.create(key, commit.to_json()):
            standing = commits.parse(self._store.read(key) or b"", key)
            if standing.attempt != attempt:  # not a lost acknowledgement of ours: a lost race
                raise StorageUnavailable(
                    f"another worker published generation {generation} of shard {self.number} of "
                    f"{self.table.address}; run the shard again to continue after it"
                )
        self.newest = commit
        return commit

    def _upload(self, key: str, path: Path, rows: int) -> PartFile:
        content = path.read_bytes()
        self._store.write(key, content)
        return PartFile(key, rows, len(content), hashlib.sha256(content).hexdigest())


def write_parquet(table: pa.Table, path: Path) -> None:
    """One Parquet file: zstd-3, `ROW_GROUP` rows a group, dictionaries where the schema names them."""
    named = [field.name for field in table.schema if pa.types.is_dictionary(field.type)]
    pq.write_table(
        table,
        path,
        compression="zstd",
        compression_level=3,
        row_group_size=ROW_GROUP,
        use_dictionary=named or False,
    )


def _parts(found: Sequence[Commit], member: str) -> list[PartFile]:
    return [part for commit in found for part in commit.members.get(member, ())]


def _part(store: Store, record: type[Any], part: PartFile) -> pa.Table:
    """One data object under the newest schema: columns it lacks come back null."""
    try:
        if is_s3(store.address):
            content = store.read(part.key)
            if content is None:
                raise FileNotFoundError(part.key)
            found = pq.read_table(io.BytesIO(content))
        else:
            found = pq.ParquetFile(Path(store.address, part.key)).read()
    except (FileNotFoundError, pa.ArrowInvalid, OSError) as error:
        raise AddressError(
            f"{store.address}/{part.key} is missing or damaged "
            f"({str(error).splitlines()[0]}); restore it, or "
            "write the stage to a new address"
        ) from error
    wanted = tables.schema(record)
    columns = [
        found.column(field.name).cast(field.type)
        if field.name in found.column_names
        else pa.nulls(found.num_rows, field.type)
        for field in wanted
    ]
    return pa.Table.from_arrays(columns, schema=wanted)
