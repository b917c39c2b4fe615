"""The journey from a marketplace to an evaluated student: which stage follows which, and what each is told.

Both doors of the factory read it: the deployment starts each stage as a flow run of its own, `foundry
factory` runs them here. Every stage writes to `<root>/<what it writes>/v<n>`: the first version that was made
from the same inputs and parameters, or a new one. So a journey that is run again reuses what is finished and
continues what is not. One that is told `since` carries over from an earlier one what has not changed.
"""

import importlib
import math
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from flows.since import CARRYING, Making, Market, edition_at, resolved, versions_behind
from flows.watched import run_watched
from tasks.llm.ledger import NANO, open_ledger
from tasks.llm.servers import model_named
from tasks.records import Api
from tasks.rollout.environments import require_environment
from tasks.storage.addresses import join, normalise
from tasks.storage.addresses import root as default_root
from tasks.storage.canonical import digest
from tasks.storage.stage import Progress, Report, StageParameters
from tasks.storage.table import Table


class FactoryParameters(BaseModel):
    """The whole journey: crawl, instruct, annotate, assemble, train retriever and student, evaluate."""

    model_config = ConfigDict(extra="forbid", protected_namespaces=())

    source: Literal["hub", "toolbench"] = Field(
        "hub", description="Kind of marketplace: an API hub over HTTP, or ToolBench's tool files"
    )
    location: str = Field(description="Address of the hub, or a file or folder of tool documents")
    count: int = Field(100, ge=1, le=1_000_000, description="Instructions accepted in each group")
    groups: str = Field(
        "", description="I1, I2, I3 with commas between; empty: all that the catalogue allows"
    )
    model: str = Field("", description="Teacher and judge; empty takes FOUNDRY_MODEL")
    budget_usd: float | None = Field(None, ge=0, description="Cap of all stages together [USD]")
    budget_tokens: int | None = Field(
        None, ge=0, description="Cap of all stages together, of models [tokens]"
    )
    root: str = Field("", description="Where tables go; empty takes FOUNDRY_ROOT")
    seed: int = Field(
        1, ge=0, le=2_147_483_647, description="Seed of everything random; the same seed gives the same rows"
    )
    run_id: str = Field("", description="Budget and ledger go by it; empty: one for these parameters")
    method: str = Field(
        "DFS_woFilter_w2",
        description="Searcher: DFS_woFilter_wW (DFSDT, W children a node) or CoT@N (ReACT, N attempts)",
    )
    allow_writes: str = Field(
        "",
        description="Tools whose APIs may write while solutions are searched, commas between; or 'all'",
    )
    held_out: float = Field(0.2, gt=0, lt=1, description="Share of instructions kept for evaluation")
    shards: int = Field(4, ge=1, le=10_000, description="Flow runs that share the annotation")
    concurrency: int = Field(8, ge=1, le=512, description="Instructions in work at once, per shard")
    student_steps: int = Field(60, ge=1, le=1_000_000, description="Optimizer steps of the student")
    student_batch: int = Field(8, ge=1, le=65_536, description="Samples of one optimizer step of the student")
    retriever_pairs: int = Field(
        0, ge=0, description="Query-API pairs the retriever is trained on, at most; 0: all of them"
    )
    evaluated: int | None = Field(
        None, ge=1, description="Most held-out instructions to evaluate; empty: all of them"
    )
    since: str = Field(
        "",
        description="Address of an earlier journey's samples, or 'latest' for the newest below the root: "
        "only what a new catalogue or a longer list touches is made anew, the rest is carried over",
    )
    edition: str = Field(
        "",
        description="Name of the crawl, a day for example: another name crawls a marketplace anew whose "
        "documentation is as it was, and finds APIs that have died since; empty with 'since': a scheduled "
        "run takes the time it was due, one by hand goes on with the newest crawl",
    )
    until: Literal["assemble", "tooleval"] = Field(
        "tooleval", description="Last stage: 'assemble' makes samples, and trains and evaluates nothing"
    )


