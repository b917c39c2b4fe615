"""Instructions of a shard: which are left to do, and the documents of the APIs they offer."""

from collections.abc import Mapping, Sequence
from typing import Any

from tasks.errors import RecordError
from tasks.records import Api, Instruction, Reject
from tasks.storage.table import Shard


def left_of(
    shard: Shard, instructions: Sequence[Instruction], record: type[Any], member: str
) -> list[Instruction]:
    """The shard's part of `instructions` without what it has published as rows or as rejects, in order.

    Args:
        shard: its plan says `first` and `count`.
        instructions: all of the run.
        record: class of the rows it publishes, which have an `instruction_id`.
        member: where it publishes them.
    """
    first, count = shard.work["first"], shard.work["count"]
    gone = {row.instruction_id for row in shard.published(record, member)}
    gone |= {row.subject_id for row in shard.published(Reject, "rejects")}
    return [each for each in instructions[first : first + count] if each.instruction_id not in gone]


def apis_of(instruction: Instruction, apis: Mapping[str, Api]) -> list[Api]:
    """The documents of the APIs an instruction offers, in its order.

    Raises:
        RecordError: one of them is not in the catalogue.
    """
    absent = [api_id for api_id in instruction.api_ids if api_id not in apis]
    if absent:
        raise RecordError("unknown_api", f"not in the catalogue: {', '.join(absent)}")
    return [apis[api_id] for api_id in instruction.api_ids]
