"""SPDX licence expressions, read by the license-expression package."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from infra.sandbox.hub.errors import BadArgument

if TYPE_CHECKING:
    from license_expression import LicenseExpression, Licensing  # type: ignore[import-untyped]

MAX_KEYS = 8
"""Simplifying takes time that grows fast with the number of licences."""


@dataclass(frozen=True, slots=True)
class Record:
    """What the list says about one licence or exception."""

    key: str
    kind: str
    """``Permissive``, ``Copyleft``, ``Copyleft Limited``, ``Public Domain`` ..."""
    exception: bool
    others: list[str]
    """Older identifiers of the same terms, in alphabetical order."""


@lru_cache(maxsize=1)
def licensing() -> Licensing:
    """Return the parser that knows the keys of the SPDX list."""
    from license_expression import get_spdx_licensing

    return get_spdx_licensing()


def parsed(parameter: str, expression: str) -> LicenseExpression:
    """Return an expression of at most `MAX_KEYS` licences; raises `BadArgument`."""
    from license_expression import ExpressionError

    try:
        tree = licensing().parse(expression)
    except ExpressionError as error:
        reason = str(error).splitlines()[0]
        raise BadArgument(parameter, f"is no licence expression: {reason}") from error
    if tree is None:
        raise BadArgument(parameter, "is empty")
    if len(tree.literals) > MAX_KEYS:
        raise BadArgument(parameter, f"must name at most {MAX_KEYS} licences")
    return tree


def keys_of(tree: LicenseExpression) -> list[str]:
    """Return the keys that occur in an expression, in alphabetical order."""
    return sorted(set(licensing().license_keys(tree)), key=str.casefold)


@lru_cache(maxsize=1)
def records() -> dict[str, Record]:
    """Return the licences of the SPDX list by every identifier they have or had, in lower case."""
    from license_expression import get_license_index

    found: dict[str, Record] = {}
    for row in get_license_index():
        key, others = row["spdx_license_key"], sorted(row["other_spdx_license_keys"])
        if not key or key.startswith("LicenseRef-"):
            continue
        others = [name for name in others if not name.startswith("LicenseRef-")]
        record = Record(key, row["category"], row["is_exception"], others)
        for name in (key, *others):
            found.setdefault(name.casefold(), record)
    return found
