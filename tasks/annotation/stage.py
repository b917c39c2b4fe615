"""Annotate: instructions in, decision trees and kept paths out (ToolLLM §2.3).

Shards are runs of consecutive instructions. Run again with the same parameters it does what is not published
yet; of what was begun, replies that reached this host are replayed from the call log.
"""

from collections import Counter
from typing import ClassVar, Literal

import orjson
from pydantic import Field

from tasks.annotation.budgets import require_budgets
from tasks.annotation.inputs import is_file, load_inputs
from tasks.annotation.shards import NAME, annotate_shard
from tasks.errors import ConfigurationError
from tasks.llm.ledger import caps_of, open_ledger
from tasks.llm.metered import require_usable
from tasks.llm.openai_compatible import model_named
from tasks.records import Call, Reject, Spend, Trajectory
from tasks.rollout.environments import require_environment
from tasks.rollout.offers import require_forks, require_known, withheld
from tasks.search import methods, prompts
from tasks.search.forms import CallingForm, version
from tasks.search.functions import PUBLISHED_VERSION
from tasks.search.methods import method
from tasks.storage.addresses import normalise
from tasks.storage.stage import Progress, Report, StageParameters, plan_table, report_of, run_here
from tasks.storage.table import Table

CODE_VERSION = "1"


class Parameters(StageParameters):
    """Annotate solution paths: search a decision tree for every instruction, in shards."""

    LIMITS: ClassVar[frozenset[str]] = StageParameters.LIMITS | {"budget_usd", "concurrency", "shard_size"}
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
    concurrency: int = Field(8, ge=1, le=512, description="Instructions searched at once, per shard")
    shard_size: int = Field(200, ge=1, le=100_000, description="Instructions per shard")


def plan(parameters: Parameters) -> str:
    """Check everything that can be checked for nothing, make the table, give its address."""
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
    require_environment(parameters.environment, parameters.api_proxy, apis)
    require_known(parameters.allow_writes, inputs.apis.values())
    require_forks(parameters.environment, parameters.allow_writes, apis, searcher)
    require_usable(parameters.model)

    def shards() -> tuple[list[dict[str, int]], list[str]]:
        count, size = len(inputs.instructions), parameters.shard_size
        gone = withheld(inputs.instructions, inputs.apis, parameters.environment, parameters.allow_writes)
        parts = [{"first": first, "count": min(size, count - first)} for first in range(0, count, size)]
        return parts, gone.notes()

    table = plan_table(
        stage=NAME,
        address=parameters.trajectories,
        parameters=parameters,
        code_version=CODE_VERSION,
        inputs={"instructions": parameters.instructions, "equal_cost_to": parameters.equal_cost_to},
        members=(Trajectory, Call, Spend, Reject),
        make_plan=shards,
        decides={
            "methods": methods.VERSION,
            "prompts": prompts.VERSION,
            **searcher.decides,
            **version(parameters.form),
            **({"published schemas": PUBLISHED_VERSION} if parameters.schemas == "published" else {}),
        },
    )
    caps_of(open_ledger(), table.manifest.run_id, NAME, parameters.budget_usd)
    return table.address


def run_shard(address: str, shard: int, progress: Progress) -> None:
    """Search what a shard has not published yet."""
    annotate_shard(address, shard, progress)


def finish(address: str) -> Report:
    """How many instructions were solved, with how many replies and tokens."""
    rows = Table.open(address).read(Trajectory, "trajectories", partial=True).to_pylist()
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
    return report_of(address, figures, notes)


def run(parameters: Parameters, progress: Progress) -> Report:
    """Plan, every open shard in this process, finish."""
    return run_here(parameters, progress, plan, run_shard, finish)
