"""Finetune: training samples in, a student out (DeepSpeed ZeRO under torchrun, in processes of its own).

One shard. A run that was ended continues on the same host from its newest checkpoint, on another host it
starts over; what is published is a finished model with the row that says how it was made.
"""

from importlib.util import find_spec
from pathlib import Path
from typing import Any, ClassVar, Literal

import orjson
from pydantic import Field

from tasks.errors import ConfigurationError
from tasks.llm.ledger import caps_of, open_ledger
from tasks.llm.machine import machine_time
from tasks.llm.store_requests import requests_booked
from tasks.records import Checkpoint, TrainingSample
from tasks.storage.parts import write_parquet
from tasks.storage.planning import TableSpec, plan_table
from tasks.storage.stage import Progress, Report, StageParameters, report_of, run_here
from tasks.storage.table import Shard, Table
from tasks.training.batches import micro_batch
from tasks.training.launch import launch
from tasks.training.settings import SftSettings, check
from tasks.training.workplace import workplace

NAME = "finetune"
CODE_VERSION = "1"
MODEL = "model"
"""Member with the model's files: safetensors, configuration, tokenizer with chat template."""


class Parameters(StageParameters):
    """Train a student on solution paths, from scratch or from a model's folder."""

    LIMITS: ClassVar[frozenset[str]] = StageParameters.LIMITS | {"save_every", "budget_usd"}

    samples: str = Field(description="Address that assemble has written", json_schema_extra={"position": 0})
    student: str = Field(
        description="Address to write; a finished student there is kept", json_schema_extra={"position": 1}
    )
    base: str = Field(
        "",
        description="Model to start from: a folder, or an address that finetune wrote; empty: from scratch",
    )
    model_size: Literal["tiny", "small", "medium"] = Field(
        "tiny", description="Shape from scratch: tiny 1.3 M, small 3.4 M, medium 28 M parameters"
    )
    vocabulary: int = Field(
        4096, ge=300, le=200_000, description="Tokens of a tokenizer from scratch, at most"
    )
    layout: Literal["chat", "toolllama"] = Field(
        "chat",
        description="How conversations are written: by a chat template, or in ToolLLaMA's prompt layout, for "
        "a student that is searched by --form toolllama",
    )
    steps: int = Field(0, ge=0, le=10_000_000, description="Optimizer steps; 0 counts epochs instead")
    epochs: float = Field(2.0, gt=0, le=1000, description="Passes over the samples, where steps is 0")
    learning_rate: float = Field(3e-3, gt=0, le=1, description="Peak; 5e-5 for a pretrained 7B model")
    batch: int = Field(8, ge=1, le=65_536, description="Samples of an optimizer step, over all ranks")
    micro_batch: int = Field(
        0, ge=0, le=4096, description="Samples of a rank at once; 0: the batch divided by the ranks"
    )
    max_length: int = Field(
        2048, ge=64, le=1_000_000, description="Longest sample [tokens]; longer ones are cut after a turn"
    )
    zero_stage: Literal[2, 3] = Field(2, description="DeepSpeed's ZeRO: 2, or 3 where a device is too small")
    world_size: int = Field(0, ge=0, le=1024, description="Ranks; 0: one a GPU, or two on CPU")
    gradient_checkpointing: bool = Field(False, description="Trade time for memory: recompute activations")
    save_every: int = Field(50, ge=0, description="Steps between checkpoints; 0 writes none")
    budget_usd: float | None = Field(
        None, ge=0, description="Cap of this stage's machine time and requests in its run [USD]"
    )


def plan(parameters: Parameters) -> str:
    """Check everything that can be checked for nothing, make the table, give its address."""
    for package in ("torch", "transformers", "deepspeed"):
        if find_spec(package) is None:
            raise ConfigurationError(f"fine-tuning needs {package}; install toolfoundry[train]")
    samples = Table.open(parameters.samples)
    if samples.manifest.stage != "assemble":
        raise ConfigurationError(
            f"{parameters.samples} holds the output of '{samples.manifest.stage}', not training samples"
        )
    check(_settings(parameters.model_dump(), Path("samples"), Path("run"), ""))
    if parameters.world_size:
        micro_batch(parameters.batch, parameters.world_size, parameters.micro_batch)
    if parameters.base and not Table.exists(parameters.base) and not Path(parameters.base).is_dir():
        raise ConfigurationError(f"{parameters.base} is no folder and no address; name a model to start from")
    if not (
        samples.read(TrainingSample, "samples", columns=["split"]).column("split").to_pylist().count("train")
    ):
        raise ConfigurationError(f"{parameters.samples} holds no training sample; annotate more instructions")
    table = plan_table(
        TableSpec(
            stage=NAME,
            address=parameters.student,
            parameters=parameters,
            code_version=CODE_VERSION,
            inputs={"samples": parameters.samples, "base": parameters.base},
            members=(Checkpoint,),
        ),
        lambda: ([{}], []),
    )
    caps_of(open_ledger(), table.manifest.run_id, NAME, parameters.budget_usd)
    return table.address


