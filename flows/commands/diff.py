"""`foundry diff A B`: which rows two versions of a table do not share, and in which fields others differ."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import orjson
from cyclopts import App, Parameter
from rich.table import Table as Grid

from flows.terminal import TerminalProgress, console
from tasks.errors import ConfigurationError
from tasks.storage.difference import EXAMPLES, Change, Difference, MemberDifference, compare
from tasks.storage.table import Table

app = App(
    help="""Compare two versions of a table: rows added, removed and changed, by the ids of their records.

Rows are the same when all is but time, latency, cost, run and shard, wherever in the table they lie.

    foundry diff tables/instructions/v1 tables/instructions/v2
    foundry diff tables/catalog/v1 s3://factory/catalog/v1 --changes changes.jsonl --json"""
)


@app.default
def diff(
    a: Annotated[str, Parameter(help="Address of the version that was")],
    b: Annotated[str, Parameter(help="Address of the version that is; of the same stage")],
    *,
    changes: Annotated[
        str, Parameter(help="Write each row that differs, with its fields, to this file (.jsonl)")
    ] = "",
    examples: Annotated[int, Parameter(help="Rows of each kind that are shown, for each member")] = EXAMPLES,
    partial: Annotated[bool, Parameter(negative="", help="Also of a table that is not finished")] = False,
    exit_code: Annotated[
        bool, Parameter(negative="", help="End with exit code 1 where the versions differ, for scripts")
    ] = False,
    json: Annotated[
        bool, Parameter(negative="", help="Print the report as one line of JSON on stdout")
    ] = False,
) -> None:
    """Compare two versions of a table, row by row."""
    if examples < 0:
        raise ConfigurationError(f"--examples {examples}: give 0 or more")
    with _written(changes) as write, TerminalProgress() as progress:
        found = compare(
            Table.open(a), Table.open(b), partial=partial, examples=examples, seen=write, progress=progress
        )
    _show(found)
    if json:
        print(orjson.dumps(found.to_plain(), default=str).decode())
    if exit_code and not found.same:
        raise SystemExit(1)


@contextmanager
def _written(path: str) -> Iterator[Callable[[Change], None]]:
    """A function that writes a change as a line of a file; it does nothing where no file is asked for."""
    with ExitStack() as opened:
        try:
            lines = opened.enter_context(Path(path).open("wb")) if path else None
        except OSError as error:
            raise ConfigurationError(f"the changes cannot be written to {path}: {error.strerror}") from None

        def write(change: Change) -> None:
            if lines is not None:
                lines.write(orjson.dumps(asdict(change)) + b"\n")

        yield write


def _show(found: Difference) -> None:
    said = "hold the same rows" if found.same else "differ"
    console.print(f"{found.a} and {found.b} (output of {found.stage}) {said}", highlight=False, markup=False)
    for name, (was, now) in found.made_with.items():
        console.print(f"  made with {name}: {_short(was)} -> {_short(now)}", highlight=False, markup=False)
    grid = Grid("", "rows", "now", "same", "added", "removed", "changed", "fields that differ")
    for column in grid.columns[1:7]:
        column.justify = "right"
    for name, member in found.members.items():
        counts = (member.rows_a, member.rows_b, member.same, member.added, member.removed, member.changed)
        fields = ", ".join(f"{field} {count:,}" for field, count in member.fields.items())
        grid.add_row(name, *(f"{count:,}" for count in counts), fields)
    console.print(grid)
    for name, member in found.members.items():
        _show_examples(name, member)
    if any(found.cost_usd):
        console.print(f"cost: {found.cost_usd[0]:.4f} -> {found.cost_usd[1]:.4f} USD", highlight=False)


def _show_examples(name: str, member: MemberDifference) -> None:
    for each in member.examples:
        row = f": {each['row']}" if "row" in each else ""
        _line(f"{each['change']} {name} {each['id']}{row}")
        for field, (was, now) in each.get("fields", {}).items():
            _line(f"    {field}: {was} -> {now}")


def _line(text: str) -> None:
    console.print(text, highlight=False, markup=False, soft_wrap=True)


def _short(value: Any) -> str:
    text = orjson.dumps(value).decode()
    return text if len(text) <= 60 else text[:57] + "..."
