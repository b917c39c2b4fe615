"""Annotate: instructions in, decision trees and kept paths out (ToolLLM §2.3).

Shards are runs of consecutive instructions. Run again with the same parameters it does what is not published
yet; of what was begun, replies that reached this host are replayed from the call log.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar, Literal

import orjson
from pydantic import Field

from tasks.annotation.budgets import require_budgets
from tasks.annotation.forecast.outcome import outcome_of
from tasks.annotation.inputs import Inputs, is_file, load_inputs
from tasks.annotation.kept import Kept
from tasks.annotation.shards import NAME, annotate_shard
from tasks.errors import ConfigurationError
from tasks.llm.fees import fees_of
from tasks.llm.ledger import caps_of, open_ledger
from tasks.llm.metered import require_usable
from tasks.llm.openai_compatible import model_named
from tasks.llm.spending.overruns import overrun_notes
from tasks.records import Api, Call, Instruction, Reject, Spend, Trajectory
from tasks.rollout.environments import require_environment
from tasks.rollout.instructions import parts_of
from tasks.rollout.offers import require_forks, require_known, withheld
from tasks.search import methods, prompts
from tasks.search.forms import CallingForm, version
from tasks.search.functions import PUBLISHED_VERSION
from tasks.search.methods import Method, method
from tasks.storage.addresses import normalise
from tasks.storage.carrying import CARRIED, carried_count, carry_over, earlier_version, is_carried
from tasks.storage.planning import TableSpec, plan_table
from tasks.storage.stage import Progress, Report, StageParameters, report_of, run_here
from tasks.storage.table import Table

CODE_VERSION = "1"
_COUNTED = (
    *("win", "finish_type", "query_count", "api_calls", "prompt_tokens", "completion_tokens"),
    *("teacher_kind", "repairs"),
)
"""Columns that the report needs: trees of a large table would not fit into memory."""


class Parameters(StageParameters):
    """Annotate solution paths: search a decision tree for every instruction, in shards."""

    LIMITS: ClassVar[frozenset[str]] = StageParameters.LIMITS | {
        *("budget_usd", "budget_tokens", "concurrency", "shard_size"),
        *("dry_run", "pilot", "pilot_size", "reply_s"),
    }
    PATHS: ClassVar[frozenset[str]] = frozenset({"toolenv"})

    instructions: str = Field(
        description="Address of an instructions table, a ToolBench query file (.json), or a tasks file "
        "of the sandbox (.jsonl)",
        json_schema_extra={"position": 0},
    )
    trajectories: str = Field(
        description="Address to write; what is finished there is kept", json_schema_extra={"position": 1}
    )
    model: str = Field("", description="Teacher; empty takes FOUNDRY_MODEL")
    method: str = Field(
        "DFS_woFilter_w2",
        description="Searcher: DFS_woFilter_wW (DFSDT, W children a node), CoT@N (ReACT, N attempts), "
        "foundry (ours, the fewest tokens for a right answer), DFSDT_wW, DFS_wW, CoT-SC@N, CoT@cost, "
        "Reflect@N, ToT-BFS, ToT-DFS (see tasks/search/README.md)",
    )
    equal_cost_to: str = Field(
        "",
        description="Address of another annotation of the same instructions, whose billed tokens CoT@cost "
        "may spend, instruction by instruction",
    )
    environment: Literal["live", "proxy"] = Field(
        "live", description="Where API answers come from: the APIs themselves, or a ToolBench proxy"
    )
    api_proxy: str = Field("", description="Full address of the proxy, e.g. http://127.0.0.1:9009/rapidapi")
    allow_writes: str = Field(
        "",
        description="Tools whose APIs may write in live, commas between: ids, slugs or standard names; "
        "or 'all'",
    )
    toolenv: str = Field("", description="Folder of tool documents by category, for a query file")
    form: CallingForm = Field(
        "tools",
        description="How functions are offered: today's protocol, the legacy one, as text to a chat server, "
        "or in ToolLLaMA's prompt layout to a completions server",
    )
    schemas: Literal["repaired", "published"] = Field(
        "repaired",
        description="Function schemas: with the losses of ToolBench's builder mended, or to its letter, for "
        "comparisons",
    )
    temperature: float | None = Field(
        None, ge=0, le=2, description="Sampling temperature; empty: the server's"
    )
    max_tokens: int = Field(1024, ge=1, le=100_000, description="Longest reply [tokens]")
    budget_usd: float | None = Field(None, ge=0, description="Cap of this stage's spend in its run [USD]")
    budget_tokens: int | None = Field(
        None, ge=0, description="Cap of this stage's tokens in its run [tokens]"
    )
    concurrency: int = Field(8, ge=1, le=512, description="Instructions searched at once, per shard")
    shard_size: int = Field(200, ge=1, le=100_000, description="Instructions per shard")
    dry_run: bool = Field(
        False, description="Only say what it will cost, in USD, tokens, calls and hours, from a pilot"
    )
    pilot: str = Field(
        "",
        description="Pilot of a dry run: address of an earlier annotation, a rehearsal model, or a number of "
        "instructions to annotate now (paid, published, counted); empty: what is free and closest",
    )
    pilot_size: int = Field(
        40, ge=2, le=10_000, description="Instructions that a dry run searches where searching costs nothing"
    )
    reply_s: float | None = Field(
        None, gt=0, le=3600, description="Seconds a reply takes, where a dry run's pilot cannot know it [s]"
    )
    since: str = Field(
        "",
        description="Address of an earlier version: trajectories that a new catalogue leaves untouched are "
        "carried over from it",
    )


@dataclass(frozen=True)
class Checked:
    """Parameters that hold together, and what they name."""

    parameters: Parameters
    """With the model's name filled in."""
    inputs: Inputs
    apis: list[Api]
    """Offered to any instruction."""
    searcher: Method
    earlier: Table | None
    """Version to carry over from."""

    @cached_property
    def kept(self) -> Kept | None:
        """What is carried over; None where nothing is asked for."""
        return Kept(self.earlier, self.inputs) if self.earlier is not None else None

    def kept_of(self, earlier: Table) -> Kept:
        """What is carried over from a version, the one that was asked for or another."""
        return self.kept if self.kept and earlier is self.earlier else Kept(earlier, self.inputs)

    @property
    def searched(self) -> Sequence[Instruction]:
        """Instructions of a new table that nothing is carried over for."""
        return self.inputs.instructions if self.kept is None else self.kept.left()


