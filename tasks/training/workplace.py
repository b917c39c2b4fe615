"""A folder on this host for work that outlives its process: a killed training run goes on from there."""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from tasks.errors import TransientError
from tasks.storage.state import state_folder


@contextmanager
def workplace(identity: str) -> Iterator[Path]:
    """The folder of one table's training, ours alone; it is removed when the work ends without an error.

    Raises:
        TransientError: another process on this host is at it.
    """
    folder = state_folder() / "training" / identity
    folder.parent.mkdir(parents=True, exist_ok=True)
    with _locked(folder.parent / f"{identity}.lock") as lock:
        folder.mkdir(exist_ok=True)
        yield folder
        shutil.rmtree(folder)
        Path(lock.name).unlink()


def _locked(path: Path) -> TextIO:
    while True:
        lock = path.open("w")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            lock.close()
            raise TransientError(
                "another process on this machine trains for the same table; wait for it, or end it"
            ) from error
        if os.fstat(lock.fileno()).st_nlink:
            return lock
        lock.close()  # whoever had it came to his end, and removed it, after we had opened it
