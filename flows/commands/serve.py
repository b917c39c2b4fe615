"""`foundry serve student ADDRESS`: a trained student behind the OpenAI protocol."""

import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

from tasks.errors import ConfigurationError
from tasks.storage.table import Table

app = App(help="Serve what was trained.")


@app.command
def student(
    checkpoint: Annotated[str, Parameter(help="Address that finetune has written")],
    *,
    port: Annotated[int, Parameter(help="Port on loopback; 0 takes a free one and prints it")] = 0,
) -> None:
    """Serve a student on loopback until Ctrl-C; point OPENAI_BASE_URL at the printed address."""
    table = Table.open(checkpoint)
    if table.manifest.stage != "finetune":
        raise ConfigurationError(f"{checkpoint} holds the output of '{table.manifest.stage}', not a student")
    with tempfile.TemporaryDirectory(prefix="foundry-student-") as folder:
        table.fetch("model", Path(folder))
        # A process of its own: torch stays out of the command line's imports.
        command = [sys.executable, "-m", "tasks.training.serve", "--checkpoint", folder, "--port", str(port)]
        raise SystemExit(subprocess.run(command, check=False).returncode)