def checked(parameters: Parameters) -> Checked:
    """Check what can be checked without asking anybody.

    Raises:
        ConfigurationError: something does not exist, or does not go together.
    """
    normalise(parameters.trajectories)
    parameters = parameters.model_copy(update={"model": model_named(parameters.model)})
    searcher = method(parameters.method)
    if parameters.toolenv and not is_file(parameters.instructions):
        raise ConfigurationError(
            "--toolenv goes with a query file; an instructions table names its catalogue"
        )
    inputs = load_inputs(parameters.instructions, parameters.toolenv)
    if not inputs.instructions:
        raise ConfigurationError(f"{parameters.instructions} holds no instructions; nothing to annotate")
    ids = (instruction.instruction_id for instruction in inputs.instructions)
    require_budgets(searcher, parameters.equal_cost_to, ids)
    offered = {api_id for instruction in inputs.instructions for api_id in instruction.api_ids}
    apis = [inputs.apis[api_id] for api_id in sorted(offered & inputs.apis.keys())]
    require_known(parameters.allow_writes, inputs.apis.values())
    require_forks(parameters.environment, parameters.allow_writes, apis, searcher)
    earlier = earlier_version(parameters, NAME, parameters.trajectories)
    return Checked(parameters, inputs, apis, searcher, earlier)


