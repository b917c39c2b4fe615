"""Train-retriever: query-API pairs in; an encoder, its corpus and its figures out (ToolLLM §2.3, §3.1).

One shard. The held-out queries choose nothing: they are asked once, at the end, of the trained encoder and
of the two it must beat, MiniLM as it came and BM25.
"""

import tempfile
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import orjson
from pydantic import Field

from tasks.errors import ConfigurationError
from tasks.llm.ledger import caps_of, open_ledger
from tasks.llm.machine import Timed, machine_time
from tasks.llm.store_requests import requests_booked
from tasks.records import Checkpoint, Pair
from tasks.retrieval.batches import PairSet, arrange
from tasks.retrieval.encoder import MINILM, weights_folder
from tasks.retrieval.index import Index
from tasks.storage.planning import TableSpec, plan_table
from tasks.storage.stage import Progress, Report, StageParameters, report_of, run_here
from tasks.storage.table import Shard, Table

if TYPE_CHECKING:
    from tasks.retrieval.train import Trained, TrainingSettings

NAME = "train-retriever"
CODE_VERSION = "1"
MODEL, INDEX = "model", "index"
"""Members with the encoder's files (sentence-transformers) and with the corpus encoded by it (index.npz)."""
INDEX_FILE = "index.npz"
RIVALS = ("trained", "minilm", "bm25")


class Parameters(StageParameters):
    """Train the API retriever, and measure it beside its untrained self and BM25."""

    LIMITS: ClassVar[frozenset[str]] = StageParameters.LIMITS | {"budget_usd"}

    samples: str = Field(description="Address that assemble has written", json_schema_extra={"position": 0})
    retriever: str = Field(
        description="Address to write; a finished retriever there is kept", json_schema_extra={"position": 1}
    )
    base: str = Field(
        MINILM,
        description="Weights to start from: 'minilm' (all-MiniLM-L6-v2, installed), a folder in "
        "sentence-transformers' format, or an address that train-retriever wrote",
    )
    epochs: int = Field(3, ge=1, le=1000, description="Passes over the training pairs")
    max_pairs: int = Field(
        0, ge=0, description="Training pairs seen in all, for a bounded run; 0: all of them, `epochs` times"
    )
    batch: int = Field(
        32, ge=2, le=65_536, description="Pairs of a batch; the others are a query's negatives"
    )
    learning_rate: float = Field(5e-5, gt=0, le=1, description="Peak, after a tenth of the steps")
    max_length: int = Field(160, ge=8, le=512, description="Word pieces a text is cut to [tokens]")
    budget_usd: float | None = Field(
        None, ge=0, description="Cap of this stage's machine time and requests in its run [USD]"
    )


