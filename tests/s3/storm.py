"""Workers that race over a table and are killed at random: `python -m tests.s3.storm ADDRESS ...`.

Workers are forked from one process that has imported everything and talked to nobody, so that they begin at
once and can be killed hundreds of times. Each takes random open shards and publishes a few rows a
generation, and in some shards a file above the size of one upload. After the kills the workers are left to
finish.
"""

import argparse
import json
import os
import random
import signal
import sys
import tempfile
import time
from pathlib import Path

from tasks.errors import StorageUnavailable
from tasks.records import Trajectory
from tasks.storage.table import Table
from tests.tasks.examples import a_trajectory

LARGE = 12_000_000
"""Bytes of a file that no server takes in one part."""
LARGE_EVERY = 10
"""Every so many shards have one."""


def work(address: str, units: int, batch: int) -> None:
    """Until no shard is open."""
    chance = random.Random(os.getpid())
    while True:
        try:
            table = Table.open(address)
            while unfinished := table.unfinished():
                for number in chance.sample(unfinished, min(4, len(unfinished))):
                    _work_on(table, number, units, batch)
            return
        except StorageUnavailable:
            continue


def _work_on(table: Table, number: int, units: int, batch: int) -> None:
    shard = table.shard(number)
    if shard.finished:
        return  # since it was listed
    gone = {row.instruction_id for row in shard.published(Trajectory, "trajectories")}
    wanted = [a_trajectory(number * units + each) for each in range(units)]
    left = [row for row in wanted if row.instruction_id not in gone]
    for first in range(0, max(1, len(left)), batch):
        last = first + batch >= len(left)
        rows = {"trajectories": (Trajectory, left[first : first + batch])}
        if last and number % LARGE_EVERY == 0:
            with tempfile.TemporaryDirectory() as folder:
                Path(folder, "weights").write_bytes(bytes([number]) * LARGE)
                shard.publish(rows, finished=True, folders={"model": Path(folder)})
        else:
            shard.publish(rows, finished=last)


def _begin(address: str, units: int, batch: int) -> int:
    worker = os.fork()
    if worker == 0:
        code = 1
        try:
            work(address, units, batch)
            code = 0
        finally:
            os._exit(code)
    return worker


def storm(address: str, workers: int, units: int, batch: int, kills: int, life_s: float, seed: int) -> int:
    """Kill until all kills are done or nothing is left to do; how many there were."""
    chance, done = random.Random(seed), 0
    running = {_begin(address, units, batch) for _ in range(workers)}
    while running:
        if done < kills:
            time.sleep(chance.expovariate(workers / life_s))
        ended, status = os.waitpid(-1, os.WNOHANG if done < kills else 0)
        if ended:
            running.discard(ended)
            if os.waitstatus_to_exitcode(status) not in (0, -signal.SIGKILL):
                raise SystemExit(f"a worker ended with {status}")
            if os.waitstatus_to_exitcode(status) == 0:
                kills = done  # nothing is left to do
            continue
        if done < kills:
            victim = chance.choice(sorted(running))
            os.kill(victim, signal.SIGKILL)
            os.waitpid(victim, 0)
            running.discard(victim)
            done += 1
            running.add(_begin(address, units, batch))
    return done


def main() -> int:
    words = argparse.ArgumentParser()
    words.add_argument("address")
    for name in ("workers", "units", "batch", "kills", "seed"):
        words.add_argument(f"--{name}", type=int, required=True)
    words.add_argument("--life-s", type=float, required=True, help="mean life of a worker")
    given = words.parse_args()
    done = storm(
        given.address, given.workers, given.units, given.batch, given.kills, given.life_s, given.seed
    )
    print(json.dumps({"kills": done}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
