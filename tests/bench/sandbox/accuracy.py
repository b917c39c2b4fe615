"""How often the teacher is right: by skill and stubbornness, ReACT and DFSDT, on tasks with known answers.

Tasks are made of a hub with its usual broken APIs; `foundry annotate` searches them, `foundry check` judges
the answers by code. The same runs show the shape of the teacher's mistakes beside those of real models.
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table as Grid

from tests.bench.sandbox.servers import environment, hub_client, run, serving, url

SKILLS = ("strong", "middle", "weak")
STUBBORN = (0.0, 0.5, 0.9)
METHODS = ("CoT@1", "DFS_woFilter_w2")
SEED = 11


@dataclass(frozen=True, slots=True)
class Place:
    """A sandbox that answers, with tasks made of its hub."""

    tasks: Path
    folder: Path
    environment: Mapping[str, str]


@contextmanager
def place(folder: Path, count: int) -> Iterator[Place]:
    """Start hub and teacher, make `count` tasks."""
    tasks = folder / "tasks.jsonl"
    with serving("infra.sandbox.hub") as (_, hub), serving("infra.sandbox.teacher") as (_, teacher):
        run(
            dict(environment("", teacher, folder / "state")),
            *("infra.sandbox.tasks", "--hub", url(hub), "--seed", SEED, "--count", count, "--to", tasks),
        )
        with hub_client(hub) as client:
            key = client.headers["X-Hub-Key"]
        yield Place(tasks, folder, environment(key, teacher, folder / "state"))


def model_name(skill: str, stubborn: float) -> str:
    """Name of a rehearsal model."""
    return f"rehearsal-{skill}" + (f"-stubborn{stubborn:g}" if stubborn else "")


def searched(here: Place, model: str, method: str, seed: int = 1) -> Path:
    """Table of trajectories of one model and method over all tasks; another seed samples afresh."""
    address = here.folder / (f"{model}-{method}" + (f"-seed{seed}" if seed != 1 else ""))
    run(
        here.environment,
        *("flows", "annotate", "--instructions", here.tasks, "--trajectories", address),
        *("--model", model, "--method", method, "--concurrency", 16, "--allow-writes", "all", "--seed", seed),
    )
    return address


def checked(here: Place, answers: Path) -> dict[str, Any]:
    """Report of `foundry check` on a table of trajectories."""
    said = run(
        here.environment, "flows", "check", "--instructions", here.tasks, "--answers", answers, "--json"
    )
    report: dict[str, Any] = json.loads(said.splitlines()[-1])
    return report


def bench_accuracy(here: Place) -> None:
    """Correct rate of every teacher, as a table."""
    grid = Grid(title="Tasks solved correctly, with 95 % interval", title_justify="left")
    for heading in ("model", *METHODS):
        grid.add_column(heading)
    for skill in SKILLS:
        for stubborn in STUBBORN:
            model = model_name(skill, stubborn)
            shown = [_rate(checked(here, searched(here, model, method))) for method in METHODS]
            grid.add_row(model, *shown)
            print(
                f"{model}: " + ", ".join(f"{m} {s}" for m, s in zip(METHODS, shown, strict=True)), flush=True
            )
    Console(width=120).print(grid)


def _rate(report: Mapping[str, Any]) -> str:
    return f"{report['rate']:.1%} ({report['low']:.1%} to {report['high']:.1%})"
