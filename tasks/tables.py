"""The Arrow schema of every record, with its version and what each column means.

A record's field is exactly one column here (a test holds this). Columns are only ever added: a reader passes
the newest schema, so that tables of every earlier version come back with nulls instead of losing columns
silently. `Parameter` and `ExpectedFact` stay structs, their keys are fixed; everything free is JSON text.
"""

import ast
import dataclasses
import inspect
import textwrap
import types
import typing
from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

import pyarrow as pa

from tasks import records
from tasks.python_text import statements

Record = TypeVar("Record")

TEXT, WHOLE, REAL, TRUTH = pa.string(), pa.int64(), pa.float64(), pa.bool_()
TEXTS = pa.list_(pa.string())
NAMED = pa.dictionary(pa.int32(), pa.string())
"""A column with few distinct values."""

PARAMETERS = pa.list_(
    pa.struct(
        [
            ("name", TEXT),
            ("original_name", TEXT),
            ("place", TEXT),
            ("type", TEXT),
            ("required", TRUTH),
            ("description", TEXT),
            ("enum", TEXTS),
            ("default", TEXT),
            ("example", TEXT),
            ("minimum", REAL),
            ("maximum", REAL),
        ]
    )
)
FACTS = pa.list_(
    pa.struct([("path", TEXT), ("value", TEXT), ("kind", TEXT), ("tolerance", REAL), ("unit", TEXT)])
)

VERSIONS: dict[type[Any], int] = {}
_COLUMNS: dict[type[Any], dict[str, pa.DataType]] = {}
_SCHEMAS: dict[type[Any], pa.Schema] = {}
_BUILDERS: dict[type[Any], Callable[[dict[str, Any]], Any]] = {}


def _table(record: type[Any], version: int, **columns: pa.DataType) -> None:
    VERSIONS[record] = version
    _COLUMNS[record] = columns


