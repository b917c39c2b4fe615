"""`foundry export KIND ADDRESS FOLDER`: tables in the formats of others."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Literal

from cyclopts import App, Parameter

from flows.commands.analyse import judge
from flows.terminal import console
from tasks.annotation.analysis.sources import gather
from tasks.annotation.conversations import write_conversations
from tasks.annotation.export import export_toolbench
from tasks.annotation.preferences import FORMAT, write_preferences
from tasks.annotation.preferences import preferences as paired_steps
from tasks.errors import ConfigurationError
from tasks.records import Trajectory
from tasks.search.messages import Form
from tasks.storage.table import Table

app = App(help="Write tables in formats of others.")
Trajectories = Annotated[str, Parameter(help="Address that annotate has written")]
File = Annotated[Path, Parameter(help="File to write (.jsonl)")]
Split = Annotated[
    Literal["train", "test", "all"], Parameter(help="Which instructions; tasks with known answers are test")
]
Partial = Annotated[bool, Parameter(negative="", help="Also of a table that is not finished")]


@app.command
def toolbench(
    trajectories: Trajectories,
    to: Annotated[Path, Parameter(help="Folder to write one answer file an instruction to")],
    *,
    published_codes: Annotated[
        bool, Parameter(negative="", help="Status codes as ToolBench's code gives them, faults included")
    ] = False,
    partial: Partial = False,
) -> None:
    """Write ToolBench's answer files, `<query_id>_<method>.json`, one an instruction."""
    table = _annotation(trajectories)
    table.rows("trajectories", partial)  # one that is not finished is refused before a folder is made
    written = export_toolbench(table.each(Trajectory, "trajectories", partial), to, published_codes)
    console.print(f"{written} answer files in {to}", highlight=False)


@app.command(name="openai-messages")
def openai_messages(
    trajectories: Trajectories,
    to: File,
    *,
    form: Annotated[
        Form, Parameter(help="Today's calls (tools), or the legacy ones (functions, function_call)")
    ] = "tools",
    split: Split = "train",
    partial: Partial = False,
) -> None:
    """Write winning paths in OpenAI's fine-tuning format, one conversation a line."""
    table = _annotation(trajectories)
    splits = table.read(Trajectory, "trajectories", partial, ["split"]).column("split").to_pylist()
    chosen = [each for each in splits if split in ("all", each)]
    _require(chosen, split, trajectories)
    rows = table.each(Trajectory, "trajectories", partial)
    written = write_conversations((row for row in rows if split in ("all", row.split)), form, to)
    console.print(f"{written} conversations of {len(chosen)} trajectories in {to}", highlight=False)


@app.command
def preferences(
    trajectories: Trajectories,
    to: File,
    *,
    split: Split = "train",
    check: Annotated[
        bool, Parameter(negative="", help="Leave out trees whose answer the expected facts show to be wrong")
    ] = False,
    partial: Partial = False,
) -> None:
    """Write preference pairs for DPO in TRL's conversational format with tools, one pair a line."""
    material = gather([trajectories], partial=partial)
    if check:
        judge(material.searches, material.instructions.get(trajectories, ""), trajectories)
    searches = [each for each in material.searches if split in ("all", each.trajectory.split)]
    _require(searches, split, trajectories)
    made = paired_steps(searches)
    write_preferences(made.pairs, to)
    found = f"{len(made.pairs)} pairs of {made.trees} trees, of {len(searches)}, in {to}"
    console.print(f"{found} ({FORMAT})", highlight=False)
    for reason, count in sorted(made.left_out.items()):
        console.print(f"  left out: {reason}: {count}", highlight=False)


def _annotation(address: str) -> Table:
    table = Table.open(address)
    if table.manifest.stage != "annotate":
        raise ConfigurationError(f"{address} holds the output of '{table.manifest.stage}', not trajectories")
    return table


def _require(found: Sequence[object], split: str, address: str) -> None:
    if not found:
        raise ConfigurationError(
            f"{address} holds nothing of the split '{split}'; --split all takes every one"
        )
