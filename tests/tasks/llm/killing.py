"""Processes that spend until a cap is reached, killed on the way; the bench does it at full size."""

import random
import selectors
import subprocess
import sys
from contextlib import ExitStack
from typing import Literal, NamedTuple

from tasks.llm.ledger import NANO, Ledger
from tests.conftest import CLONE
from tests.tasks.llm.spender import WORST

SCOPE = "run:run/annotate"


class Spent(NamedTuple):
    """What came of it, in nano-USD (as many tokens)."""

    cap: int
    billed: int
    """By the provider, which keeps its limit."""
    settled: int
    reserved: int
    most: int
    """Settled and reserved, looked at after every call."""
    kills: int
    lost: int
    """Reservations of killed calls, in `settled`."""


def first_that_speaks(running: list["subprocess.Popen[str]"]) -> "subprocess.Popen[str]":
    """Whoever has said something; `select` knows no file above 1,024, and a worker may have more open."""
    with selectors.PollSelector() as listening:
        for each in running:
            assert each.stdout is not None
            listening.register(each.stdout, selectors.EVENT_READ, each)
        heard = {key.data for key, _ in listening.select()}
    return next(each for each in running if each in heard)


def spend_and_kill(
    ledger: Ledger, *, processes: int, kills: int, calls: int, unit: Literal["USD", "tokens"] = "USD"
) -> Spent:
    """Processes spend under a cap of so many calls; some die with a call billed, or while settling."""
    cap, killed, billed, most, mine = calls * WORST, 0, 0, 0, random.Random(1)
    place = 0 if unit == "USD" else 1
    if unit == "USD":
        ledger.set_cap(SCOPE, cap / NANO)
    else:
        ledger.set_token_cap(SCOPE, cap)

    def amounts() -> tuple[int, int]:
        found = ledger.account(SCOPE)
        return found.settled[place], found.reserved[place]

    with ExitStack() as ended:

        def spender(name: str) -> "subprocess.Popen[str]":
            command = [sys.executable, "-m", "tests.tasks.llm.spender", str(ledger.place), name]
            process = subprocess.Popen(command, cwd=CLONE, stdin=-1, stdout=-1, text=True)
            ended.enter_context(process)
            ended.callback(process.kill)
            return process

        running = [spender(f"first {each}") for each in range(processes)]
        heard = 0
        while running:
            process = first_that_speaks(running)
            running.remove(process)
            assert process.stdout is not None and process.stdin is not None
            line = process.stdout.readline().strip()
            if line == "full":
                continue
            billed += int(line)
            heard += 1
            most = max(most, sum(amounts()))
            due = killed < kills and (heard * kills * 2 > killed * calls or mine.random() < 0.1)
            if due and heard > processes:
                if mine.random() < 0.5:  # billed and not settled, or somewhere after it was told to settle
                    process.stdin.write("\n")
                    process.stdin.flush()
                process.kill()
                billed += sum(int(each) for each in process.stdout.read().split() if each != "full")
                killed += 1
                process = spender(f"successor {killed}")
            else:
                process.stdin.write("\n")
                process.stdin.flush()
            running.append(process)
    settled, reserved = amounts()
    return Spent(
        cap, billed, settled, reserved, max(most, settled + reserved), killed, ledger.by_model("run")[0][4]
    )
