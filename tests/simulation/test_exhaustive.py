"""Every interleaving of a small world keeps the promises, and finds every planted bug."""

import pytest

from tests.simulation.bugs import PLANTED, SLOW
from tests.simulation.exhaustive import Bounds, explore
from tests.simulation.world import Broken

ONE_FAULT = Bounds(faults=1)
TWO_ROWS = Bounds(units=2, faults=1)
SWEPT = Bounds(workers=1, pauses=1, faults=0, sweeper=True)
LONG = Bounds(workers=1, pauses=2, faults=0, sweeper=True)


def test_two_workers_on_one_shard_keep_every_promise_in_every_order_whatever_fails() -> None:
    found = explore(ONE_FAULT)
    assert found.states > 20_000 and found.ends > 500


def test_a_cap_of_one_call_is_held_in_every_order() -> None:
    assert explore(Bounds(faults=0, cap=1)).ends > 1
    assert explore(Bounds(faults=0, cap_tokens=1)).ends > 1


def test_a_sweeper_takes_nothing_that_is_or_will_be_committed() -> None:
    assert explore(SWEPT).ends > 10


@pytest.mark.parametrize("bug", PLANTED)
def test_a_planted_bug_is_found(bug: str) -> None:
    with pytest.raises(Broken):
        explore(TWO_ROWS, PLANTED[bug])


@pytest.mark.parametrize("bug", SLOW)
def test_a_planted_bug_that_needs_hours_is_found(bug: str) -> None:
    with pytest.raises(Broken, match="is committed and not there"):
        explore(LONG, SLOW[bug])
