"""A fact with its value read once (pure)."""

import json
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from tasks.facts.clocks import seconds_of
from tasks.facts.dates import day_of
from tasks.facts.units import Unit, units_of
from tasks.records import ExpectedFact

DATETIME = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})[T ]([0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?)(Z"
    r"|[+-][0-9]{2}:?[0-9]{2})?"
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A fact with its value read once."""

    fact: ExpectedFact
    value: Any
    kind: str
    """As the fact says, or what its value is where that fits better."""
    key: str
    """Last key of the path that is no index."""
    units: tuple[Unit, ...]
    index: int | None
    """Place in a list of the answer it comes from; None where it is in none."""


@lru_cache(maxsize=20_000)
def wanted(fact: ExpectedFact) -> Wanted:
    """Read the fact's value.

    Raises:
        ValueError: its value is no JSON.
    """
    value = json.loads(fact.value)
    steps = fact.path.split(".")
    key = next((step for step in reversed(steps) if step and not step.isdecimal()), "").lower()
    index = next((int(step) for step in reversed(steps[1:]) if step.isdecimal()), None)
    kind: str = fact.kind
    if kind == "number" and (isinstance(value, bool) or not isinstance(value, int | float)):
        kind = "text"
    if kind == "datetime" and not DATETIME.fullmatch(str(value).strip()):
        kind = "text"
    if kind == "date" and day_of(str(value)) is None:
        kind = "text"
    if kind == "time" and seconds_of(str(value)) is None:
        kind = "text"
    return Wanted(fact, value, kind, key, units_of(fact.unit, fact.path), index)
