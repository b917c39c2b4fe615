"""Assemble: trajectories in; chat samples for the student and query-API pairs for the retriever out.

Samples are made from trajectories with a final answer, pairs from the instructions they were annotated for,
with the splits that those already have. Run again with the same parameters it does what is not published
yet.
"""

from collections.abc import Iterable
from functools import cache
from typing import Any, ClassVar

from pydantic import Field

from tasks.errors import ConfigurationError
from tasks.llm.store_requests import requests_booked
from tasks.records import Api, Instruction, Pair, Reject, TrainingSample, Trajectory
from tasks.retrieval.pairs import pairs_of
from tasks.storage.carrying import CARRIED, carry_over, earlier_version, is_carried
from tasks.storage.planning import TableSpec, plan_table
from tasks.storage.stage import Progress, Report, StageParameters, report_of, run_here
from tasks.storage.table import Shard, Table
from tasks.tables import from_table
from tasks.training.kept import Kept, not_carried
from tasks.training.samples import STAGE, samples_of

NAME = STAGE
WINDOW = 2000
"""Input rows of a delta that are looked at together: those it works on may lie far apart."""
CODE_VERSION = "1"
NO_PAIRS = (
    "no query-API pairs: the trajectories come from a query file; name an instructions table to have them"
)


class Parameters(StageParameters):
    """Make training samples of solution paths, and query-API pairs of their instructions."""

    LIMITS: ClassVar[frozenset[str]] = StageParameters.LIMITS | {"shard_size"}

    trajectories: str = Field(
        description="Address that annotate has written", json_schema_extra={"position": 0}
    )
    samples: str = Field(
        description="Address to write; what is finished there is kept", json_schema_extra={"position": 1}
    )
    instructions: str = Field(
        "",
        description="Address of the instructions behind the pairs; empty: those that were annotated",
    )
    give_ups: bool = Field(
        False,
        description="Learn from give-ups too, as ToolBench does: one path of each tree without an answer",
    )
    shard_size: int = Field(5000, ge=1, le=1_000_000, description="Trajectories or instructions per shard")
    since: str = Field(
        "",
        description="Address of an earlier version: samples of trajectories that were carried over are "
        "carried over from it",
    )


def plan(parameters: Parameters) -> str:
    """Look at the inputs, make the table, give its address."""
    trajectories = _stage_output(parameters.trajectories, "annotate", "trajectories")
    instructions = parameters.instructions or _instructions_of(trajectories)
    if instructions:
        _stage_output(instructions, "instruct", "instructions")
    inputs = {"trajectories": parameters.trajectories, "instructions": instructions}
    earlier = earlier_version(parameters, NAME, parameters.samples)

    @cache
    def kept(of: Table) -> Kept:
        return Kept(of, trajectories, Table.open(instructions) if instructions else None)

    def shards() -> tuple[list[Any], list[str]]:
        counts = {"trajectories": trajectories.rows("trajectories", partial=False)}
        if instructions:
            counts["instructions"] = Table.open(instructions).rows("instructions", partial=False)
        notes = [] if instructions else [NO_PAIRS]
        if not counts["trajectories"]:
            raise ConfigurationError(f"{parameters.trajectories} holds no trajectories; annotate first")
        if earlier:
            found = kept(earlier)
            counts["trajectories"] -= len(found.trajectories)
            counts["instructions"] = counts.get("instructions", 0) - len(found.instructions)
            notes += found.notes()
        size = parameters.shard_size
        parts = [
            {"member": member, "first": first, "count": min(size, count - first)}
            for member, count in counts.items()
            for first in range(0, count, size)
        ]
        return [CARRIED, *parts] if earlier else parts, notes

    table = plan_table(
        TableSpec(
            stage=NAME,
            address=parameters.samples,
            parameters=parameters,
            code_version=CODE_VERSION,
            inputs={name: place for name, place in inputs.items() if place},
            members=(TrainingSample, Pair, Reject),
            since=earlier,
            may_differ=("input trajectories", "input instructions"),
        ),
        shards,
    )
    carry_over(table, earlier, kept)
    return table.address