_table(
    records.Collection, 1, collection_id=TEXT, source=NAMED, name=TEXT, description=TEXT, tool_ids=TEXTS
)  # fmt: skip
_table(
    records.Tool,
    1,
    tool_id=TEXT,
    source=NAMED,
    name=TEXT,
    standard_name=TEXT,
    category=NAMED,
    description=TEXT,
    base_url=TEXT,
    pricing=NAMED,
    api_count=WHOLE,
)
_table(
    records.Api,
    2,
    api_id=TEXT,
    tool_id=TEXT,
    source=NAMED,
    category=NAMED,
    tool_name=TEXT,
    tool_standard_name=TEXT,
    tool_description=TEXT,
    name=TEXT,
    standard_name=TEXT,
    description=TEXT,
    method=NAMED,
    url=TEXT,
    parameters=PARAMETERS,
    example_response=TEXT,
    writes=TRUTH,
)
_table(
    records.Probe,
    1,
    api_id=TEXT,
    attempt=WHOLE,
    arguments=TEXT,
    status_code=WHOLE,
    latency_s=REAL,
    verdict=NAMED,
    evidence=TEXT,
)
_table(
    records.Combination, 1, combination_id=TEXT, group=NAMED, origin=TEXT, api_ids=TEXTS, ordinal=WHOLE
)  # fmt: skip
_table(
    records.Instruction,
    2,
    instruction_id=TEXT,
    group=NAMED,
    text=TEXT,
    api_ids=TEXTS,
    relevant_api_ids=TEXTS,
    combination_id=TEXT,
    split=NAMED,
    teacher=NAMED,
    teacher_kind=NAMED,
    expected_facts=FACTS,
    solvable=TRUTH,
    unsolvable_reason=TEXT,
    source_id=TEXT,
)
_table(
    records.Node,
    4,
    node_id=WHOLE,
    parent_id=WHOLE,
    kind=NAMED,
    depth=WHOLE,
    description=TEXT,
    observation=TEXT,
    observation_code=WHOLE,
    pruned=TRUTH,
    terminal=TRUTH,
    ask=WHOLE,
    chosen=TRUTH,
    score=REAL,
    prompt_tokens=WHOLE,
    completion_tokens=WHOLE,
    repeats=WHOLE,
)
_table(
    records.Trajectory,
    3,
    trajectory_id=TEXT,
    instruction_id=TEXT,
    source_id=TEXT,
    group=NAMED,
    split=NAMED,
    method=NAMED,
    teacher=NAMED,
    teacher_kind=NAMED,
    environment=NAMED,
    snapshot=NAMED,
    text=TEXT,
    win=TRUTH,
    finish_type=NAMED,
    final_answer=TEXT,
    query_count=WHOLE,
    api_calls=WHOLE,
    prompt_tokens=WHOLE,
    completion_tokens=WHOLE,
    tree=TEXT,
    messages=TEXT,
    functions=TEXT,
    api_ids=TEXTS,
    opening=TEXT,
    end_state=TEXT,
    repairs=TEXT,
)
_table(
    records.Call,
    1,
    stage=NAMED,
    shard=WHOLE,
    subject_id=TEXT,
    kind=NAMED,
    target=NAMED,
    ordinal=WHOLE,
    request_key=TEXT,
    status=NAMED,
    latency_s=REAL,
    uncached_tokens=WHOLE,
    cached_tokens=WHOLE,
    cache_write_tokens=WHOLE,
    output_tokens=WHOLE,
    cost_nano_usd=WHOLE,
    replayed=TRUTH,
)
_table(
    records.Spend,
    1,
    run_id=NAMED,
    stage=NAMED,
    shard=WHOLE,
    model=NAMED,
    calls=WHOLE,
    uncached_tokens=WHOLE,
    cached_tokens=WHOLE,
    cache_write_tokens=WHOLE,
    output_tokens=WHOLE,
    cost_nano_usd=WHOLE,
)
_table(records.Reject, 1, stage=NAMED, subject_id=TEXT, reason=NAMED, evidence=TEXT)
_table(
    records.TrainingSample,
    1,
    sample_id=TEXT,
    trajectory_id=TEXT,
    instruction_id=TEXT,
    group=NAMED,
    split=NAMED,
    messages=TEXT,
    tools=TEXT,
    assistant_turns=WHOLE,
    teacher=NAMED,
    teacher_kind=NAMED,
    environment=NAMED,
)
_table(
    records.Pair,
    1,
    pair_id=TEXT,
    instruction_id=TEXT,
    group=NAMED,
    split=NAMED,
    query=TEXT,
    api_id=TEXT,
    document=TEXT,
    relevant=TRUTH,
    teacher_kind=NAMED,
)
_table(
    records.Checkpoint,
    1,
    checkpoint_id=TEXT,
    kind=NAMED,
    base=TEXT,
    folder=TEXT,
    parameters=WHOLE,
    steps=WHOLE,
    samples=WHOLE,
    first_loss=REAL,
    last_loss=REAL,
    world_size=WHOLE,
    settings=TEXT,
    metrics=TEXT,
    teacher_kind=NAMED,
    environment=NAMED,
)
_table(
    records.Result,
    1,
    instruction_id=TEXT,
    group=NAMED,
    candidate=NAMED,
    candidate_model=NAMED,
    method=NAMED,
    rule=NAMED,
    judge=NAMED,
    judge_kind=NAMED,
    verdict=NAMED,
    votes=TEXT,
    answer=TEXT,
    finish_type=NAMED,
    query_count=WHOLE,
    teacher_kind=NAMED,
    environment=NAMED,
)


def field_docs(record: type[Any]) -> dict[str, str]:
    """The sentence below each field of a record class, read from its source; empty where there is none."""
    body = statements(textwrap.dedent(inspect.getsource(record)))[0]
    assert isinstance(body, ast.ClassDef)
    docs: dict[str, str] = {}
    for field, after in zip(body.body, [*body.body[1:], None], strict=True):
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name):
            spoken = isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant)
            docs[field.target.id] = str(after.value.value) if spoken else ""  # type: ignore[union-attr]
    return docs


