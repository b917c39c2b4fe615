"""What was derived from a tool: lineage walked forward, row by row (pure).

tool -> APIs, probes -> combinations, instructions -> trajectories -> samples, pairs; their calls, rejects

A row is derived when one of its columns holds the id of a row that is, or when any of its texts names the
tool. `lineage` walks the same columns the other way.
"""

import dataclasses
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from tasks.records import Call, Collection, Spend

LINKS = {
    "tool_id": "tools",
    "api_id": "apis",
    "api_ids": "apis",
    "relevant_api_ids": "apis",
    "combination_id": "combinations",
    "instruction_id": "instructions",
    "trajectory_id": "trajectories",
}
"""Column to the member in which its value names a row."""

OWN = {
    "tools": "",  # nothing but its own id says that a tool is the one
    "apis": "api_id",
    "combinations": "combination_id",
    "instructions": "instruction_id",
    "trajectories": "trajectory_id",
}
"""Member to the column that names its own rows, where that column is a link in other members."""

SUBJECTS = ("subject_id", "target")
"""Columns whose value may be the id of anything, or begin with one."""

WHY = {
    "tools": "is the tool, or has its id",
    "apis": "is one of its APIs, or was written or searched with one",
    "combinations": "was written for a combination with one of its APIs",
    "instructions": "was made of an instruction that is retired",
    "trajectories": "was made of a trajectory that is retired",
}
NAMED = "names it in the column '{}'"
SUBJECT = "is about something that is retired"


class Naming:
    """Finds the id of a tool, and so those of its APIs, in any text, JSON with escaped slashes included."""

    def __init__(self, tool_id: str):
        self.tool_id = tool_id
        source, _, self._rest = tool_id.partition("/")
        # Ids are of word characters, hyphens and dots: hub/sun is not found in hub/sun-2, nor in github/sun.
        self._pattern = re.compile(
            rf"(?<![\w.-]){re.escape(source)}\\*/{re.escape(self._rest)}(?![\w-])" if self._rest else r"(?!)"
        )

    def found(self, text: str) -> bool:
        """Whether a text holds the id."""
        return self._rest in text and self._pattern.search(text) is not None

    def column(self, row: Any) -> str:
        """The first column of a record with a text that holds the id; empty where none does."""
        for column in dataclasses.fields(row):
            if any(map(self.found, _texts(getattr(row, column.name)))):
                return column.name
        return ""

    def without(self, value: Any) -> Any:
        """A JSON value without what names the tool: entries of lists, and of texts with commas between."""
        if isinstance(value, dict):
            return {name: self.without(each) for name, each in value.items()}
        if isinstance(value, list | tuple):
            return [self.without(each) for each in value if isinstance(each, dict) or not self._in(each)]
        if isinstance(value, str) and self.found(value):
            return ",".join(part for part in value.split(",") if not self.found(part))
        return value

    def _in(self, value: Any) -> bool:
        return any(map(self.found, _texts(value)))


@dataclass(frozen=True, slots=True)
class Gone:
    """Ids of the rows that are derived from a tool, by member."""

    ids: dict[str, set[str]] = field(default_factory=dict)

    @classmethod
    def together(cls, several: Iterable["Gone"]) -> "Gone":
        """Those of several tables."""
        made = cls()
        for each in several:
            for member, ids in each.ids.items():
                made.ids.setdefault(member, set()).update(ids)
        return made

    def add(self, member: str, id: str) -> None:
        """One more row; of members to which no column leads nothing is kept."""
        if member in LINKS.values():
            self.ids.setdefault(member, set()).add(id)

    def link(self, row: Any, own: str = "") -> str:
        """The member of a derived row that this row was made from; empty where there is none.

        `own` is the column of the row's own id, which is no link.
        """
        for column, member in LINKS.items():
            ids = self.ids.get(member)
            if ids and column != own and hasattr(row, column):
                value = getattr(row, column)
                if not ids.isdisjoint(value if isinstance(value, tuple) else (value,)):
                    return member
        return ""

    def subject(self, row: Any) -> bool:
        """Whether a call or a reject is about a derived row: `<id>` or `<id>/...`."""
        for value in (getattr(row, column) for column in SUBJECTS if hasattr(row, column)):
            heads = (value, value.rpartition("/")[0], value.partition("/")[0])
            if any(head in ids for ids in self.ids.values() for head in heads if head):
                return True
        return False


def why_derived(member: str, row: Any, gone: Gone, naming: Naming) -> str:
    """What makes a row one that was derived from the tool, for its reject; empty where it was not.

    A collection is not derived from its tools: see `shrunk`.
    """
    link = gone.link(row, OWN.get(member, ""))
    if link:
        return WHY[link]
    if gone.subject(row):
        return SUBJECT
    column = naming.column(row)
    return NAMED.format(column) if column else ""


def shrunk(row: Collection, naming: Naming) -> Collection:
    """A collection without the tool."""
    left = tuple(tool_id for tool_id in row.tool_ids if tool_id != naming.tool_id)
    return replace(row, tool_ids=left) if left != row.tool_ids else row


def spend_without(spend: list[Spend], removed: Iterable[Call]) -> list[Spend]:
    """A shard's spend once calls are removed from it: equal to the sum of those that stay, as ever.

    Rows of models whose calls all stay are left as they are; the others become one.
    """
    left = list(spend)
    for call in removed:
        if call.kind != "model":
            continue
        mine = [row for row in left if row.model == call.target]
        if not mine:
            continue
        less = {name: sum(getattr(row, name) for row in mine) - amount for name, amount in _amounts(call)}
        place = left.index(mine[0])
        left = [row for row in left if row.model != call.target]
        if less["calls"] > 0:
            left.insert(place, replace(mine[0], **less))
    return left


def _amounts(call: Call) -> Iterator[tuple[str, int]]:
    yield "calls", 1
    for name in ("uncached_tokens", "cached_tokens", "cache_write_tokens", "output_tokens", "cost_nano_usd"):
        yield name, getattr(call, name)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, tuple | list):
        for each in value:
            yield from _texts(each)
    elif isinstance(value, dict):
        for each in value.values():
            yield from _texts(each)
    elif dataclasses.is_dataclass(value):
        for column in dataclasses.fields(value):
            yield from _texts(getattr(value, column.name))
