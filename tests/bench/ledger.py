"""What a reservation and a settlement take, alone and in groups, and whether caps hold: `make bench-ledger`.

    python -m tests.bench.ledger [--only pace|kills] [--pairs 400] [--folder FOLDER]

`pace`: pairs of reserve and settle, each synced to disk, alone and 8 and 64 at a time, in one process and in
16; wall time of a pair, and how many times as fast as alone. `kills`: 16 processes, 50 SIGKILLs and a
provider that keeps its limit, under a cap of 400 calls: never exceeded, and at least 90 % used when it is
reached.
Both in sqlite and, where a server runs, in Postgres. A busy machine stretches times: the load stands beside.
"""

import argparse
import asyncio
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tasks.llm.accounts import CallKey, Reservation
from tasks.llm.ledger import Ledger
from tasks.llm.protocol import Usage
from tests.bench.bars import record
from tests.conftest import CLONE
from tests.postgres import a_database, is_running
from tests.tasks.llm.killing import spend_and_kill

BAR = "cap held by 16 processes and 50 kills"
PROCESSES, KILLS, CALLS = 16, 50, 400


def main() -> int:
    """Measure and print; exit code 1 when a cap did not hold."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--only", choices=["pace", "kills"])
    parser.add_argument("--pairs", type=int, default=400, help="pairs of reserve and settle a measurement")
    parser.add_argument("--folder", default=None, help="where the sqlite file lies; a disk, for its syncs")
    parser.add_argument("--spend", nargs=3, metavar=("PLACE", "AT_ONCE", "PAIRS"), help=argparse.SUPPRESS)
    words = parser.parse_args()
    if words.spend:
        place, at_once, pairs = words.spend
        print(asyncio.run(_spend(place, int(at_once), int(pairs))), flush=True)
        return 0
    held = True
    for store in ("sqlite", "postgres"):
        if store == "postgres" and not is_running():
            print("postgres: no server; left out")
            continue
        if words.only != "kills":
            _pace(store, words.pairs, words.folder)
        if words.only != "pace":
            held &= _kills(store, words.folder)
    return 0 if held else 1


def _pace(store: str, pairs: int, folder: str | None) -> None:
    for processes in (1, PROCESSES):
        alone = 0.0
        for at_once in (1, 8, 64):
            with _place(store, folder) as place:
                Ledger(place).close()
                each = max(at_once, pairs // processes)
                command = [
                    sys.executable,
                    "-m",
                    "tests.bench.ledger",
                    "--spend",
                    place,
                    str(at_once),
                    str(each),
                ]
                running = [
                    subprocess.Popen(command, cwd=CLONE, stdout=-1, text=True) for _ in range(processes)
                ]
                took = [float(process.communicate()[0]) for process in running]
            pair_ms = max(took) / (each * processes) * 1000
            alone = alone or pair_ms
            print(
                f"{store}, {processes:2} processes, {at_once:2} at a time: {pair_ms:7.3f} ms a pair, "
                f"{alone / pair_ms:4.1f} times as fast as alone (load {os.getloadavg()[0]:.0f})",
                flush=True,
            )


async def _spend(place: str, at_once: int, pairs: int) -> float:
    """Seconds that so many pairs took."""
    ledger = Ledger(place)

    async def one(number: int) -> None:
        key = CallKey("r", "annotate", 0, "/t/v1", str(os.getpid()), "m", "q", number)
        reserved = await ledger.reserve_soon(key, 1000, "bench", 100)
        assert isinstance(reserved, Reservation)
        await ledger.settle_soon(reserved.call_id, Usage(10, 0, 0, 5), 500, 0.1, "ok")

    async def line(first: int) -> None:
        for number in range(first, pairs, at_once):
            await one(number)

    await one(-1)
    began = time.monotonic()
    await asyncio.gather(*(line(first) for first in range(at_once)))
    took_s = time.monotonic() - began
    ledger.close()
    return took_s


def _kills(store: str, folder: str | None) -> bool:
    began = time.monotonic()
    with _place(store, folder) as place:
        ledger = Ledger(place)
        found = spend_and_kill(ledger, processes=PROCESSES, kills=KILLS, calls=CALLS)
        ledger.close()
    used = found.settled / found.cap
    held = found.most <= found.cap and found.billed <= found.settled and used >= 0.9
    said = (
        f"{store}: {used:.1%} of the cap settled ({found.lost} lost calls in it), "
        f"{found.billed / found.cap:.1%} billed, at most {found.most / found.cap:.1%} at any time, "
        f"{found.kills} kills"
    )
    print(f"{said}, {time.monotonic() - began:.0f} s: {'held' if held else 'BROKEN'}", flush=True)
    if held and found.kills == KILLS:
        record(BAR, said)
    return held


@contextmanager
def _place(store: str, folder: str | None) -> Iterator[str]:
    if store == "postgres":
        with a_database() as address:
            yield address
    else:
        with tempfile.TemporaryDirectory(dir=folder) as made:
            yield str(Path(made, "l.sqlite"))


if __name__ == "__main__":
    sys.exit(main())
