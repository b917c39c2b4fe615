"""Readers take every earlier schema version of every record.

`CAME` is the history: who raises a version in `tasks.tables` adds a line, and tables of all versions before
are written here as they were written then, and read.
"""

import dataclasses
import hashlib
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks import records, tables
from tasks.errors import AddressError
from tasks.records import Api, Instruction, Node, Trajectory
from tasks.storage.addresses import commit_key
from tasks.storage.table import Table
from tests.tasks.drawn import rows_of
from tests.tasks.examples import RECORDS, a_trajectory
from tests.tasks.storage.tables_made import a_table

CAME: dict[type[Any], dict[int, tuple[str, ...]]] = {
    Api: {2: ("writes",)},
    Instruction: {2: ("expected_facts.unit",)},
    Node: {2: ("chosen", "score"), 3: ("prompt_tokens", "completion_tokens"), 4: ("repeats",)},
    Trajectory: {2: ("end_state",), 3: ("repairs",)},
}
"""Record to version to the columns, or keys of a struct column, that it added."""

EARLIER = [(record, version) for record, came in CAME.items() for version in range(1, max(came))]


def without(table: pa.Table, name: str) -> pa.Table:
    column, _, key = name.partition(".")
    if not key:
        return table.drop_columns([column])
    kind = table.schema.field(column).type
    kept = pa.list_(pa.struct([each for each in kind.value_type if each.name != key]))
    values = [
        None
        if cell is None
        else [{name: value for name, value in each.items() if name != key} for each in cell]
        for cell in table.column(column).to_pylist()
    ]
    place = table.schema.get_field_index(column)
    return table.set_column(place, pa.field(column, kept), pa.array(values, kept))


def as_written_by(record: type[Any], version: int, rows: list[Any]) -> pa.Table:
    table = tables.to_table(record, rows)
    for later in range(version + 1, tables.VERSIONS[record] + 1):
        for name in CAME[record][later]:
            table = without(table, name)
    return table.replace_schema_metadata({"record": record.__name__, "schema_version": str(version)})


def published_by_hand(address: Path, record: type[Any], rows: list[Any], table: pa.Table) -> Table:
    made = a_table(str(address))
    made.shard(0).publish({"rows": (record, rows)}, finished=True)
    place = address / commit_key(0, 1)
    commit = orjson.loads(place.read_bytes())
    part = commit["members"]["rows"][0]
    pq.write_table(table, address / part["key"])
    content = (address / part["key"]).read_bytes()
    part |= {"size": len(content), "sha256": hashlib.sha256(content).hexdigest()}
    # Commits of then said neither which table they are of nor what they hold.
    place.write_bytes(
        orjson.dumps({name: commit[name] for name in commit if name not in ("table", "digest")})
    )
    return Table.open(str(address))


@pytest.mark.parametrize("record", RECORDS, ids=lambda each: each.__name__)
def test_every_version_is_in_the_history(record: type[Any]) -> None:
    assert sorted(CAME.get(record, {})) == list(range(2, tables.VERSIONS[record] + 1))


@pytest.mark.parametrize(("record", "version"), EARLIER, ids=lambda each: getattr(each, "__name__", each))
@settings(max_examples=5)
@given(drawn=st.data())
def test_rows_of_an_earlier_version_come_back_whole_with_defaults_for_what_came_later(
    record: type[Any], version: int, drawn: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    rows = drawn.draw(st.lists(rows_of(record), min_size=1, max_size=4))
    address = tmp_path_factory.mktemp("earlier") / "v1"
    table = published_by_hand(address, record, rows, as_written_by(record, version, rows))
    found = table.records(record, "rows")
    assert table.read(record, "rows").schema.equals(tables.schema(record))
    came = {name for later, names in CAME[record].items() if later > version for name in names}
    fields = {field.name: field for field in dataclasses.fields(record)}
    for row, again in zip(rows, found, strict=True):
        for name, field in fields.items():
            value = getattr(again, name)
            if name in came:
                default = None if field.default is dataclasses.MISSING else field.default
                assert value == default, name
            elif not any(each.startswith(f"{name}.") for each in came):
                assert value == getattr(row, name), name
            else:
                assert len(value) == len(getattr(row, name))


def test_a_schema_is_given_to_arrow_so_that_no_new_column_is_dropped(tmp_path: Path) -> None:
    """The oldest part first: without a schema, Arrow would take its columns for all."""
    rows = [a_trajectory(number) for number in range(3)]
    table = published_by_hand(tmp_path / "v1", Trajectory, rows, as_written_by(Trajectory, 1, rows))
    newest = table.shard(0).newest
    table = a_table(str(tmp_path / "v1"))
    shard = table.shard(0)
    assert shard.newest == newest
    shard.publish({"rows": (Trajectory, [dataclasses.replace(rows[0], repairs="new")])}, finished=True)
    assert table.read(Trajectory, "rows").column("repairs").to_pylist()[-1] == "new"
    assert table.read(Trajectory, "rows").num_rows == 4


def test_a_tree_of_an_earlier_version_is_read() -> None:
    gone = {name for names in CAME[Node].values() for name in names}
    row = {field.name: field.default for field in dataclasses.fields(Node)}
    row |= {"node_id": 0, "parent_id": -1, "kind": "root", "depth": 0, "description": ""}
    node = Node(**{name: value for name, value in row.items() if name not in gone})
    assert {name for name in gone if not hasattr(node, name)} == set()


def test_a_later_version_is_refused_in_a_sentence(tmp_path: Path) -> None:
    rows = [records.Reject("annotate", "x", "reason", "evidence")]
    later = tables.to_table(records.Reject, rows).replace_schema_metadata(
        {"record": "Reject", "schema_version": "99"}
    )
    table = published_by_hand(tmp_path / "v1", records.Reject, rows, later)
    with pytest.raises(AddressError, match="rows of a later version of ToolFoundry; update"):
        table.records(records.Reject, "rows")
