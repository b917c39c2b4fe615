"""Records of every kind, drawn from their own type hints."""

import dataclasses
import types
import typing
from typing import Any

from hypothesis import strategies as st


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
