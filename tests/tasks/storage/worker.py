"""A worker for tests that kill: `python -m tests.tasks.storage.worker ADDRESS UNITS BATCH [HALT]`.

Works on every shard until all are finished, a batch a generation. Says `published` after each commit. With
HALT (`upload` or `generation`) it says so after the first upload or commit of this process, then waits to be
killed.
"""

import random
import sys
from typing import Any

from tasks.errors import StorageUnavailable
from tasks.records import Reject, Trajectory
from tasks.storage.table import Shard, Table
from tests.tasks.examples import a_trajectory


def say(word: str) -> None:
    print(word, flush=True)


def halt(word: str) -> None:
    say(word)
    sys.stdin.read()


class Uploaded:
    """A store whose worker is killed when all is uploaded and nothing is committed."""

    def __init__(self, store: Any):
        self._store = store

    def create(self, key: str, content: bytes) -> bool:
        halt("uploaded")
        return False

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)


def work(table: Table, number: int, units: int, batch: int, stop: str) -> None:
    shard = table.shard(number)
    if stop == "upload":
        shard._store = Uploaded(shard._store)
    gone = {row.instruction_id for row in shard.published(Trajectory, "trajectories")}
    wanted = [a_trajectory(number * units + each) for each in range(units)]
    left = [row for row in wanted if row.instruction_id not in gone]
    for first in range(0, max(1, len(left)), batch):
        rows: list[Any] = left[first : first + batch]
        publish(shard, rows, finished=first + batch >= len(left))
        say("published")
        if stop == "generation":
            halt("between")


def publish(shard: Shard, rows: list[Trajectory], *, finished: bool) -> None:
    shard.publish({"trajectories": (Trajectory, rows), "rejects": (Reject, [])}, finished=finished)


def main(address: str, units: str, batch: str, stop: str = "") -> None:
    table = Table.open(address)
    while unfinished := table.unfinished():
        try:
            work(table, random.choice(unfinished), int(units), int(batch), stop)
        except StorageUnavailable as lost:
            say(str(lost))


if __name__ == "__main__":
    main(*sys.argv[1:])
