"""`python -m tests.simulation`: the full numbers. `--seed 17` repeats one run, `--count` takes so many.

Exhaustive first: two workers, one shard, every interleaving with up to two faults; then random
interleavings of four workers over eight shards. Says what was gone through; the first broken promise ends
it with the steps that lead to it.
"""

import argparse
import sys
import time
from concurrent.futures import ProcessPoolExecutor

from tests.simulation import exhaustive, interleavings
from tests.simulation.world import Broken

PORTION = 250
FULL = {
    "two workers, one shard, two faults": exhaustive.Bounds(faults=2),
    "two workers, one shard of two rows, one fault": exhaustive.Bounds(units=2, faults=1),
    "two workers, one shard, one fault, a cap of one call": exhaustive.Bounds(faults=1, cap=1),
    "two workers, one shard, one fault, a cap of one call's tokens": exhaustive.Bounds(
        faults=1, cap_tokens=1
    ),
    "a worker and a sweeper, hours pass twice": exhaustive.Bounds(
        workers=1, faults=0, pauses=2, sweeper=True
    ),
    "a worker and a sweeper, one fault, hours pass once": exhaustive.Bounds(
        workers=1, faults=1, pauses=1, sweeper=True
    ),
}


def _portion(first: int, last: int) -> int:
    return sum(interleavings.run(seed) for seed in range(first, last))


def main() -> int:
    words = argparse.ArgumentParser(prog="python -m tests.simulation")
    words.add_argument("--count", type=int, default=100_000, help="random interleavings")
    words.add_argument("--processes", type=int, default=2)
    words.add_argument("--seed", type=int, help="repeat this one only")
    words.add_argument("--random-only", action="store_true")
    given = words.parse_args()
    try:
        if given.seed is not None:
            print(f"seed {given.seed}: {interleavings.run(given.seed)} steps, every promise kept")
            return 0
        if not given.random_only:
            _exhaustive()
        _random(given.count, given.processes)
    except Broken as broken:
        print(broken)
        return 1
    return 0


def _exhaustive() -> None:
    for name, bounds in FULL.items():
        started = time.monotonic()
        found = exhaustive.explore(bounds)
        took_s = time.monotonic() - started
        print(f"{name}: all {found.states:,} states, {found.ends:,} ends, {took_s:.0f} s", flush=True)


def _random(count: int, processes: int) -> None:
    started = time.monotonic()
    firsts = range(0, count, PORTION)
    with ProcessPoolExecutor(processes) as pool:
        steps = sum(pool.map(_portion, firsts, [min(first + PORTION, count) for first in firsts]))
    took_s = time.monotonic() - started
    print(
        f"{count:,} interleavings of four workers over eight shards: {steps:,} steps, every promise kept, "
        f"{took_s:.0f} s"
    )


if __name__ == "__main__":
    sys.exit(main())