@dataclass(frozen=True, slots=True, eq=False)
class Stage:
    """One stage's place in the journey."""

    verb: str
    """Deployment and command."""
    module: str
    """Its stage module."""
    writes: str
    """Parameter that takes the address it writes, and name of its tables' folder below the root."""
    member: str
    """Main rows of its table."""
    reads: Mapping[str, str] = field(default_factory=dict)
    """Parameter that takes an input address to the stage that writes it; the main input first."""
    takes: str = ""
    """Rows it reads of its main input; empty: the main rows there."""

    def load(self) -> ModuleType:
        """The stage module; imported when needed, because some cost seconds."""
        return importlib.import_module(self.module)


LEGS: tuple[tuple[Stage, ...], ...] = (
    (Stage("crawl", "tasks.catalog.stage", "catalog", "apis"),),
    (Stage("instruct", "tasks.instructions.stage", "instructions", "instructions", {"catalog": "crawl"}),),
    (
        Stage(
            "annotate",
            "tasks.annotation.stage",
            "trajectories",
            "trajectories",
            {"instructions": "instruct"},
        ),
    ),
    (Stage("assemble", "tasks.training.assemble", "samples", "samples", {"trajectories": "annotate"}),),
    (
        Stage(
            "train-retriever",
            "tasks.retrieval.stage",
            "retriever",
            "checkpoints",
            {"samples": "assemble"},
            takes="pairs",
        ),
        Stage("finetune", "tasks.training.finetune", "student", "checkpoints", {"samples": "assemble"}),
    ),
    (
        Stage(
            "tooleval",
            "tasks.evaluation.stage",
            "results",
            "results",
            {"instructions": "instruct", "trajectories": "annotate", "student": "finetune"},
        ),
    ),
)
"""Stages of one leg need nothing of each other and go side by side."""

STAGES = tuple(stage for leg in LEGS for stage in leg)
UNNAMED = "factory-"
"""Beginning of the run ids that nobody has chosen."""


def legs_of(journey: FactoryParameters) -> tuple[tuple[Stage, ...], ...]:
    """The legs that a journey goes."""
    last = next(place for place, leg in enumerate(LEGS) if leg[-1].verb == journey.until)
    return LEGS[: last + 1]


def stages_of(journey: FactoryParameters) -> tuple[Stage, ...]:
    """The stages of a journey, in their order."""
    return tuple(stage for leg in legs_of(journey) for stage in leg)


def begun(journey: FactoryParameters, due: str = "") -> FactoryParameters:
    """A journey with the very address it carries over from, as it is at its beginning, and its crawl's name.

    One that does not carry over would pay for everything again: it stays with the crawl it has as long as the
    marketplace's documentation is the same.

    Args:
        journey: as it was asked for.
        due: when a schedule wanted it; empty: a person started it.

    Raises:
        ConfigurationError: `latest` cannot be told.
    """
    market = Market(journey.source, journey.location, journey.root)
    since = resolved(journey.since, market, _making(journey))
    edition = journey.edition or (edition_at(due, market) if journey.since else "")
    return journey.model_copy(update={"since": since, "edition": edition})


def _making(journey: FactoryParameters) -> Making:
    """What versions must have been told that this journey can carry over from."""
    rows: dict[str, Any] = {"seed": journey.seed}
    if journey.model or os.environ.get("FOUNDRY_MODEL"):  # without one, a stage says so
        rows["model"] = model_named(journey.model)
    return Making(
        alike={
            "instruct": {**rows, "held_out": journey.held_out},
            "annotate": {**rows, "method": journey.method, "allow_writes": journey.allow_writes},
        },
        groups=journey.groups,
        count=journey.count,
    )


def run_id_of(parameters: FactoryParameters) -> str:
    """The run a journey's money is counted under: the same parameters share one budget, however often run."""
    limits = {"run_id", "budget_usd", "budget_tokens", "concurrency", "shards", "edition", "until"}
    if not parameters.since:
        limits.add("since")
    return (
        parameters.run_id or f"{UNNAMED}{digest(parameters.model_dump(mode='json', exclude=limits), size=4)}"
    )


def parameters_of(
    stage: Stage, journey: FactoryParameters, addresses: Mapping[str, str], earlier: str = ""
) -> StageParameters:
    """What a stage is told, once the stages before it have addresses; `earlier` is what it carries over."""
    given: dict[str, Any] = {
        stage.writes: join(normalise(journey.root or default_root()), stage.writes, "v1"),
        **({"since": earlier} if earlier else {}),
        **{name: addresses[verb] for name, verb in stage.reads.items()},
        "seed": journey.seed,
        "run_id": run_id_of(journey),
        "as_new_version": True,
        **_settings(stage.verb, journey, addresses),
    }
    made: StageParameters = stage.load().Parameters(**given)
    return made


