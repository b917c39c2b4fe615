"""Instruct: a catalogue in, instructions with their relevant APIs out (ToolLLM §2.2).

Shards are parts of a group. Run again with the same parameters it writes what is not published yet; replies
that reached this host are taken from the call log.
"""

from collections import Counter
from functools import cache
from typing import Any, ClassVar

from pydantic import Field

from tasks.errors import ConfigurationError
from tasks.instructions import prompts
from tasks.instructions.catalogue import Catalogue
from tasks.instructions.combinations import GROUPS, Shelf, distinct, why_none
from tasks.instructions.figures import figures_of
from tasks.instructions.kept import Kept
from tasks.instructions.prompts import STAGE
from tasks.instructions.writing import MOST_WRITTEN, write_shard
from tasks.llm.ledger import caps_of, open_ledger
from tasks.llm.metered import require_usable
from tasks.llm.openai_compatible import model_named
from tasks.llm.spending.overruns import overrun_notes
from tasks.records import Call, Combination, Group, Instruction, Reject, Spend
from tasks.storage.addresses import normalise
from tasks.storage.carrying import CARRIED, carried_values, carry_over, earlier_version, is_carried
from tasks.storage.planning import TableSpec, plan_table
from tasks.storage.stage import Progress, Report, StageParameters, report_of, run_here
from tasks.storage.table import Table

NAME = STAGE
CODE_VERSION = "3"


class Parameters(StageParameters):
    """Write instructions for combinations of APIs: single tools (I1), categories (I2), collections (I3)."""

    LIMITS: ClassVar[frozenset[str]] = StageParameters.LIMITS | {"budget_usd", "budget_tokens", "concurrency"}

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
    budget_tokens: int | None = Field(
        None, ge=0, description="Cap of this stage's tokens in its run [tokens]"
    )
    concurrency: int = Field(8, ge=1, le=512, description="Requests in the air, per shard")
    shard_size: int = Field(200, ge=1, le=100_000, description="Instructions per shard")
    since: str = Field(
        "",
        description="Address of an earlier version: what a new catalogue or a longer list leaves "
        "untouched is carried over from it",
    )


def plan(parameters: Parameters) -> str:
    """Check everything that can be checked for nothing, make the table, give its address."""
    normalise(parameters.instructions)
    asked = groups_named(parameters.groups)
    parameters = parameters.model_copy(update={"model": model_named(parameters.model)})
    shelf = Catalogue(parameters.catalog).shelf
    groups, notes = possible_groups(asked, shelf)
    require_usable(parameters.model)
    earlier = earlier_version(parameters, NAME, parameters.instructions)

    impossible = {group: why_none(shelf, group) for group in asked or GROUPS if group not in groups}

    @cache
    def kept(of: Table) -> Kept:
        return Kept(of, parameters.catalog, groups, impossible)

    def shards() -> tuple[list[dict[str, Any]], list[str]]:
        if earlier is None:
            return [part for group in groups for part in parts_of(group, shelf, parameters)], notes
        lacking = kept(earlier).lacking(parameters.count)
        parts = [part for group in groups for part in parts_of(group, shelf, parameters, lacking[group])]
        return [CARRIED, *parts], [*notes, *kept(earlier).notes()]

    table = plan_table(
        TableSpec(
            stage=NAME,
            address=parameters.instructions,
            parameters=parameters,
            code_version=CODE_VERSION,
            inputs={"catalog": parameters.catalog},
            members=(Instruction, Combination, Call, Spend, Reject),
            decides={"prompt": prompts.version()},
            since=earlier,
            may_differ=("input catalog", "groups", "count", "shard_size"),
        ),
        shards,
    )
    carry_over(table, earlier, kept)
    caps_of(open_ledger(), table.manifest.run_id, NAME, parameters.budget_usd, parameters.budget_tokens)
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


def parts_of(
    group: Group, shelf: Shelf, parameters: Parameters, count: int | None = None
) -> list[dict[str, Any]]:
    """The shards of a group: each has its share of the count and its own sets of APIs to write for."""
    count = parameters.count if count is None else count
    if not count:
        return []
    of = distinct(shelf, group, -(-count // parameters.shard_size))
    share, more = divmod(count, of)
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
    carried = Counter(carried_values(table, "instructions", "group"))
    if is_carried(table):
        report.figures["carried"] = sum(carried.values())
    plan = [work for work in table.manifest.plan if work != CARRIED]
    for group in sorted({work["group"] for work in plan}):
        wanted = carried[group] + sum(work["count"] for work in plan if work["group"] == group)
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
    report.notes += overrun_notes(report.run_id, NAME)
    return report


def run(parameters: Parameters, progress: Progress) -> Report:
    """Plan, every open shard in this process, finish."""
    return run_here(parameters, progress, plan, run_shard, finish)
