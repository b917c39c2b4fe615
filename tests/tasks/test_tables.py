"""Every record has one schema, and comes back from a table of any earlier version."""

import dataclasses
import io
import typing
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks import records, tables
from tests.tasks.drawn import rows_of
from tests.tasks.examples import RECORDS, a_trajectory


def through_parquet(table: pa.Table) -> pa.Table:
    stream = io.BytesIO()
    pq.write_table(table, stream)
    return pq.read_table(pa.BufferReader(stream.getvalue()))


@pytest.mark.parametrize("record", RECORDS, ids=lambda each: each.__name__)
def test_a_record_has_exactly_one_column_for_each_field_in_its_order(record: type[Any]) -> None:
    assert tables.schema(record).names == [field.name for field in dataclasses.fields(record)]


@pytest.mark.parametrize(
    ("record", "column"),
    [(records.Parameter, tables.PARAMETERS), (records.ExpectedFact, tables.FACTS)],
    ids=["Parameter", "ExpectedFact"],
)
def test_a_struct_column_has_exactly_one_key_for_each_field(record: type[Any], column: pa.ListType) -> None:
    assert [key.name for key in column.value_type] == [field.name for field in dataclasses.fields(record)]


@pytest.mark.parametrize("record", RECORDS, ids=lambda each: each.__name__)
def test_a_field_that_is_a_literal_is_a_named_column(record: type[Any]) -> None:
    schema, hints = tables.schema(record), typing.get_type_hints(record)
    literal = [name for name, hint in hints.items() if typing.get_origin(hint) is typing.Literal]
    assert all(pa.types.is_dictionary(schema.field(name).type) for name in literal)


@pytest.mark.parametrize("record", RECORDS, ids=lambda each: each.__name__)
@settings(max_examples=12)
@given(drawn=st.data())
def test_rows_come_back_equal(record: type[Any], drawn: st.DataObject) -> None:
    rows = drawn.draw(st.lists(rows_of(record), max_size=4))
    found = through_parquet(tables.to_table(record, rows))
    assert found.schema.equals(tables.schema(record))
    assert tables.from_table(record, found) == rows


@pytest.mark.parametrize("record", RECORDS, ids=lambda each: each.__name__)
@settings(max_examples=6)
@given(drawn=st.data())
def test_a_column_that_an_older_table_lacks_comes_back_as_default_or_null(
    record: type[Any], drawn: st.DataObject
) -> None:
    row = drawn.draw(rows_of(record))
    field = drawn.draw(st.sampled_from(dataclasses.fields(record)))
    older = through_parquet(tables.to_table(record, [row]).drop_columns([field.name]))
    [found] = tables.from_table(record, tables.conform(older, record))
    missing = getattr(found, field.name)
    if field.default is not dataclasses.MISSING:
        assert missing == field.default
    else:
        assert missing in (None, ())
    assert dataclasses.replace(found, **{field.name: getattr(row, field.name)}) == row


def test_a_key_that_an_older_struct_lacks_comes_back_as_its_default() -> None:
    fact = records.ExpectedFact("1.sunrise", '"06:12"', "text", 0.5)
    older = pa.list_(pa.struct([key for key in tables.FACTS.value_type if key.name != "tolerance"]))
    row = dataclasses.asdict(fact)
    del row["tolerance"]
    table = pa.table({"expected_facts": pa.array([[row], None, []], type=older)})
    found = tables.conform(table, records.Instruction).column("expected_facts").to_pylist()
    assert found == [[{**row, "tolerance": None}], None, []]
    instructions = tables.from_table(records.Instruction, tables.conform(table, records.Instruction))
    assert instructions[0].expected_facts == (dataclasses.replace(fact, tolerance=0.0),)
    assert instructions[1].expected_facts == ()


def test_a_column_of_another_type_is_refused_rather_than_read_wrongly() -> None:
    wrong = tables.to_table(records.Trajectory, [a_trajectory(1)])
    wrong = wrong.set_column(
        wrong.schema.get_field_index("query_count"), "query_count", pa.array(["many"], pa.string())
    )
    with pytest.raises(pa.ArrowInvalid):
        tables.conform(wrong, records.Trajectory)


def test_metadata_tells_record_version_and_the_meaning_of_columns() -> None:
    schema = through_parquet(tables.to_table(records.Trajectory, [a_trajectory(1)])).schema
    assert schema.metadata[b"record"] == b"Trajectory"
    assert schema.metadata[b"schema_version"] == str(tables.VERSIONS[records.Trajectory]).encode()
    assert schema.field("tree").metadata[b"doc"] == b"JSON list of `Node`."


@pytest.mark.parametrize("record", RECORDS, ids=lambda each: each.__name__)
def test_documentation_is_read_for_every_field(record: type[Any]) -> None:
    assert set(tables.field_docs(record)) == {field.name for field in dataclasses.fields(record)}


def test_text_that_no_file_can_hold_costs_a_character_and_not_the_row() -> None:
    half = "sun \ud83d"
    fact = records.ExpectedFact("1.sunrise", half, "text")
    row = records.Instruction(
        "i", "I1", half, (half,), (), "c", "train", half, "rehearsal", expected_facts=(fact,)
    )
    [found] = tables.from_table(
        records.Instruction, through_parquet(tables.to_table(records.Instruction, [row, row]).slice(1))
    )
    assert (found.text, found.api_ids, found.teacher) == ("sun ?", ("sun ?",), "sun ?")
    assert found.expected_facts[0].value == "sun ?"


def test_no_rows_make_a_table_of_the_right_schema() -> None:
    assert tables.to_table(records.Call, []).schema.equals(tables.schema(records.Call))
    assert tables.from_table(records.Call, tables.to_table(records.Call, [])) == []


def test_a_class_that_is_no_record_has_no_schema() -> None:
    with pytest.raises(KeyError):
        tables.schema(records.Parameter)