def run_shard(address: str, shard: int, progress: Progress) -> None:
    """Train, and publish the student."""
    table = Table.open(address)
    writer = table.shard(shard)
    if writer.finished:
        return
    with requests_booked(table.manifest.run_id, NAME, shard, table.address):
        _train(table, writer, progress)


def _train(table: Table, writer: Shard, progress: Progress) -> None:
    samples = Table.open(table.manifest.inputs["samples"]).read(TrainingSample, "samples")
    parameters = table.parameters()
    with workplace(table.manifest.identity) as work:
        (work / "samples").mkdir(exist_ok=True)
        write_parquet(samples, work / "samples" / "samples.parquet")
        base = _base(parameters["base"], work / "base")
        settings = _settings(parameters, work / "samples", work / "run", base)

        def told(event: dict[str, Any]) -> None:
            if event["event"] in ("ready", "step"):
                progress.show("training steps", event["step"], event["steps"])
            if clock is not None:
                clock.check()

        with machine_time(table.manifest.run_id, NAME, writer.number, table.address) as clock:
            summary = launch(settings, parameters["world_size"], told)
        row = _checkpoint(
            table, settings, summary, samples.select(["teacher_kind", "environment"]).to_pylist()
        )
        writer.publish(
            {"checkpoints": (Checkpoint, [row])},
            folders={MODEL: settings.output / summary["folder"]},
            finished=True,
        )


def finish(address: str) -> Report:
    """The loss, first and last, and what was trained on."""
    report = report_of(address)
    (row,) = Table.open(address).records(Checkpoint, "checkpoints")
    metrics = orjson.loads(row.metrics)
    shown = (
        "mean_of_last_losses",
        "test_loss",
        "mean_tokens",
        "cut",
        "dropped",
        "vocabulary",
        "tokens_per_s",
        "train_s",
        "device",
    )
    report.figures = {
        "parameters": row.parameters,
        "steps": row.steps,
        "samples": row.samples,
        "first_loss": row.first_loss,
        "last_loss": row.last_loss,
        "world_size": row.world_size,
        **{name: metrics[name] for name in shown},
    }
    if metrics["cut"] or metrics["dropped"]:
        report.notes.append(
            f"of {row.samples + metrics['dropped']} samples, {metrics['cut']} lost turns to the length limit "
            f"and {metrics['dropped']} were left out because not one turn fits"
        )
    if metrics["mean_of_last_losses"] >= row.first_loss:
        report.notes.append("the loss did not fall; train longer or with another learning rate")
    return report


def run(parameters: Parameters, progress: Progress) -> Report:
    """Plan, train in processes of its own, finish."""
    return run_here(parameters, progress, plan, run_shard, finish)


def _settings(parameters: dict[str, Any], samples: Path, output: Path, base: str) -> SftSettings:
    names = set(SftSettings.__dataclass_fields__) & set(parameters) - {"samples", "base"}
    return SftSettings(
        samples=samples, output=output, base=base, **{name: parameters[name] for name in names}
    )


def _base(place: str, folder: Path) -> str:
    """A local folder of the model to start from: a student's files are fetched; empty stays empty."""
    if not place or not Table.exists(place):
        return place
    Table.open(place).fetch(MODEL, folder)
    return str(folder)


def _checkpoint(
    table: Table, settings: SftSettings, summary: dict[str, Any], origins: list[dict[str, str]]
) -> Checkpoint:
    return Checkpoint(
        checkpoint_id=f"student-{table.manifest.fingerprint[:12]}",
        kind="student",
        base=table.manifest.inputs.get("base", "scratch"),
        folder=MODEL,
        parameters=summary["parameters"],
        steps=summary["steps"],
        samples=summary["samples"],
        first_loss=summary["first_loss"],
        last_loss=summary["last_loss"],
        world_size=summary["world_size"],
        settings=orjson.dumps(settings.decides()).decode(),
        metrics=orjson.dumps(summary).decode(),
        teacher_kind="rehearsal" if any(each["teacher_kind"] == "rehearsal" for each in origins) else "model",
        environment=", ".join(sorted({each["environment"] for each in origins})),
    )
