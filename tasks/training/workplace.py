"""A folder on this host for work that outlives its process: a killed training run goes on from there."""

import fcntl
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tasks.errors import TransientError
from tasks.storage.state import state_folder


@contextmanager
def workplace(identity: str) -> Iterator[Path]:
    """The folder of one table's training, ours alone; it is removed when the work ends without an error.

    Raises:
        TransientError: another process on this host is at it.
    """
    folder = state_folder() / "training" / identity
    folder.mkdir(parents=True, exist_ok=True)
    with (folder.parent / f"{identity}.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise TransientError(
                "another process on this machine trains for the same table; wait for it, or end it"
            ) from error
        yield folder
        shutil.rmtree(folder)
        Path(lock.name).unlink()
