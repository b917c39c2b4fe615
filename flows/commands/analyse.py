"""`foundry analyse PLACE...`: where searches fail, what it costs, why instructions were not solved."""

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import orjson
from cyclopts import App, Parameter

from tasks.annotation.analysis.report import analysis
from tasks.annotation.analysis.sources import gather
from tasks.annotation.analysis.turns import Searched
from tasks.errors import ConfigurationError

app = App(
    help="Count how searches fail, recover, repeat themselves and what they cost: of trajectories tables, "
    "and of ToolBench's answer files and converted runs."
)


@app.default
def analyse(
    *places: Annotated[
        str, Parameter(help="Addresses that annotate has written, or files and folders of ToolBench's")
    ],
    catalog: Annotated[
        str, Parameter(help="Address of a crawl, for the categories of ToolBench's APIs")
    ] = "",
    queries: Annotated[
        tuple[Path, ...],
        Parameter(help="ToolBench's query files (.json), for the relevant APIs of its searches"),
    ] = (),
    price_as: Annotated[
        str, Parameter(help="Price the tokens as this model's, whatever was paid for them")
    ] = "",
    top: Annotated[int, Parameter(help="Rows of the tables of tools and APIs")] = 15,
    partial: Annotated[bool, Parameter(negative="", help="Also of a table that is not finished")] = False,
    check: Annotated[
        bool, Parameter(negative="", help="Judge the answers by code, where instructions come with facts")
    ] = False,
    json: Annotated[bool, Parameter(negative="", help="One line of JSON on stdout")] = False,
) -> None:
    """Count how searches fail, recover, repeat themselves and what they cost."""
    if not places:
        raise ConfigurationError("give the address of a trajectories table, or files of ToolBench's")
    material = gather(places, catalog=catalog, queries=queries, price_as=price_as, partial=partial)
    if check:
        for place, searches in material.places.items():
            judge(searches, material.instructions.get(place, ""), place)
    report = analysis(material.searches, material.categories, material.notes, top)
    print(orjson.dumps(report.to_plain()).decode() if json else report.to_markdown())


def judge(searches: Iterable[Searched], instructions: str, place: str) -> None:
    """Write down with each search whether `foundry check` takes its answer for right.

    Raises:
        ConfigurationError: the instructions have no facts to check by.
    """
    if not instructions:
        raise ConfigurationError(f"--check needs instructions with facts, and {place} names none")
    from tasks.evaluation.check import check as check_answers  # a stage of its own, paid by who asks for it

    _, verdicts = check_answers(instructions, place)
    correct = {each.task.instruction.instruction_id: each.row()["correct"] for each in verdicts}
    for searched in searches:
        searched.known.correct = correct.get(searched.trajectory.instruction_id)
