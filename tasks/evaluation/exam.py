"""What is evaluated: held-out instructions, the teacher's trajectories of them, what the student may call."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from tasks.errors import ConfigurationError
from tasks.records import Api, Instruction, Tool, Trajectory
from tasks.rollout.instructions import still_offering
from tasks.storage.canonical import seed_of
from tasks.storage.table import Table
from tasks.tables import from_table

SPLIT = "test"


@dataclass(frozen=True, slots=True)
class Exam:
    """The same questions for every candidate, in the order of the instructions' table."""

    instructions: Sequence[Instruction]
    apis: dict[str, Api]
    pricing: dict[str, str] = field(default_factory=dict)
    """Tool id to what its marketplace says."""
    """Those that any of the instructions offers; empty where no student is examined."""


def load_exam(address: str, *, limit: int | None, seed: int, with_apis: bool) -> Exam:
    """Read the held-out instructions of a table.

    Args:
        address: of an instructions table.
        limit: most instructions; None takes all.
        seed: of the choice where there are more.
        with_apis: read the catalogue behind them too; a student needs it, a teacher's trajectory does not.

    Raises:
        ConfigurationError: no instructions there, not finished, or none held out.
    """
    table = Table.open(address)
    catalog = table.manifest.inputs.get("catalog")
    if table.manifest.stage != "instruct":
        raise ConfigurationError(
            f"{address} holds the output of '{table.manifest.stage}', not instructions; "
            "name what instruct wrote"
        )
    held_out = [each for each in table.records(Instruction, "instructions") if each.split == SPLIT]
    if not held_out:
        raise ConfigurationError(
            f"{address} holds no instructions of the split '{SPLIT}'; run instruct with a larger --held-out"
        )
    chosen = choose(held_out, limit, seed)
    apis: dict[str, Api] = {}
    pricing: dict[str, str] = {}
    if with_apis:
        if catalog is None:
            raise ConfigurationError(f"{address} names no catalogue, so the student has no APIs to call")
        offered = {api_id for instruction in chosen for api_id in instruction.api_ids}
        rows = Table.open(catalog).having(Api, "apis", "api_id", offered)
        apis = {api.api_id: api for api in from_table(Api, rows)}
        pricing = {tool.tool_id: tool.pricing for tool in Table.open(catalog).records(Tool, "tools")}
        chosen = [still_offering(each, apis) for each in chosen]
    return Exam(chosen, apis, pricing)


def choose(instructions: Sequence[Instruction], limit: int | None, seed: int) -> list[Instruction]:
    """At most `limit` instructions, of every group alike, in their order.

    Groups take turns, each in an order drawn from the seed, so that a small exam asks of every group, and a
    larger limit adds to a smaller one.
    """
    if limit is None or limit >= len(instructions):
        return list(instructions)
    groups: dict[str, list[Instruction]] = {}
    for each in sorted(
        instructions, key=lambda each: seed_of(seed, "tooleval", "choice", each.instruction_id)
    ):
        groups.setdefault(each.group, []).append(each)
    turns = max(len(members) for members in groups.values())
    dealt = [
        members[turn].instruction_id
        for turn in range(turns)
        for _, members in sorted(groups.items())
        if turn < len(members)
    ]
    kept = set(dealt[:limit])
    return [each for each in instructions if each.instruction_id in kept]


def trajectories_of(address: str, instruction_ids: Collection[str]) -> dict[str, Trajectory]:
    """The trajectories of these instructions, by instruction; those that were never searched are missing.

    Raises:
        ConfigurationError: no trajectories there, or not finished.
    """
    rows = _annotation(address).having(Trajectory, "trajectories", "instruction_id", instruction_ids)
    return {each.instruction_id: each for each in from_table(Trajectory, rows)}


def searched_of(address: str, instruction_ids: Collection[str]) -> set[str]:
    """Those of these instructions that have a trajectory; trees of a large table stay unread.

    Raises:
        ConfigurationError: as `trajectories_of`.
    """
    ids = _annotation(address).read(Trajectory, "trajectories", columns=["instruction_id"])
    return set(instruction_ids).intersection(ids.column("instruction_id").to_pylist())


def any_of(address: str) -> Trajectory:
    """One trajectory of a table that has some: whose they all are, and how they were searched.

    Raises:
        ConfigurationError: as `trajectories_of`.
    """
    (found,) = from_table(Trajectory, _annotation(address).window(Trajectory, "trajectories", 0, 1))
    return found


def _annotation(address: str) -> Table:
    table = Table.open(address)
    if table.manifest.stage != "annotate":
        raise ConfigurationError(
            f"{address} holds the output of '{table.manifest.stage}', not trajectories; "
            "name what annotate wrote"
        )
    return table
