"""Instructions of a shard: which are left to do, and the documents of the APIs they offer."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

from tasks.errors import RecordError
from tasks.records import Api, Instruction, Reject
from tasks.storage.table import Shard


def parts_of(instructions: Sequence[Instruction], size: int) -> list[dict[str, Any]]:
    """The plan of shards: runs of consecutive instructions, with the groups and splits that are in each.

    They are not cut where a group ends: how many flow runs share the work is the operator's choice.
    """
    return [
        {
            "first": first,
            "count": len(part),
            "splits": sorted({f"{each.group}_{each.split}" for each in part}),
        }
        for first in range(0, len(instructions), size)
        for part in [instructions[first : first + size]]
    ]


def left_of(
    shard: Shard, instructions: Sequence[Instruction], record: type[Any], member: str, begins_at: int = 0
) -> list[Instruction]:
    """The shard's part of `instructions` without what it has published as rows or as rejects, in order.

    Args:
        shard: its plan says `first` and `count`.
        instructions: all of the run, from the one that `begins_at` numbers on.
        record: class of the rows it publishes, which have an `instruction_id`.
        member: where it publishes them.
        begins_at: number of the first of `instructions`.
    """
    first, count = shard.work["first"] - begins_at, shard.work["count"]
    gone = {row.instruction_id for row in shard.published(record, member)}
    gone |= {row.subject_id for row in shard.published(Reject, "rejects")}
    return [each for each in instructions[first : first + count] if each.instruction_id not in gone]


def still_offering(instruction: Instruction, apis: Collection[str]) -> Instruction:
    """An instruction without offered APIs that have left the catalogue since it was written.

    Where one that it needs is absent it stays as it is: what is amiss there must be seen.
    """
    needed = instruction.relevant_api_ids
    if not needed or any(api_id not in apis for api_id in needed):
        return instruction
    return replace(instruction, api_ids=tuple(each for each in instruction.api_ids if each in apis))


def apis_of(instruction: Instruction, apis: Mapping[str, Api]) -> list[Api]:
    """The documents of the APIs an instruction offers, in its order.

    Raises:
        RecordError: one of them is not in the catalogue.
    """
    absent = [api_id for api_id in instruction.api_ids if api_id not in apis]
    if absent:
        raise RecordError("unknown_api", f"not in the catalogue: {', '.join(absent)}")
    return [apis[api_id] for api_id in instruction.api_ids]
