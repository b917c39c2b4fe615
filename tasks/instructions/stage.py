"""Instruct: a catalogue in, instructions with their relevant APIs out (ToolLLM §2.2).

Shards are parts of a group. Run again with the same parameters it writes what is not published yet; replies
that reached this host are taken from the call log.
"""

from typing import Any, ClassVar

from pydantic import Field

from tasks.errors import ConfigurationError
from tasks.instructions import prompts
from tasks.instructions.catalogue import Catalogue
from tasks.instructions.combinations import GROUPS, Shelf, distinct, why_none
from tasks.instructions.figures import figures_of
from tasks.instructions.prompts import STAGE
from tasks.instructions.writing import MOST_WRITTEN, write_shard
from tasks.llm.ledger import caps_of, open_ledger
from tasks.llm.metered import require_usable
from tasks.llm.openai_compatible import model_named
from tasks.records import Call, Combination, Group, Instruction, Reject, Spend
from tasks.storage.addresses import normalise
from tasks.storage.stage import Progress, Report, StageParameters, plan_table, report_of, run_here
from tasks.storage.table import Table

NAME = STAGE
CODE_VERSION = "1"


class Parameters(StageParameters):
    """Write instructions for combinations of APIs: single tools (I1), categories (I2), collections (I3)."""

    LIMITS: ClassVar[frozenset[str]] = StageParameters.LIMITS | {"budget_usd", "concurrency"}

    catalog: str = Field(
        description="Address of a catalogue, as crawl wrote it", json_schema_extra={"position": 0}
    )
    instructions: str = Field(
        description="Address to write; what is finished there is kept", json_schema_extra={"position": 1}
    )
    groups: str = Field(
        "", description="Groups to write, e.g. I1,I2,I3; empty: every group the catalogue allows"
    )
    count: int = Field(100, ge=1, le=1_000_000, description="Instructions accepted per group")
    model: str = Field("", description="Teacher; empty takes FOUNDRY_MODEL")
    per_request: int = Field(4, ge=1, le=20, description="Instructions asked for in one request")
    held_out: float = Field(
        0.2, ge=0, le=0.9, description="Share of combinations whose instructions are for testing"
    )
    budget_usd: float | None = Field(None, ge=0, description="Cap of this stage's spend in its run [USD]")
    concurrency: int = Field(8, ge=1, le=512, description="Requests in the air, per shard")
    shard_size: int = Field(200, ge=1, le=100_000, description="Instructions per shard")


def plan(parameters: Parameters) -> str:
    """Check everything that can be checked for nothing, make the table, give its address."""
    normalise(parameters.instructions)
    asked = groups_named(parameters.groups)
    parameters = parameters.model_copy(update={"model": model_named(parameters.model)})
    shelf = Catalogue(parameters.catalog).shelf
    groups, notes = possible_groups(asked, shelf)
    require_usable(parameters.model)

    def shards() -> tuple[list[dict[str, Any]], list[str]]:
        parts = [part for group in groups for part in parts_of(group, shelf, parameters)]
        return parts, notes

    table = plan_table(
        stage=NAME,
        address=parameters.instructions,
        parameters=parameters,
        code_version=CODE_VERSION,
        inputs={"catalog": parameters.catalog},
        members=(Instruction, Combination, Call, Spend, Reject),
        make_plan=shards,
        decides={"prompt": prompts.version()},
    )
    caps_of(open_ledger(), table.manifest.run_id, NAME, parameters.budget_usd)
    return table.address


def groups_named(text: str) -> list[Group]:
    """The groups of a comma list, in their order; empty for empty text.

    Raises:
        ConfigurationError: one of them is none.
    """
    named = {each.strip().upper() for each in text.split(",") if each.strip()}
    unknown = sorted(named - set(GROUPS))
    if unknown:
        raise ConfigurationError(
            f"no group '{unknown[0]}'; --groups takes a comma list of {', '.join(GROUPS)}"
        )
    return [group for group in GROUPS if group in named]


def possible_groups(asked: list[Group], shelf: Shelf) -> tuple[list[Group], list[str]]:
    """The groups that are written, and what is to be said about those that are not.

    A catalogue of a single tool makes I1 only, whatever is asked; otherwise a group that was asked for by
    name and cannot be made is refused.

    Raises:
        ConfigurationError: nothing can be written, or not what was asked for.
    """
    reasons = {group: why_none(shelf, group) for group in GROUPS}
    if reasons["I1"]:
        raise ConfigurationError(f"{reasons['I1']}; see the rejects of the crawl")
    single = len(shelf.tools) == 1
    if single and asked and "I1" not in asked:
        raise ConfigurationError(f"{reasons['I2']}; give --groups I1")
    for group in asked if not single else []:
        if reasons[group]:
            raise ConfigurationError(f"{reasons[group]}; leave {group} out of --groups")
    wanted = asked or list(GROUPS)
    if single:
        return ["I1"], [reasons["I2"]] if wanted != ["I1"] else []
    return [group for group in wanted if not reasons[group]], [
        reasons[group] for group in wanted if reasons[group]
    ]


def parts_of(group: Group, shelf: Shelf, parameters: Parameters) -> list[dict[str, Any]]:
    """The shards of a group: each has its share of the count and its own sets of APIs to write for."""
    wanted = -(-parameters.count // parameters.shard_size)
    of = distinct(shelf, group, wanted)
    share, more = divmod(parameters.count, of)
    return [{"group": group, "slice": part, "of": of, "count": share + (part < more)} for part in range(of)]


def run_shard(address: str, shard: int, progress: Progress) -> None:
    """Write what a shard has not published yet."""
    write_shard(address, shard, progress)


def finish(address: str) -> Report:
    """How many instructions each group has, and what they are like."""
    table = Table.open(address)
    report = report_of(address)
    instructions = table.records(Instruction, "instructions")
    parameters = table.parameters()
    report.figures = figures_of(
        instructions,
        Catalogue(table.manifest.inputs["catalog"]).names(),
        written=report.rows.get("combinations", 0) * parameters["per_request"],
    )
    for group in sorted({work["group"] for work in table.manifest.plan}):
        wanted = sum(work["count"] for work in table.manifest.plan if work["group"] == group)
        got = report.figures.get(group, 0)
        if got < wanted:
            report.notes.append(
                f"{group}: {got} of {wanted} instructions accepted; a shard stops when it has had "
                f"{MOST_WRITTEN} times its count written, see the rejects"
            )
    if parameters["held_out"] and instructions and not report.figures["for_testing"]:
        report.notes.append("no instruction is held out for testing; write more, or raise held_out")
    if any(row.teacher_kind == "rehearsal" for row in instructions):
        report.notes.append("written by the rehearsal teacher: rule-made, no language model")
    return report


def run(parameters: Parameters, progress: Progress) -> Report:
    """Plan, every open shard in this process, finish."""
    return run_here(parameters, progress, plan, run_shard, finish)
