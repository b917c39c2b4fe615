"""`foundry factory`: the whole journey in this process, without a Prefect server."""

from typing import Annotated

import orjson
from cyclopts import App, Parameter

from flows.journey import FactoryParameters, run_here
from flows.terminal import TerminalProgress, print_report

app = App(help=FactoryParameters.__doc__ or "")


@app.default
def factory(
    *,
    parameters: Annotated[FactoryParameters, Parameter(name="*")],
    json: Annotated[
        bool, Parameter(negative="", help="Print all reports as one line of JSON on stdout")
    ] = False,
) -> None:
    """Run the whole journey: crawl, instruct, annotate, assemble, train retriever and student, evaluate."""
    with TerminalProgress() as progress:
        reports = run_here(parameters, progress)
    for report in reports:
        print_report(report)
    if json:
        print(orjson.dumps(reports).decode())
