"""One data object: how rows become a Parquet file, and come back under the newest schema or not at all."""

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from tasks import tables
from tasks.errors import AddressError
from tasks.storage.commits import PartFile
from tasks.storage.store import Store, store_of

ROW_GROUP = 1000
"""Rows a group: 500 to 2,000 measured best for point reads against size."""


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


def part_of(path: Path, key: str, rows: int) -> PartFile:
    """What a commit will say of a local file, once it is written to a key."""
    with path.open("rb") as content:
        sha256 = hashlib.file_digest(content, "sha256").hexdigest()
    return PartFile(key, rows, path.stat().st_size, sha256)


def read_part(
    store: Store, record: type[Any], part: PartFile, columns: Sequence[str] | None = None
) -> pa.Table:
    """The rows of one data object under the record's newest schema: columns it lacks come back null.

    Args:
        store: of the table whose commit names it.
        record: class of its rows.
        part: what the commit says; one that was carried over is read where it lies.
        columns: those to decode and give; None: all.

    Raises:
        AddressError: it is missing, not what was committed, or written by a later version.
    """
    store = store_of(part.address) if part.address else store
    content = store.read(part.key)
    if content is None:
        raise _damaged(store, part, "it is missing")
    if hashlib.sha256(content).hexdigest() != part.sha256:
        raise _damaged(store, part, "its bytes are not those that were committed")
    try:
        found = _decoded(content, columns)
        expected = part.rows + len(part.without)
        if found.num_rows != expected:
            raise pa.ArrowInvalid(f"{found.num_rows} rows, not {expected}")
        written = (found.schema.metadata or {}).get(b"record", record.__name__.encode()).decode()
        if written != record.__name__:
            raise pa.ArrowInvalid(f"it holds those of {written}")
        version = int((found.schema.metadata or {}).get(b"schema_version", b"1"))
        if version > tables.VERSIONS[record]:
            raise AddressError(
                f"{store.address} holds {record.__name__} rows of a later version of ToolFoundry; update "
                "this one"
            )
        whole = tables.conform(_left(found, part), record)
        return whole if columns is None else whole.select(columns)
    except (pa.ArrowException, OSError, ValueError) as error:
        raise _damaged(store, part, f"it holds no {record.__name__} rows: {_line(error)}") from error


def _decoded(content: bytes, columns: Sequence[str] | None) -> pa.Table:
    """Trees are most of a file's bytes: what is not asked for is not decoded."""
    file = pq.ParquetFile(pa.BufferReader(_arrows_own(content)))
    there = file.schema_arrow.names
    asked = there if columns is None else [name for name in there if name in columns]
    return file.read(columns=asked or there[:1])  # of a file that has none of them the rows are counted


def _arrows_own(content: bytes) -> pa.Buffer:
    """A copy in Arrow's memory, which its threads may let go of at any time.

    They do so after a read has returned, now and then. Of memory that is Python's they would need the
    interpreter, and where that is ending just then the process dies of it (`std::terminate`, exit code -6).
    """
    copy = pa.allocate_buffer(len(content))
    memoryview(copy).cast("B")[:] = content
    return copy


def _left(found: pa.Table, part: PartFile) -> pa.Table:
    """The rows that count."""
    return found.take(places_of(part)) if part.without else found


def places_of(part: PartFile) -> list[int]:
    """Places, in its object, of the rows of a part that count."""
    out = set(part.without)
    return [place for place in range(part.rows + len(out)) if place not in out]


def fetch_part(store: Store, part: PartFile, to: Path) -> None:
    """Copy a data object to a local file.

    Raises:
        AddressError: it is missing, or not what was committed.
    """
    sha256 = store.fetch(part.key, to)
    if sha256 is None:
        raise _damaged(store, part, "it is missing")
    if sha256 != part.sha256:
        to.unlink()
        raise _damaged(store, part, "its bytes are not those that were committed")


def _damaged(store: Store, part: PartFile, why: str) -> AddressError:
    if part.address:
        return AddressError(
            f"{store.address}/{part.key}, from which rows were carried over, is damaged: {why}; restore that "
            "version, or make this one anew without --since"
        )
    return AddressError(
        f"{store.address}/{part.key} is damaged: {why}; restore it, or write the stage to a new address"
    )


def _line(error: Exception) -> str:
    said = str(error).strip()
    return said.splitlines()[0][:200] if said else type(error).__name__
