"""A process that spends, for tests that kill: `python -m tests.tasks.llm.spender LEDGER NAME`.

Calls a provider that is a line on stdout: what is said has been billed. Settles when it hears a line, so that
whoever starts it decides when it may be killed. Says `full` and ends when the cap is reached.
"""

import random
import sys
import time

from tasks.llm.accounts import CallKey, Refusal
from tasks.llm.ledger import Ledger
from tasks.llm.protocol import Usage

WORST = 1_000
"""nano-USD reserved a call, and as many tokens."""


def main(ledger_path: str, name: str) -> None:
    ledger, mine = Ledger(ledger_path), random.Random(name)
    ordinal = 0
    while True:
        key = CallKey("run", "annotate", 0, "/t/v1", name, "m", "request", ordinal)
        outcome = ledger.reserve(key, WORST, "test", WORST)
        if isinstance(outcome, Refusal):
            if outcome.reserved == 0:
                print("full", flush=True)
                return
            time.sleep(0.005)
            continue
        cost = mine.randint(0, WORST)
        print(cost, flush=True)
        sys.stdin.readline()
        ledger.settle(outcome.call_id, Usage(uncached=cost), cost, 0.0, "ok")
        ordinal += 1


if __name__ == "__main__":
    main(*sys.argv[1:])
