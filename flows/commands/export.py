"""`foundry export KIND ADDRESS FOLDER`: tables in the formats of others."""

from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

from flows.terminal import console
from tasks.annotation.export import export_toolbench
from tasks.errors import ConfigurationError
from tasks.records import Trajectory
from tasks.storage.table import Table

app = App(help="Write tables in formats of others.")


@app.command
def toolbench(
    trajectories: Annotated[str, Parameter(help="Address that annotate has written")],
    to: Annotated[Path, Parameter(help="Folder to write one answer file an instruction to")],
    *,
    partial: Annotated[bool, Parameter(negative="", help="Also of a table that is not finished")] = False,
) -> None:
    """Write ToolBench's answer files, `<query_id>_<method>.json`, one an instruction."""
    table = Table.open(trajectories)
    if table.manifest.stage != "annotate":
        raise ConfigurationError(
            f"{trajectories} holds the output of '{table.manifest.stage}', not trajectories"
        )
    written = export_toolbench(table.records(Trajectory, "trajectories", partial), to)
    console.print(f"{written} answer files in {to}", highlight=False)
