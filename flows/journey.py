"""The journey from a marketplace to an evaluated student: which stage follows which, and what each is told.

Both doors of the factory read it: the deployment starts each stage as a flow run of its own, `foundry
factory` runs them here. Every stage writes to `<root>/<what it writes>/v<n>`: the first version that was made
from the same inputs and parameters, or a new one. So a journey that is run again reuses what is finished and
continues what is not.
"""

import importlib
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from tasks.llm.ledger import open_ledger
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
    root: str = Field("", description="Where tables go; empty takes FOUNDRY_ROOT")
    seed: int = Field(1, description="Seed of everything random; the same seed gives the same rows")
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


def run_id_of(parameters: FactoryParameters) -> str:
    """The run a journey's money is counted under: the same parameters share one budget, however often run."""
    limits = {"run_id", "budget_usd", "concurrency", "shards"}
    return (
        parameters.run_id or f"factory-{digest(parameters.model_dump(mode='json', exclude=limits), size=4)}"
    )


def parameters_of(stage: Stage, journey: FactoryParameters, addresses: Mapping[str, str]) -> StageParameters:
    """What a stage is told, once the stages before it have addresses."""
    given: dict[str, Any] = {
        stage.writes: join(normalise(journey.root or default_root()), stage.writes, "v1"),
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
    parameters = parameters_of(stage, journey, addresses)
    if stage.verb == "instruct":
        require_callable(addresses["crawl"])
    table = Table.open(stage.load().plan(parameters))
    run_id = run_id_of(journey)
    if journey.budget_usd is not None and table.manifest.run_id == run_id:  # other runs keep their own caps
        open_ledger().set_cap(f"run:{run_id}", journey.budget_usd)
    return parameters.model_copy(update={stage.writes: table.address})


def require_callable(catalog: str) -> None:
    """Say before the first instruction is paid for that its APIs cannot be called afterwards.

    Raises:
        ConfigurationError: a marketplace's key is missing or refused, or nobody answers there.
    """
    require_environment("live", "", Table.open(catalog).records(Api, "apis"))


def addresses_of(journey: FactoryParameters) -> dict[str, str]:
    """Where the tables of a finished journey lie, by verb."""
    addresses: dict[str, str] = {}
    for stage in STAGES:
        addresses[stage.verb] = getattr(planned(stage, journey, addresses), stage.writes)
    return addresses


def run_here(journey: FactoryParameters, progress: Progress) -> list[Report]:
    """Run every stage in this process, one after the other.

    Raises:
        FactoryError: what stopped it; run it again to continue.
    """
    addresses: dict[str, str] = {}
    reports: list[Report] = []
    for stage in STAGES:
        reports.append(stage.load().run(planned(stage, journey, addresses), progress))
        addresses[stage.verb] = reports[-1].address
    return reports


def _settings(verb: str, journey: FactoryParameters, addresses: Mapping[str, str]) -> dict[str, Any]:
    model = {"model": journey.model, "budget_usd": journey.budget_usd, "concurrency": journey.concurrency}
    match verb:
        case "crawl":
            return {"source": journey.source, "location": journey.location}
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
