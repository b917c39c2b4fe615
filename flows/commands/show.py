"""`foundry show ADDRESS`: what a table holds, one row of it, or where a row comes from."""

from typing import Annotated, Any

import orjson
from cyclopts import App, Parameter
from rich.console import Console
from rich.table import Table as Grid

from tasks.annotation.draw import tree_of
from tasks.errors import AddressError
from tasks.records import Trajectory
from tasks.storage.administration import link
from tasks.storage.carrying import is_carried
from tasks.storage.lineage import MEMBERS, Ancestor, find_row, lineage
from tasks.storage.manifest import SINCE
from tasks.storage.table import Table
from tasks.tables import from_table

app = App(help="Show a table, a row of it (--id), or everything a row was made from (--lineage).")
_console = Console()
_ROWS = 5


@app.default
def show(
    address: str,
    *,
    id: Annotated[str | None, Parameter(help="Show the row of this id")] = None,
    lineage: Annotated[str | None, Parameter(help="Walk from this row back to the API documents")] = None,
    links: Annotated[
        str | None, Parameter(help="Print a link to each file of this member, for an hour and anybody (S3)")
    ] = None,
    json: Annotated[bool, Parameter(negative="", help="One line of JSON on stdout")] = False,
) -> None:
    """Show a table, a row of it (--id), or everything a row was made from (--lineage)."""
    if lineage:
        _show_lineage(address, lineage, json)
    elif links:
        _print_links(Table.open(address), links)
    elif id:
        _show_row(find_row(address, id), json)
    else:
        _show_table(Table.open(address), json)


def _print_links(table: Table, member: str) -> None:
    found = table.objects(member)
    if not found:
        raise AddressError(f"{table.address} holds no '{member}'; it holds {', '.join(table.members())}")
    for each in found:
        print(link(each))


def _show_table(table: Table, as_json: bool) -> None:
    manifest = table.manifest
    unfinished = table.unfinished()
    counts = {member: table.rows(member) for member in table.members()}
    if as_json:
        found = {
            "address": table.address,
            "stage": manifest.stage,
            "run_id": manifest.run_id,
            "shards": len(table.shards),
            "unfinished": unfinished,
            "rows": counts,
            "inputs": manifest.inputs,
            **({SINCE: manifest.parameters[SINCE]} if is_carried(table) else {}),
            "fingerprint": manifest.fingerprint,
        }
        print(orjson.dumps(found).decode())
        return
    state = "complete" if not unfinished else f"{len(unfinished)} of {len(table.shards)} shards open"
    _console.print(
        f"[bold]{table.address}[/bold]: output of {manifest.stage}, run {manifest.run_id}, {state}"
    )
    for name, place in manifest.inputs.items():
        _console.print(f"  made from {name}: {place}", highlight=False)
    if is_carried(table):
        _console.print(f"  carried over from: {manifest.parameters[SINCE]}", highlight=False)
    for member, count in counts.items():
        if member not in MEMBERS:
            _console.print(f"{member}: {len(table.objects(member, partial=True)):,} files", highlight=False)
            continue
        record, column = MEMBERS[member]
        rows = table.window(record, member, 0, _ROWS, partial=True).to_pylist()
        widest = max((len(str(row[column])) for row in rows), default=0)
        grid = Grid(title=f"{member}: {count:,} rows", title_justify="left", show_lines=False)
        grid.add_column(column, no_wrap=True, min_width=min(widest, 70))
        grid.add_column("row", overflow="ellipsis", no_wrap=True)
        for row in rows:
            rest = {
                name: value for name, value in row.items() if name != column and value not in (None, "", [])
            }
            grid.add_row(str(row[column]), _plain(rest)[:400])
        _console.print(grid)


def _show_row(found: Ancestor, as_json: bool) -> None:
    if as_json:
        print(_plain(found.row))
        return
    if found.member == "trajectories":
        table = Table.open(found.address)
        rows = table.having(Trajectory, "trajectories", "trajectory_id", {found.id}, partial=True)
        trajectory = from_table(Trajectory, rows)[0]
        _console.print(tree_of(trajectory))
        _console.print(f"answer: {trajectory.final_answer or '(none)'}", highlight=False)
        return
    _console.print(f"[bold]{found.member}[/bold] {found.id}", highlight=False)
    for name, value in found.row.items():
        _console.print(f"  {name}: {_readable(value)}", highlight=False, markup=False)


def _show_lineage(address: str, wanted: str, as_json: bool) -> None:
    for ancestor in lineage(address, wanted):
        if as_json:
            print(_plain({"member": ancestor.member, "address": ancestor.address, "row": ancestor.row}))
        else:
            _console.print(
                f"[bold]{ancestor.member}[/bold] {ancestor.id}  ({ancestor.address})", highlight=False
            )
            for name in ("text", "description", "method", "verdict", "reason", "url"):
                if ancestor.row.get(name):
                    _console.print(
                        f"    {name}: {_readable(ancestor.row[name])[:200]}", markup=False, highlight=False
                    )


def _readable(value: Any) -> str:
    return value if isinstance(value, str) else _plain(value)


def _plain(value: Any) -> str:
    return orjson.dumps(value, default=str).decode()