def require_world(found: Checked) -> None:
    """Ask the model's server and the APIs' hub or proxy whether they are there, for nothing.

    Raises:
        ConfigurationError: one of them is not.
    """
    parameters = found.parameters
    require_environment(parameters.environment, parameters.api_proxy, found.apis)
    require_usable(parameters.model)
    fees_of(parameters.environment, found.apis, found.inputs.pricing)


def table_of(found: Checked) -> TableSpec:
    """The table that parameters ask for."""
    parameters, searcher = found.parameters, found.searcher
    return TableSpec(
        stage=NAME,
        address=parameters.trajectories,
        parameters=parameters,
        code_version=CODE_VERSION,
        inputs={"instructions": parameters.instructions, "equal_cost_to": parameters.equal_cost_to},
        members=(Trajectory, Call, Spend, Reject),
        decides={
            "methods": methods.VERSION,
            "prompts": prompts.VERSION,
            **searcher.decides,
            **version(parameters.form),
            **({"published schemas": PUBLISHED_VERSION} if parameters.schemas == "published" else {}),
        },
        since=found.earlier,
        may_differ=("input instructions",),
    )


def plan(parameters: Parameters) -> str:
    """Check everything that can be checked for nothing, make the table, give its address."""
    if parameters.dry_run:
        raise ConfigurationError("a dry run annotates nothing; leave out --dry-run to annotate")
    if parameters.pilot:
        raise ConfigurationError("--pilot goes with --dry-run")
    found = checked(parameters)
    require_world(found)
    parameters, inputs = found.parameters, found.inputs

    def shards() -> tuple[list[dict[str, Any]], list[str]]:
        gone = withheld(inputs.instructions, inputs.apis, parameters.environment, parameters.allow_writes)
        parts = parts_of(found.searched, parameters.shard_size)
        if found.kept is None:
            return parts, gone.notes()
        return [CARRIED, *parts], [*gone.notes(), *found.kept.notes()]

    table = plan_table(table_of(found), shards)
    carry_over(table, found.earlier, found.kept_of)
    caps_of(open_ledger(), table.manifest.run_id, NAME, parameters.budget_usd, parameters.budget_tokens)
    return table.address


def run_shard(address: str, shard: int, progress: Progress) -> None:
    """Search what a shard has not published yet."""
    annotate_shard(address, shard, progress)


def finish(address: str) -> Report:
    """How many instructions were solved, with how many replies and tokens."""
    rows = Table.open(address).read(Trajectory, "trajectories", partial=True, columns=_COUNTED).to_pylist()
    answered = sum(row["win"] for row in rows)
    figures = {
        "answered": answered,
        "gave_up": sum(row["finish_type"] == "give_up" for row in rows),
        "without_finish": sum(row["finish_type"] is None for row in rows),
        "answered_share": answered / len(rows) if rows else 0.0,
        "replies_per_instruction": sum(row["query_count"] for row in rows) / len(rows) if rows else 0.0,
        "api_calls": sum(row["api_calls"] for row in rows),
        "prompt_tokens": sum(row["prompt_tokens"] for row in rows),
        "completion_tokens": sum(row["completion_tokens"] for row in rows),
    }
    table = Table.open(address)
    if is_carried(table):
        figures["carried"] = carried_count(table, "trajectories")
    rehearsed = any(row["teacher_kind"] == "rehearsal" for row in rows)
    notes = (
        ["annotated by the rehearsal teacher, a rule-made stand-in and no language model"]
        if rehearsed
        else []
    )
    mended: Counter[str] = Counter()
    for row in rows:
        mended.update(orjson.loads(row["repairs"] or "{}"))
    if mended:
        counts = ", ".join(f"{name} {count}" for name, count in mended.most_common())
        notes.append(f"replies were mended before they were followed: {counts}")
    outcome = outcome_of(Table.open(address))
    notes += [*outcome.notes, *overrun_notes(table.manifest.run_id, NAME)]
    return report_of(address, {**figures, **outcome.figures}, notes)


def run(parameters: Parameters, progress: Progress) -> Report:
    """Plan, every open shard in this process, finish."""
    return run_here(parameters, progress, plan, run_shard, finish)
