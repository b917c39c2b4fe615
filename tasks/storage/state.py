"""Where a clone keeps its own state: process files, call logs, tables, the ledger; never the home folder."""

import os
from pathlib import Path


def state_folder() -> Path:
    """`FOUNDRY_STATE`, by default `.foundry` in the current folder; made when it is missing."""
    folder = Path(os.environ.get("FOUNDRY_STATE") or ".foundry").absolute()
    folder.mkdir(parents=True, exist_ok=True)
    return folder
