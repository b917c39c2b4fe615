"""What a set of instructions is like, in numbers (pure)."""

from collections.abc import Mapping, Sequence
from typing import Any

from tasks.instructions.combinations import GROUPS
from tasks.instructions.filters import plain
from tasks.records import Instruction

SHORTEST_NAME_CHARS = 5
"""Shorter API names are words of everyday language."""


def figures_of(instructions: Sequence[Instruction], names: Mapping[str, str], written: int) -> dict[str, Any]:
    """Counts by group, and means over all.

    Args:
        instructions: the accepted ones.
        names: name of every API, by id.
        written: instructions asked for in all requests that were counted.
    """
    total = len(instructions)
    counts: dict[str, Any] = {
        group: sum(row.group == group for row in instructions)
        for group in GROUPS
        if any(row.group == group for row in instructions)
    }
    if not total:
        return {"accepted_share": 0.0, "for_testing": 0}
    return {
        **counts,
        "accepted_share": total / written if written else 0.0,
        "for_testing": sum(row.split == "test" for row in instructions),
        "words": sum(len(row.text.split()) for row in instructions) / total,
        "apis_offered": sum(len(row.api_ids) for row in instructions) / total,
        "apis_relevant": sum(len(row.relevant_api_ids) for row in instructions) / total,
        "names_an_api_share": sum(names_an_api(row, names) for row in instructions) / total,
    }


def names_an_api(instruction: Instruction, names: Mapping[str, str]) -> bool:
    """Whether the text gives away an API it needs by its name, which makes retrieval and choice easier."""
    text = plain(instruction.text)
    told = (plain(names.get(api_id, "")) for api_id in instruction.relevant_api_ids)
    return any(len(name) >= SHORTEST_NAME_CHARS and name in text for name in told)
