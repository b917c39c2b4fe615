"""Random interleavings of four workers over eight shards: a share here, all with `make simulate`."""

import pytest

from tasks.llm.accounts import Process
from tests.simulation.bugs import PLANTED
from tests.simulation.interleavings import Setting, run
from tests.simulation.worker import REAL, Machines
from tests.simulation.world import Broken

SHARE = 500
FOUR_BY_EIGHT = Setting()


def broken_by(machines: Machines, setting: Setting = FOUR_BY_EIGHT, seeds: int = 200) -> str:
    for seed in range(seeds):
        try:
            run(seed, setting, machines)
        except Broken as broken:
            return str(broken)
    return ""


def test_four_workers_over_eight_shards_keep_every_promise() -> None:
    steps = sum(run(seed) for seed in range(SHARE))
    assert steps > 200 * SHARE


@pytest.mark.parametrize("bug", PLANTED)
def test_a_planted_bug_is_found(bug: str) -> None:
    assert broken_by(PLANTED[bug])


def test_a_sweeper_that_waits_for_no_age_is_found() -> None:
    assert "is committed and not there" in broken_by(REAL, Setting(sweep_age_s=0.0))


def test_a_seed_is_one_run() -> None:
    with pytest.raises(Broken) as first:
        run(0, machines=PLANTED["settle before call"])
    with pytest.raises(Broken) as again:
        run(0, machines=PLANTED["settle before call"])
    assert str(first.value) == str(again.value)


def test_attempts_of_two_lives_never_share_a_name() -> None:
    names = {REAL.attempt(Process("a", pid, str(life)), 1) for pid in range(4) for life in range(20)}
    assert len(names) == 80
