"""`foundry retire --tool X --reason ...`: every table's next version without it."""

from dataclasses import asdict
from typing import Annotated

import orjson
from cyclopts import App, Parameter
from rich.table import Table as Grid

from flows.terminal import TerminalProgress, console
from tasks.errors import ConfigurationError
from tasks.storage.addresses import root as default_root
from tasks.storage.retirement import Retirement
from tasks.storage.retirement import retire as retire_tool

app = App(
    help="""Write the next version of every table without a tool and all that was derived from it.

Catalogue, instructions, trajectories and samples are rewritten and searched; models and results that are
stale now are named. The versions that are there stay as they are. Run again to continue.

    foundry retire --tool hub/sun --reason "its owner asked"
    foundry retire s3://factory/samples/v3 --tool Sun --reason "its licence has changed" --json"""
)


@app.default
def retire(
    *addresses: Annotated[
        str, Parameter(help="Tables to rewrite, with all they were made from; none: all below the root")
    ],
    tool: Annotated[str, Parameter(help="Id of the tool, or its name where only one has it")],
    reason: Annotated[str, Parameter(help="Why; stands in the rejects of the new versions")],
    root: Annotated[str, Parameter(help="Where the tables lie; empty takes FOUNDRY_ROOT")] = "",
    json: Annotated[
        bool, Parameter(negative="", help="Print the report as one line of JSON on stdout")
    ] = False,
) -> None:
    """Write the next version of every table without a tool and all that was derived from it."""
    if addresses and root:
        raise ConfigurationError("give addresses or --root, not both")
    with TerminalProgress() as progress:
        made = retire_tool(tool, reason, root=root or default_root(), addresses=addresses, progress=progress)
    _show(made)
    if json:
        print(orjson.dumps(asdict(made)).decode())


def _show(made: Retirement) -> None:
    for table in made.tables:
        grid = Grid("", "stay", "retired", title=f"{table.stage}: {table.address}", title_justify="left")
        for column in grid.columns[1:]:
            column.justify = "right"
        for member, rows in table.kept.items():
            grid.add_row(member, f"{rows:,}", f"{table.retired.get(member, 0):,}")
        console.print(grid)
        if table.shrunk:
            _line(f"{table.shrunk} collections stay without the tool")
    for each in made.stale:
        _line(f"stale: {each['address']} was made by {each['stage']} of what is retired; make it anew")
    for address in made.left:
        _line(f"left as it is: {address}; delete it to be rid of what it holds of the tool")
    found = made.searched
    _line(
        f"searched for {made.tool_id}: every text of {found['rows']:,} rows in {found['tables']} versions, "
        f"their manifests too; hits: {found['hits']}"
    )


def _line(text: str) -> None:
    console.print(text, highlight=False, markup=False, soft_wrap=True)
