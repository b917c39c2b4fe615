"""What a finished journey came to, for a terminal: funnel, a decision tree, training, evaluation."""

from collections.abc import Mapping

import orjson
from rich.console import Console
from rich.table import Table as Grid

from flows.funnel import Passage, passage, total
from flows.journey import STAGES, FactoryParameters, addresses_of
from tasks.annotation.draw import tree_of
from tasks.evaluation.report import evaluation_table
from tasks.records import Result, Trajectory
from tasks.storage.stage import Report
from tasks.storage.table import Table

READABLE_REPLIES = 9
"""A tree of more replies does not fit a screen."""


def print_summary(journey: FactoryParameters, console: Console) -> None:
    """Print all of it, from the tables and from what the Prefect server knows of the flow runs."""
    addresses = addresses_of(journey)
    made = [passage(stage, addresses[stage.verb]) for stage in STAGES]
    console.print(_funnel(made))
    _print_tree(addresses["annotate"], addresses["tooleval"], console)
    console.print(_training({each.verb: each.report for each in made}))
    console.print(_evaluation(addresses["tooleval"]))
    for each in made:
        for note in each.report.notes:
            console.print(f"[dim]{each.verb}: {note}[/dim]")
    console.print()
    for each in made:
        console.print(f"{each.verb:<16} {each.report.address}", soft_wrap=True)


def _funnel(made: list[Passage]) -> Grid:
    """A row a stage."""
    grid = Grid(title="The journey", title_justify="left")
    rows = [each.row() for each in made]
    headings = [name for name in rows[0] if name not in ("state", "address")]
    for heading in headings:
        grid.add_column(heading, justify="left" if heading == "stage" else "right")
    for row in [*rows, total(rows)]:
        grid.add_row(*(_shown(row.get(heading, "")) for heading in headings))
    return grid


def _print_tree(trajectories: str, results: str, console: Console) -> None:
    """The most telling tree: judged, answered, with a branch that was given up, and not too long."""
    verdicts = {
        result.instruction_id: result
        for result in Table.open(results).records(Result, "results")
        if result.candidate == "teacher"
    }
    judged = [
        each
        for each in Table.open(trajectories).records(Trajectory, "trajectories")
        if each.instruction_id in verdicts
    ]
    if not judged:
        return
    chosen = max(judged, key=_telling)
    verdict = verdicts[chosen.instruction_id]
    console.print("\nOne decision tree, from the held-out instructions")
    console.print(tree_of(chosen))
    console.print(f"answer: {chosen.final_answer or '(none)'}", markup=False)
    console.print(f"judge ({verdict.judge}, {verdict.judge_kind}): {verdict.verdict}\n", markup=False)


def _telling(trajectory: Trajectory) -> tuple[bool, bool, bool, int]:
    """Rank of a tree for being shown: answered, readable, with an abandoned branch, several calls."""
    readable = trajectory.query_count <= READABLE_REPLIES
    abandoned = any(node["pruned"] for node in orjson.loads(trajectory.tree))
    return trajectory.win, readable, abandoned, -abs(trajectory.api_calls - 3)


def _evaluation(results: str) -> Grid:
    """Pass rates with their intervals."""
    grid = Grid(title="Evaluation on held-out instructions", title_justify="left")
    for heading in ("candidate", "group", "judged", "passed", "unsure", "pass rate", "95 % interval"):
        grid.add_column(heading, justify="left" if heading in ("candidate", "group") else "right")
    for row in evaluation_table(results):
        counts = (str(row[name]) for name in ("judged", "passed", "unsure"))
        interval = f"{row['low']:.1%} to {row['high']:.1%}"
        grid.add_row(row["candidate"], row["group"], *counts, f"{row['pass_rate']:.1%}", interval)
    return grid


def _training(reports: Mapping[str, Report]) -> Grid:
    """What the two trained models came to."""
    student, retriever = (reports[verb].figures for verb in ("finetune", "train-retriever"))
    grid = Grid(title="What was trained", title_justify="left")
    grid.add_column("model")
    grid.add_column("figures")
    losses = f"loss {student['first_loss']:.3f} to {student['last_loss']:.3f}"
    grid.add_row("student", f"{losses} in {student['steps']} steps, {student['parameters']:,} parameters")
    rivals = [name.removesuffix(" ndcg@5") for name in retriever if name.endswith(" ndcg@5")]
    scores = [f"{rival} {retriever[f'{rival} ndcg@5']:.3f}" for rival in rivals]
    measured = (
        f"NDCG@5 {', '.join(scores)}; {retriever['held_out_queries']} queries" if scores else "not measured"
    )
    grid.add_row("retriever", measured)
    return grid


def _shown(value: object) -> str:
    if isinstance(value, float):
        return f"{value:,.4f}".rstrip("0").rstrip(".") or "0"
    return f"{value:,}" if isinstance(value, int) else str(value)
