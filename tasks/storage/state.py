"""Where a clone keeps its own state: process files, call logs, tables, the ledger; never the home folder."""

import os
from pathlib import Path

from tasks.errors import ConfigurationError


def state_folder() -> Path:
    """`FOUNDRY_STATE`, by default `.foundry` in the current folder; made when it is missing.

    Raises:
        ConfigurationError: it cannot be made.
    """
    folder = Path(os.environ.get("FOUNDRY_STATE") or ".foundry").absolute()
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigurationError(
            f"the state folder {folder} cannot be made ({error.strerror}); set FOUNDRY_STATE to one that "
            "can be written"
        ) from error
    return folder