def planned(stage: Stage, journey: FactoryParameters, addresses: Mapping[str, str]) -> StageParameters:
    """A stage's parameters with the very address it works on; its table is made, or found where it was made.

    Raises:
        FactoryError: it cannot be planned: a wrong parameter, a marketplace or model that does not answer.
    """
    behind = versions_behind(journey.since) if stage.verb in CARRYING else {}
    parameters = parameters_of(stage, journey, addresses, behind.get(stage.verb, ""))
    if stage.verb == "instruct":
        require_callable(addresses["crawl"])
    table = Table.open(stage.load().plan(parameters))
    _set_caps(table, journey)
    return parameters.model_copy(update={stage.writes: table.address})


def _set_caps(table: Table, journey: FactoryParameters) -> None:
    """Tell the ledger a journey's caps; other runs keep their own.

    Once its samples are made, a journey told `latest` carries over from them and has another run id. What it
    had left open bears the one before, whose caps are raised, never lowered.
    """
    run_id, ledger = table.manifest.run_id, open_ledger()
    scope, usd, tokens = f"run:{run_id}", journey.budget_usd, journey.budget_tokens
    if run_id != run_id_of(journey):
        unnamed = run_id.startswith(UNNAMED) and not journey.run_id
        if not (journey.since and unnamed and table.unfinished()):
            return
        caps = ledger.account(scope)
        usd = usd if usd is not None and _above(usd * NANO, caps.cap_nano_usd) else None
        tokens = tokens if tokens is not None and _above(tokens, caps.cap_tokens) else None
    if usd is not None:
        ledger.set_cap(scope, usd)
    if tokens is not None:
        ledger.set_token_cap(scope, tokens)


def _above(wanted: float, cap: int | None) -> bool:
    """Whether a cap is there to be raised."""
    return cap is not None and wanted > cap


def require_callable(catalog: str) -> None:
    """Say before the first instruction is paid for that its APIs cannot be called afterwards.

    Raises:
        ConfigurationError: a marketplace's key is missing or refused, or nobody answers there.
    """
    require_environment("live", "", Table.open(catalog).records(Api, "apis"))


def addresses_of(journey: FactoryParameters) -> dict[str, str]:
    """Where the tables of a finished journey lie, by verb."""
    journey = begun(journey)
    addresses: dict[str, str] = {}
    for stage in stages_of(journey):
        addresses[stage.verb] = getattr(planned(stage, journey, addresses), stage.writes)
    return addresses


def run_here(journey: FactoryParameters, progress: Progress) -> list[Report]:
    """Run every stage in this process, one after the other.

    Raises:
        FactoryError: what stopped it; run it again to continue.
    """
    journey = begun(journey)
    addresses: dict[str, str] = {}
    reports: list[Report] = []
    for stage in stages_of(journey):
        reports.append(run_watched(stage.load(), planned(stage, journey, addresses), progress))
        addresses[stage.verb] = reports[-1].address
    return reports


def _settings(verb: str, journey: FactoryParameters, addresses: Mapping[str, str]) -> dict[str, Any]:
    model = {
        "model": journey.model,
        "budget_usd": journey.budget_usd,
        "budget_tokens": journey.budget_tokens,
        "concurrency": journey.concurrency,
    }
    match verb:
        case "crawl":
            return {"source": journey.source, "location": journey.location, "edition": journey.edition}
        case "instruct":
            return {**model, "groups": journey.groups, "count": journey.count, "held_out": journey.held_out}
        case "annotate":
            written = Table.open(addresses["instruct"]).rows("instructions")
            return {
                **model,
                "method": journey.method,
                "allow_writes": journey.allow_writes,
                "shard_size": max(1, math.ceil(written / journey.shards)),
            }
        case "finetune":
            return {"steps": journey.student_steps, "batch": journey.student_batch}
        case "train-retriever":
            return {"max_pairs": journey.retriever_pairs}
        case "tooleval":
            model["judge"] = model.pop("model")
            return {**model, "limit": journey.evaluated, "allow_writes": journey.allow_writes}
        case _:
            return {}
