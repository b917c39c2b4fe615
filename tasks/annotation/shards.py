"""One shard of annotation: its instructions searched at once, finished trees published as they come."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from tasks.annotation.budgets import token_budgets
from tasks.annotation.inputs import Inputs, load_inputs, load_part
from tasks.annotation.kept import searched
from tasks.environment.protocol import Environment
from tasks.errors import RecordError
from tasks.llm import draining
from tasks.llm.fees import fees_of
from tasks.llm.metered import MeteredModel, open_session
from tasks.records import Call, Instruction, Reject, Spend, Trajectory
from tasks.rollout.driver import Rollout
from tasks.rollout.environments import open_environment
from tasks.rollout.instructions import apis_of, left_of
from tasks.rollout.offers import offered
from tasks.rollout.pool import work_through
from tasks.rollout.sessions import roll_apart
from tasks.rollout.trajectories import trajectory_of
from tasks.search.functions import PUBLISHED, SchemaStyle
from tasks.search.methods import method
from tasks.search.problem import Problem
from tasks.storage.carrying import is_carried
from tasks.storage.rejects import reject
from tasks.storage.stage import Progress
from tasks.storage.table import Shard, Table

NAME = "annotate"


@dataclass(frozen=True, slots=True)
class Annotator:
    """What searches one instruction."""

    inputs: Inputs
    model: MeteredModel
    environment: Environment
    rollout: Rollout
    method: str
    schemas: SchemaStyle | None = None
    """How documentation becomes functions; None: by each API's source."""
    budgets: Mapping[str, int] = field(default_factory=dict)
    """Instruction id to the tokens that a search at equal cost may spend."""
    allow_writes: str = ""
    """Tools that may be written with; see `rollout.offers`."""

    async def annotate(self, instruction: Instruction) -> Trajectory | Reject:
        """The instruction's trajectory, or why it has none."""
        try:
            apis = apis_of(instruction, self.inputs.apis)
        except RecordError as error:
            return reject(NAME, instruction.instruction_id, error.reason, error.evidence)
        offer = offered(apis, self.environment.name, self.allow_writes, self.schemas)
        searcher, budget = method(self.method), self.budgets.get(instruction.instruction_id)
        if searcher.needs_budget and budget is None:
            why = "the annotation whose cost is matched has no trajectory of it"
            return reject(NAME, instruction.instruction_id, "no_budget", why)
        search = searcher.search(Problem(instruction.instruction_id, instruction.text, offer, budget))
        tree, end_state = await roll_apart(search, instruction, offer, self.rollout)
        return trajectory_of(
            tree,
            instruction,
            method=self.method,
            teacher=self.model.name,
            teacher_kind=self.model.kind,
            environment=self.environment.name,
            end_state=end_state,
        )


def annotate_shard(
    address: str, number: int, progress: Progress, only: Collection[str] | None = None
) -> None:
    """Search every instruction of a shard that is not published yet.

    Args:
        address: of the table.
        number: of the shard.
        progress: told of finished instructions.
        only: ids of those to search now; the shard stays open for the others. None: all.

    Raises:
        BudgetExceeded, TransientError: after what was finished is published; run the shard again.
    """
    draining.run(_annotate_shard(Table.open(address), number, progress, only))


async def _annotate_shard(
    table: Table, number: int, progress: Progress, only: Collection[str] | None
) -> None:
    shard = table.shard(number)
    if shard.finished:
        return
    parameters = table.parameters()
    count = shard.work["count"]
    inputs, left = _inputs_and_left(table, shard, parameters)
    if only is not None:
        left = [each for each in left if each.instruction_id in only]
        count = len(left)
    progress.show(f"shard {number}", count - len(left), count)
    environment = open_environment(parameters["environment"], parameters["api_proxy"])
    try:
        async with open_session(table, number, parameters["model"]) as model:
            rollout = Rollout(
                model=model,
                environment=environment,
                stage=NAME,
                shard=number,
                seed=table.manifest.seed,
                form=parameters["form"],
                temperature=parameters["temperature"],
                max_tokens=parameters["max_tokens"],
                address=table.address,
                fees=fees_of(parameters["environment"], inputs.apis.values(), inputs.pricing),
            )
            matched = parameters.get("equal_cost_to", "")
            budgets = token_budgets(matched) if matched else {}
            schemas = PUBLISHED if parameters.get("schemas") == "published" else None
            allow_writes = parameters.get("allow_writes", "")
            annotator = Annotator(
                inputs, model, environment, rollout, parameters["method"], schemas, budgets, allow_writes
            )
            await work_through(
                left,
                annotator.annotate,
                lambda batch, last: _publish(shard, model, batch, last and only is None),
                concurrency=parameters["concurrency"],
                shown=lambda done: progress.show(f"shard {number}", count - len(left) + done, count),
            )
            if only is None:
                model.log.remove()
    finally:
        await environment.aclose()


def _inputs_and_left(
    table: Table, shard: Shard, parameters: Mapping[str, Any]
) -> tuple[Inputs, list[Instruction]]:
    """What a shard reads, and which of its instructions are left to search.

    Where all instructions are searched, a shard's are a window of theirs; where some were carried over, it is
    known only from all of them which those are.
    """
    place, toolenv = parameters["instructions"], parameters["toolenv"]
    if is_carried(table):
        inputs, begins_at = load_inputs(place, toolenv), 0
        wanted = searched(table, inputs.instructions)
    else:
        inputs, begins_at = load_part(place, toolenv, shard.work["first"], shard.work["count"])
        wanted = list(inputs.instructions)
    return inputs, left_of(shard, wanted, Trajectory, "trajectories", begins_at)


def _publish(
    shard: Shard, model: MeteredModel, batch: list[tuple[Instruction, Trajectory | Reject]], last: bool
) -> None:
    calls = model.take_calls(instruction.instruction_id for instruction, _ in batch)
    shard.publish(
        {
            "trajectories": (Trajectory, [row for _, row in batch if isinstance(row, Trajectory)]),
            "rejects": (Reject, [row for _, row in batch if isinstance(row, Reject)]),
            "calls": (Call, calls),
            "spend": (Spend, model.spend_of(calls)),
        },
        finished=last,
    )