def schema(record: type[Any]) -> pa.Schema:
    """Newest Arrow schema of a record; metadata holds record name, version, and each column's meaning.

    Raises:
        KeyError: `record` is no record of the journey.
    """
    if record not in _SCHEMAS:
        _SCHEMAS[record] = _documented(record)
    return _SCHEMAS[record]


def _documented(record: type[Any]) -> pa.Schema:
    docs = field_docs(record)
    columns = [
        pa.field(name, kind, metadata={"doc": docs.get(name, "")}) for name, kind in _COLUMNS[record].items()
    ]
    return pa.schema(columns, metadata={"record": record.__name__, "schema_version": str(VERSIONS[record])})


def to_table(record: type[Record], rows: Iterable[Record]) -> pa.Table:
    """Rows of one record class as an Arrow table of its newest schema; shape (n rows, n fields)."""
    names = [field.name for field in dataclasses.fields(typing.cast(Any, record))]
    columns: dict[str, list[Any]] = {name: [] for name in names}
    for row in rows:
        for name in names:
            columns[name].append(_plain(getattr(row, name)))
    wanted = schema(record)
    arrays = [_array(columns[field.name], field.type) for field in wanted]
    return pa.Table.from_arrays(arrays, schema=wanted)


def conform(table: pa.Table, record: type[Any]) -> pa.Table:
    """A table of any earlier schema version under the newest one: what it lacks comes back null.

    Raises:
        pa.ArrowException: a column holds values of another type.
    """
    wanted = schema(record)
    columns = [
        table.column(field.name).cast(field.type)  # adds keys that a list's structs lack
        if field.name in table.column_names
        else pa.nulls(table.num_rows, field.type)
        for field in wanted
    ]
    return pa.Table.from_arrays(columns, schema=wanted)


def from_table(record: type[Record], table: pa.Table) -> list[Record]:
    """The rows of an Arrow table as records; what the table lacks takes the field's default, else None."""
    build = _builder(record)
    wanted = [
        field for field in dataclasses.fields(typing.cast(Any, record)) if field.name in table.column_names
    ]
    columns = [table.column(field.name).to_pylist() for field in wanted]
    names = [field.name for field in wanted]
    return [build(dict(zip(names, values, strict=True))) for values in zip(*columns, strict=True)]


def _array(values: list[Any], kind: pa.DataType) -> pa.Array:
    try:
        return pa.array(values, type=kind)
    except UnicodeEncodeError:  # half of a surrogate pair, from somebody's JSON: replaced, the row is kept
        return pa.array([_encodable(value) for value in values], type=kind)


def _encodable(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if isinstance(value, list):
        return [_encodable(each) for each in value]
    return {name: _encodable(each) for name, each in value.items()} if isinstance(value, dict) else value


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: _plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    return value


def _builder(record: type[Any]) -> Callable[[dict[str, Any]], Any]:
    """A function that makes a record from the plain values of one row."""
    if record not in _BUILDERS:
        _BUILDERS[record] = _make_builder(record)
    return _BUILDERS[record]


def _make_builder(record: type[Any]) -> Callable[[dict[str, Any]], Any]:
    hints = typing.get_type_hints(record)
    tuples = {name: _inner(hint) for name, hint in hints.items() if typing.get_origin(hint) is tuple}
    defaults = {
        field.name: field.default
        for field in dataclasses.fields(record)
        if field.default is not dataclasses.MISSING and field.default is not None and field.name not in tuples
    }

    def build(row: dict[str, Any]) -> Any:
        for name, inner in tuples.items():
            values: Sequence[Any] = row.get(name) or ()
            row[name] = tuple(_builder(inner)(dict(each)) for each in values) if inner else tuple(values)
        for name, default in defaults.items():
            if row.get(name) is None:  # a column or key that an earlier version did not have
                row[name] = default
        return record(**row)

    return build


def _inner(hint: types.GenericAlias) -> type[Any] | None:
    inner = typing.get_args(hint)[0]
    return inner if dataclasses.is_dataclass(inner) and isinstance(inner, type) else None
