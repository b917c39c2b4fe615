"""What is settled and reserved never passes a cap, whoever races or dies."""

import random
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Literal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tasks.llm.accounts import Refusal, Reservation
from tasks.llm.ledger import NANO, Ledger
from tasks.llm.protocol import Usage
from tests.postgres import looking
from tests.tasks.llm.killing import spend_and_kill
from tests.tasks.llm.ledger.calling import STAGE, amounts, key, today
from tests.tasks.llm.spender import WORST


@settings(max_examples=15, suppress_health_check=list(HealthCheck))
@given(
    acts=st.lists(
        st.one_of(
            st.tuples(st.just("reserve"), st.integers(0, 400)),
            st.tuples(st.just("settle"), st.integers(0, 500)),
            st.tuples(st.just("cap"), st.integers(0, 2000)),
        ),
        max_size=25,
    )
)
def test_sums_agree_with_rows_to_the_nano_and_no_reservation_passes_the_cap(
    acts: list[tuple[str, int]], place: Path | str
) -> None:
    ledger, open_calls = Ledger(place), []
    run = f"r{random.random()}"  # each example has a stage of its own
    stage, cap = f"run:{run}/annotate", 1000
    ledger.set_cap(stage, cap / NANO)
    ledger.forget_factor("m")
    for act, amount in acts:
        if act == "cap":
            cap = amount
            ledger.set_cap(stage, cap / NANO)
        elif act == "reserve":
            before = sum(ledger.spent(stage)[:2])
            outcome = ledger.reserve(key(run=run, ordinal=amount), amount, "test")
            worst = outcome.worst if isinstance(outcome, Reservation) else outcome.wanted
            assert worst >= amount
            assert isinstance(outcome, Refusal) == (amount > 0 and before + worst > cap)
            if isinstance(outcome, Reservation):
                open_calls.append(outcome.call_id)
        elif open_calls:
            ledger.settle(open_calls.pop(amount % len(open_calls)), Usage(uncached=1), amount, 0.0, "ok")
        assert sum(ledger.spent(stage)[:2]) == ledger_of(ledger, run)
        assert {ledger.spent(scope)[:2] for scope in (f"run:{run}", stage)} == {ledger.spent(stage)[:2]}
        assert sum(row[-1] for row in ledger.by_model(run)) == ledger_of(ledger, run)
    assert ledger.spent(today())[:2] == amounts(place)
    ledger.close()


def ledger_of(ledger: Ledger, run: str) -> int:
    with looking(ledger.place) as rows:
        found = rows(
            "SELECT SUM(CASE state WHEN 'settled' THEN cost ELSE reserved END) FROM calls WHERE run=?", run
        )
    return int(found[0][0] or 0)


def test_threads_may_share_a_ledger(ledger: Ledger) -> None:
    ledger.set_cap(STAGE, 100 * 10 / NANO)
    together = threading.Barrier(8)

    def spend(who: int) -> int:
        together.wait()
        spent = 0
        for ordinal in range(30):
            outcome = ledger.reserve(key(str(who), ordinal), 10, "test")
            if isinstance(outcome, Reservation):
                ledger.settle(outcome.call_id, Usage(), 10, 0.0, "ok")
                spent += 10
        return spent

    with ThreadPoolExecutor(8) as threads:
        assert sum(threads.map(spend, range(8))) == 1000
    assert ledger.spent(STAGE) == (1000, 0, 1000)


@pytest.mark.parametrize("unit", ["USD", "tokens"])
def test_eight_processes_and_their_killed_successors_never_pass_the_cap(
    ledger: Ledger, unit: Literal["USD", "tokens"]
) -> None:
    found = spend_and_kill(ledger, processes=8, kills=6, calls=120, unit=unit)
    assert found.kills == 6
    assert found.most <= found.cap, "looked at after every call"
    assert found.reserved == 0, "the last refusal came with nothing in flight"
    assert found.billed <= found.settled <= found.cap, "what a provider has billed is in the ledger"
    assert found.settled > found.cap - WORST, "and the cap is used up to less than one call"
    assert 0 < ledger.by_model("run")[0][4] <= found.kills
    assert (ledger.spent("run:run/annotate")[:2]) == amounts(ledger.place)
