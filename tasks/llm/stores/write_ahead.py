"""Opens sqlite files in WAL mode, though several processes find a new one at once."""

import sqlite3
import time
from pathlib import Path

PATIENCE_S = 60.0
"""Longest wait for what other processes write [s]."""
_PAUSE_S = 0.01


def opened(path: Path) -> sqlite3.Connection:
    """The file, or a new one, in WAL mode; for any thread.

    Raises:
        sqlite3.Error: it is no database, or cannot be written.
    """
    rows = sqlite3.connect(path, isolation_level=None, timeout=PATIENCE_S, check_same_thread=False)
    until = time.monotonic() + PATIENCE_S
    try:
        while True:
            try:
                rows.execute("PRAGMA journal_mode=WAL")
                return rows
            except sqlite3.OperationalError as error:
                # Of those that change the mode at once sqlite refuses all but one without waiting.
                if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                    raise
                time.sleep(_PAUSE_S)
    except BaseException:
        rows.close()
        raise
