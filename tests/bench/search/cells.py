"""What is measured: tasks of several seeds, searched by `foundry annotate`, judged by `foundry check`.

A cell is one model (a skill and a stubbornness). Every searcher meets the same tasks, hub and teacher with
the same seed, so its outcomes pair with any other's by task.
"""

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pyarrow.compute as pc

from tasks.records import Call, Trajectory
from tasks.storage.table import Table
from tests.bench.sandbox.servers import environment, hub_client, run, serving, url

PRICES = Path(__file__).with_name("prices.json")
"""USD per million tokens, fixed: a small hosted model's list price of 2026, cached input at half."""
TREE, CHAIN, EQUAL_COST = "DFS_woFilter_w2", "CoT@1", "CoT@cost"
OURS, OURS_SINGLE = "foundry", "foundry-parallel"
METHODS = (TREE, CHAIN, EQUAL_COST, OURS, OURS_SINGLE)
AT_ONCE = 2
"""Annotations side by side."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """One task searched by one method."""

    task: str
    correct: bool
    tokens: int
    """Billed: prompt, cached in full, and completion."""
    replies: int
    api_calls: int
    usd: float
    ending: str
    """`give_answer`, `give_up`, or empty for neither."""


@dataclass(frozen=True, slots=True)
class Bench:
    """A sandbox that answers, and its tasks by seed."""

    folder: Path
    tasks: Mapping[int, Path]
    variables: Mapping[str, str]

    def outcomes(self, model: str, method: str) -> list[Outcome]:
        """Outcomes over all seeds of what `search` has searched, in the order of the tasks."""
        found: list[Outcome] = []
        for seed, tasks in self.tasks.items():
            found += _read(self.address(model, method, seed), tasks, self.variables)
        return found

    def searched(self, models: Sequence[str], methods: Sequence[str]) -> Iterator[str]:
        """Search all tasks, and name each model once it is done; what is finished is kept.

        The next models are worked on while one is looked at, so that no processor waits.
        """
        jobs = [(model, seed) for model in models for seed in self.tasks]

        def work(job: tuple[str, int]) -> None:
            for method in methods:
                self._annotate(*job, method)
            print(f"searched: {job[0]}, tasks of seed {job[1]}", file=sys.stderr, flush=True)

        with ThreadPoolExecutor(AT_ONCE) as pool:
            done = iter(pool.map(work, jobs))
            for model in models:
                for _ in self.tasks:
                    next(done)
                yield model

    def address(self, model: str, method: str, seed: int) -> Path:
        """Where the trajectories of one seed lie."""
        return self.folder / model / method / f"seed{seed}"

    def _annotate(self, model: str, seed: int, method: str) -> None:
        extra: list[object] = []
        if method == EQUAL_COST:
            extra = ["--equal-cost-to", self.address(model, TREE, seed)]
        run(
            self.variables,
            *("flows", "annotate", "--instructions", self.tasks[seed], "--model", model, "--method", method),
            *("--trajectories", self.address(model, method, seed), "--seed", seed),
            *("--concurrency", 16, "--allow-writes", "all", *extra),
        )


@contextmanager
def bench(folder: Path, seeds: Sequence[int], count: int, pace: Sequence[object] = ()) -> Iterator[Bench]:
    """Start hub and teacher (which replies at a `pace`, its options), make `count` tasks for each seed.

    Ports are kept in the folder, so that a bench that was stopped goes on with the same tasks.
    """
    kept = folder / "ports.json"
    ports = json.loads(kept.read_text()) if kept.exists() else {"hub": 0, "teacher": 0}
    with (
        serving("infra.sandbox.hub", port=ports["hub"]) as (_, hub),
        serving("infra.sandbox.teacher", *pace, port=ports["teacher"]) as (_, teacher),
    ):
        kept.write_text(json.dumps({"hub": hub, "teacher": teacher}))
        with hub_client(hub) as client:
            key = client.headers["X-Hub-Key"]
        variables = environment(key, teacher, folder / "state") | {"FOUNDRY_PRICES": str(PRICES)}
        tasks = {seed: folder / f"tasks-{seed}-{count}.jsonl" for seed in seeds}
        for seed, path in tasks.items():
            if not path.exists():
                made = ("--hub", url(hub), "--seed", seed, "--count", count, "--to", path)
                run(variables, "infra.sandbox.tasks", *made)
        yield Bench(folder, tasks, variables)


def _read(address: Path, tasks: Path, variables: Mapping[str, str]) -> list[Outcome]:
    verdicts = address.with_suffix(".verdicts.jsonl")
    judged = ("--instructions", tasks, "--answers", address, "--verdicts", verdicts)
    run(variables, "flows", "check", *judged)
    table = Table.open(str(address))
    usd = _usd(table)
    rows = {row.instruction_id: row for row in table.records(Trajectory, "trajectories")}
    found = []
    for verdict in map(json.loads, verdicts.read_text().splitlines()):
        row = rows.get(verdict["instruction_id"])
        if row is not None and verdict["correct"] is not None:
            tokens = row.prompt_tokens + row.completion_tokens
            found.append(
                Outcome(
                    task=verdict["id"],
                    correct=verdict["correct"],
                    tokens=tokens,
                    replies=row.query_count,
                    api_calls=row.api_calls,
                    usd=usd.get(row.instruction_id, 0.0),
                    ending=row.finish_type or "",
                )
            )
    return found


def _usd(table: Table) -> dict[str, float]:
    """Instruction to what its calls cost [USD]."""
    calls = table.read(Call, "calls").select(["subject_id", "cost_nano_usd"])
    summed = calls.group_by("subject_id").aggregate([("cost_nano_usd", "sum")])
    cost = pc.divide(pc.cast(summed["cost_nano_usd_sum"], "float64"), 1e9)
    return dict(zip(summed["subject_id"].to_pylist(), cost.to_pylist(), strict=True))