def run_shard(address: str, shard: int, progress: Progress) -> None:
    """Make the samples or the pairs of one shard."""
    table = Table.open(address)
    writer = table.shard(shard)
    if writer.finished:
        return
    with requests_booked(table.manifest.run_id, NAME, shard, table.address):
        _make(table, writer)
    progress.show("shards", shard + 1, len(table.shards))


def _make(table: Table, writer: Shard) -> None:
    """Make and publish the rows of one shard."""
    work, inputs = writer.work, table.manifest.inputs
    if work["member"] == "trajectories":
        found = Table.open(inputs["trajectories"])
        part = _slice(found, table, Trajectory, "trajectories", "samples", work)
        samples, rejects = samples_of(part, table.parameters().get("give_ups", False))
        made: dict[str, tuple[type[Any], Iterable[Any]]] = {"samples": (TrainingSample, samples)}
    else:
        source = Table.open(inputs["instructions"])
        mine = _slice(source, table, Instruction, "instructions", "pairs", work)
        catalogue = Table.open(source.manifest.inputs["catalog"]).records(Api, "apis")
        pairs, rejects = pairs_of(mine, {api.api_id: api for api in catalogue})
        made = {"pairs": (Pair, pairs)}
    writer.publish({**made, "rejects": (Reject, rejects)}, finished=True)


def finish(address: str) -> Report:
    """How much there is to train on, by split."""
    table = Table.open(address)
    report = report_of(address)
    samples = table.read(
        TrainingSample, "samples", columns=["split", "assistant_turns", "teacher_kind"]
    ).to_pylist()
    pairs = table.read(Pair, "pairs", columns=["split", "query", "api_id", "relevant"]).to_pylist()
    positives = [pair for pair in pairs if pair["relevant"]]
    queries = {
        split: {pair["query"] for pair in positives if pair["split"] == split} for split in ("train", "test")
    }
    trajectories = Table.open(table.manifest.inputs["trajectories"]).rows("trajectories")
    report.figures = {
        "trajectories_in": trajectories,
        "samples_train": sum(sample["split"] == "train" for sample in samples),
        "samples_test": sum(sample["split"] == "test" for sample in samples),
        "samples_share": len(samples) / trajectories if trajectories else 0.0,
        "assistant_turns": sum(sample["assistant_turns"] for sample in samples),
        "queries_train": len(queries["train"]),
        "queries_test": len(queries["test"]),
        "queries_in_both_splits": len(queries["train"] & queries["test"]),
        "positive_pairs": len(positives),
        "corpus_apis": len({pair["api_id"] for pair in pairs}),
    }
    if not report.figures["samples_train"]:
        report.notes.append("no training sample: no trajectory of the train split has a final answer")
    if any(sample["teacher_kind"] == "rehearsal" for sample in samples):
        report.notes.append("the samples come from the rehearsal teacher, which is no language model")
    return report


def run(parameters: Parameters, progress: Progress) -> Report:
    """Plan, every open shard in this process, finish."""
    return run_here(parameters, progress, plan, run_shard, finish)


def _slice(
    source: Table, table: Table, record: type[Any], member: str, makes: str, work: dict[str, Any]
) -> list[Any]:
    """The input rows of one shard."""
    first, last = work["first"], work["first"] + work["count"]
    if not is_carried(table):
        return from_table(record, source.window(record, member, first, last - first))
    places = not_carried(source, record, member, table, makes)[first:last]
    rows: list[Any] = []
    for begin in range(places[0], places[-1] + 1, WINDOW) if places else ():
        here = [place - begin for place in places if begin <= place < begin + WINDOW]
        if here:
            rows += from_table(record, source.window(record, member, begin, WINDOW).take(here))
    return rows


def _stage_output(address: str, stage: str, what: str) -> Table:
    """The finished table of a stage, or one sentence."""
    table = Table.open(address)
    if table.manifest.stage != stage:
        raise ConfigurationError(f"{address} holds the output of '{table.manifest.stage}', not {what}")
    table.rows(what, partial=False)
    return table


def _instructions_of(trajectories: Table) -> str:
    """Address of the instructions table behind trajectories; empty where they came from a query file."""
    place = trajectories.manifest.inputs.get("instructions", "")
    return place if place and Table.exists(place) else ""
