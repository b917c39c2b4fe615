"""Records of every kind, drawn from their own type hints."""

import dataclasses
import types
import typing
from typing import Any

from hypothesis import strategies as st

from tasks import records, tables

RECORDS: list[type[Any]] = [
    found
    for found in vars(records).values()
    if dataclasses.is_dataclass(found) and found not in (records.Parameter, records.ExpectedFact)
]
"""Every record class that is a table's row; parameters and facts are columns of others."""


def a_trajectory(number: int, **changed: Any) -> records.Trajectory:
    """A small trajectory that differs from its neighbours."""
    given = {
        "trajectory_id": f"{number:016x}/DFS_woFilter_w2",
        "instruction_id": f"{number:016x}",
        "source_id": "",
        "group": "I1",
        "split": "train",
        "method": "DFS_woFilter_w2",
        "teacher": "rehearsal-strong",
        "teacher_kind": "rehearsal",
        "environment": "live",
        "snapshot": "",
        "text": f"When does the sun rise on day {number}?",
        "win": True,
        "finish_type": "give_answer",
        "final_answer": f"at {number % 24} o'clock",
        "query_count": 3,
        "api_calls": 2,
        "prompt_tokens": 1000 + number,
        "completion_tokens": 50,
        "tree": '[{"node_id":0}]',
        "messages": f'[{{"role":"user","content":"day {number}"}}]',
        "functions": "[]",
        "api_ids": ("hub/sun/rise", "hub/sun/set"),
    }
    return records.Trajectory(**{**given, **changed})


def rows_of(record: type[Any]) -> st.SearchStrategy[Any]:
    """Rows of a record class, each field drawn from its type."""
    hints = typing.get_type_hints(record)
    return st.builds(record, **{name: _values(hint) for name, hint in hints.items()})


def _values(hint: Any) -> st.SearchStrategy[Any]:
    origin, inner = typing.get_origin(hint), typing.get_args(hint)
    if origin is typing.Literal:
        return st.sampled_from(inner)
    if origin is tuple:
        return st.lists(_values(inner[0]), max_size=3).map(tuple)
    if origin in (types.UnionType, typing.Union):
        return st.one_of(*map(_values, inner))
    if dataclasses.is_dataclass(hint) and isinstance(hint, type):
        return rows_of(hint)
    return {
        str: st.text(max_size=20),
        int: st.integers(-(2**63), 2**63 - 1),
        float: st.floats(allow_nan=False),
        bool: st.booleans(),
        type(None): st.none(),
    }[hint]


assert set(tables.VERSIONS) == set(RECORDS), "every record has its schema"
