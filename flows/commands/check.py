"""`foundry check`: answers to tasks with known answers judged by code; or the judge itself tried."""

from pathlib import Path
from typing import Annotated, Any

import orjson
from cyclopts import App, Parameter
from rich.table import Table as Grid

from flows.terminal import console
from tasks.errors import ConfigurationError
from tasks.evaluation.check import Verdict, check, try_attacks

app = App(
    help="""Judge answers by code, without a model: which of them tell what the right answer tells.

Answers are lines of JSON, `{"instruction_id": "...", "answer": "..."}`; `id` with the task's own id does
as well, and `"state": {"<tool slug>": {...}}` adds what tools that write have kept. Instructions are a tasks
file of the sandbox, or instructions with expected facts.

    foundry check --instructions tasks.jsonl --answers answers.jsonl --json
    foundry check --instructions tasks.jsonl --answers tables/trajectories/v1
    foundry check --instructions tasks.jsonl --attack

What counts as telling a fact stands in tasks/evaluation/README.md.""",
)
_WIDEST = 20
"""Rows of APIs that are shown; all of them are in the JSON."""


@app.default
def check_answers(
    *,
    instructions: Annotated[
        str, Parameter(help="Tasks file (.jsonl), or address of instructions with facts")
    ],
    answers: Annotated[str, Parameter(help="File of answers (.jsonl), or address of trajectories")] = "",
    attack: Annotated[
        bool,
        Parameter(
            negative="",
            help="Try the judge instead: other tasks' answers, the question echoed, the most frequent value, "
            "many values, the right value denied",
        ),
    ] = False,
    seed: Annotated[int, Parameter(help="Seed of the attacks")] = 1,
    verdicts: Annotated[
        str, Parameter(help="Write each verdict with its reasons to this file (.jsonl)")
    ] = "",
    json: Annotated[
        bool, Parameter(negative="", help="Print the report as one line of JSON on stdout")
    ] = False,
) -> None:
    """Judge answers by code, without a model."""
    if bool(answers) == attack:
        raise ConfigurationError("give --answers to judge answers, or --attack to try the judge itself")
    if attack:
        report = try_attacks(instructions, seed)
        _show_attacks(report)
    else:
        report, judged = check(instructions, answers)
        if verdicts:
            _write(Path(verdicts), judged)
        _show_rates(report)
    if json:
        print(orjson.dumps(report).decode())


def _write(path: Path, judged: list[Verdict]) -> None:
    try:
        path.write_bytes(b"".join(orjson.dumps(each.row()) + b"\n" for each in judged))
    except OSError as error:
        raise ConfigurationError(f"the verdicts cannot be written to {path}: {error.strerror}") from None


def _show_rates(report: dict[str, Any]) -> None:
    grid = _grid("Right answers", ("", "judged", "correct", "rate", "95 % interval"))
    _add(grid, "all", report, "judged", "correct")
    for name, title in (
        ("by_solvable", "solvable"),
        ("by_group", ""),
        ("by_calls", "calls"),
        ("by_edges", "edges"),
    ):
        for key, row in report[name].items():
            _add(grid, f"  {title} {key}".rstrip(), row, "judged", "correct")
    worst = sorted(report["by_api"].items(), key=lambda pair: (pair[1]["rate"], -pair[1]["judged"], pair[0]))
    for key, row in worst[:_WIDEST]:
        _add(grid, f"  {key}", row, "judged", "correct")
    console.print(grid)
    if len(worst) > _WIDEST:
        console.print(f"{len(worst) - _WIDEST} further APIs stand in the JSON (--json)", highlight=False)
    console.print(
        f"{report['unanswered']} not answered (wrong), {report['not_checkable']} of {report['tasks']} not "
        "checkable (not counted)",
        highlight=False,
    )


def _show_attacks(report: dict[str, Any]) -> None:
    grid = _grid("Answers that must not pass", ("", "tried", "accepted", "rate", "95 % interval"))
    _add(grid, "all", report, "tried", "accepted")
    for key, row in report["by_attack"].items():
        _add(grid, f"  {key}", row, "tried", "accepted")
    passed = {key: row for key, row in report["by_api"].items() if row["accepted"]}
    for key, row in sorted(passed.items(), key=lambda pair: -pair[1]["rate"])[:_WIDEST]:
        _add(grid, f"  {key}", row, "tried", "accepted")
    console.print(grid)
    for each in report["examples"]:
        console.print(
            f"passed: {each['id']} ({each['attack']}): {each['answer']}", highlight=False, markup=False
        )


def _grid(title: str, columns: tuple[str, ...]) -> Grid:
    grid = Grid(title=title, title_justify="left")
    for place, column in enumerate(columns):
        grid.add_column(column, justify="right" if place else "left")
    return grid


def _add(grid: Grid, name: str, row: dict[str, Any], count: str, hits: str) -> None:
    interval = f"{row['low']:.1%} to {row['high']:.1%}"
    grid.add_row(name, f"{row[count]:,}", f"{row[hits]:,}", f"{row['rate']:.1%}", interval)