def plan(parameters: Parameters) -> str:
    """Check everything that can be checked for nothing, make the table, give its address."""
    for package in ("torch", "sentence_transformers", "bm25s"):
        if find_spec(package) is None:
            raise ConfigurationError(f"the retriever needs {package}; install toolfoundry[train]")
    samples = Table.open(parameters.samples)
    if samples.manifest.stage != "assemble":
        raise ConfigurationError(
            f"{parameters.samples} holds the output of '{samples.manifest.stage}', not query-API pairs"
        )
    rows = samples.read(Pair, "pairs", columns=["split", "query", "relevant"]).to_pylist()
    queries = {row["query"] for row in rows if row["relevant"] and row["split"] == "train"}
    if len(queries) < 2:
        raise ConfigurationError(
            f"{parameters.samples} holds {len(queries)} training queries with a relevant API; the retriever "
            "needs two or more"
        )
    from_table = parameters.base != MINILM and Table.exists(parameters.base)
    if not from_table:
        weights_folder(parameters.base)
    table = plan_table(
        TableSpec(
            stage=NAME,
            address=parameters.retriever,
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
    """Train, measure, and publish the retriever."""
    table = Table.open(address)
    writer = table.shard(shard)
    if writer.finished:
        return
    whose = (table.manifest.run_id, table.manifest.stage, shard, table.address)
    with requests_booked(*whose):
        rows = Table.open(table.manifest.inputs["samples"]).records(Pair, "pairs")
        with (
            tempfile.TemporaryDirectory(prefix="foundry-retriever-") as scratch,
            machine_time(*whose) as clock,
        ):
            _train_and_publish(table, writer, rows, Path(scratch), Timed(progress, clock))


def finish(address: str) -> Report:
    """NDCG@1 and @5 of the trained retriever and of its rivals on the held-out queries."""
    report = report_of(address)
    (row,) = Table.open(address).records(Checkpoint, "checkpoints")
    metrics = orjson.loads(row.metrics)
    report.figures = {
        "steps": row.steps,
        "pairs_seen": row.samples,
        "first_loss": row.first_loss,
        "last_loss": row.last_loss,
        "corpus_apis": metrics["corpus_apis"],
        "train_s": metrics["train_s"],
    }
    scores = metrics["scores"]
    if not scores:
        report.notes.append("there is no held-out query, so the retriever was not measured")
        return report
    for rival in RIVALS:
        for measure in ("ndcg@1", "ndcg@5", "recall@5"):
            report.figures[f"{rival} {measure}"] = scores[rival]["all"][measure]
    queries = int(scores["trained"]["all"]["queries"])
    report.figures["held_out_queries"] = queries
    report.notes.append(
        f"figures of {queries} held-out queries over {metrics['corpus_apis']} APIs; they do not compare "
        "with those of another corpus"
    )
    return report


def run(parameters: Parameters, progress: Progress) -> Report:
    """Plan, train, measure, finish, all in this process."""
    return run_here(parameters, progress, plan, run_shard, finish)


def _train_and_publish(
    table: Table, writer: Shard, rows: list[Pair], scratch: Path, progress: Progress
) -> None:
    from tasks.retrieval.evaluate import corpus_index
    from tasks.retrieval.train import TrainingSettings, train

    parameters = table.parameters()
    base = parameters["base"]
    if base != MINILM and Table.exists(base):
        Table.open(base).fetch(MODEL, scratch / "base")
        base = str(scratch / "base")
    settings = TrainingSettings(
        base=base,
        seed=table.manifest.seed,
        epochs=parameters["epochs"],
        max_pairs=parameters["max_pairs"],
        batch=parameters["batch"],
        learning_rate=parameters["learning_rate"],
        max_length=parameters["max_length"],
    )
    pairs = arrange(rows)
    trained = train(
        pairs,
        scratch / MODEL,
        settings,
        lambda step: progress.show("training steps", step.step, step.steps),
    )
    index = corpus_index(trained.encoder, pairs)
    (scratch / INDEX).mkdir()
    index.save(scratch / INDEX / INDEX_FILE)
    scores = _scores(pairs, settings, trained, index) if pairs.positives["test"] else {}
    row = _checkpoint(table, rows, settings, trained, scores, len(pairs.documents))
    writer.publish(
        {"checkpoints": (Checkpoint, [row])},
        folders={MODEL: trained.folder, INDEX: scratch / INDEX},
        finished=True,
    )


def _scores(pairs: PairSet, settings: "TrainingSettings", trained: "Trained", index: Index) -> dict[str, Any]:
    """Figures of the trained encoder and its rivals, by group."""
    from tasks.retrieval.encoder import open_encoder
    from tasks.retrieval.evaluate import corpus_index, dense_ranker, evaluate, lexical_ranker

    minilm = open_encoder(weights_folder(MINILM), settings.max_length)
    return {
        "trained": evaluate(pairs, dense_ranker(trained.encoder, index)),
        "minilm": evaluate(pairs, dense_ranker(minilm, corpus_index(minilm, pairs))),
        "bm25": evaluate(pairs, lexical_ranker(list(pairs.documents.values()))),
    }


def _checkpoint(
    table: Table,
    rows: list[Pair],
    settings: "TrainingSettings",
    trained: "Trained",
    scores: dict[str, Any],
    corpus_apis: int,
) -> Checkpoint:
    from tasks.retrieval.train import settings_json

    metrics = {
        "scores": scores,
        "corpus_apis": corpus_apis,
        "train_s": round(trained.wall_s, 2),
        "curve": [[step + 1, round(loss, 5)] for step, loss in enumerate(trained.losses)],
    }
    return Checkpoint(
        checkpoint_id=f"retriever-{table.manifest.fingerprint[:12]}",
        kind="retriever",
        base=table.parameters()["base"],
        folder=MODEL,
        parameters=trained.parameters,
        steps=len(trained.losses),
        samples=trained.pairs_seen,
        first_loss=trained.losses[0],
        last_loss=trained.losses[-1],
        world_size=1,
        settings=orjson.dumps(settings_json(settings)).decode(),
        metrics=orjson.dumps(metrics).decode(),
        teacher_kind="rehearsal" if any(row.teacher_kind == "rehearsal" for row in rows) else "model",
        environment="",
    )
