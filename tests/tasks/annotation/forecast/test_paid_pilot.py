"""A paid pilot of a run of many shards: a few instructions, each in a shard of its own."""

from collections.abc import Collection
from pathlib import Path
from typing import Any

import pytest

from tasks.annotation.forecast import searches
from tasks.annotation.forecast.costs import Searched
from tasks.annotation.forecast.pilots import _stretch
from tasks.records import Trajectory
from tasks.storage.stage import Silent
from tasks.storage.table import Table
from tests.tasks.evaluation.made import instruction
from tests.tasks.examples import a_trajectory
from tests.tasks.storage.tables_made import a_table

SHARDS, SIZE = 40, 5
EVERY = [instruction(number) for number in range(SHARDS * SIZE)]


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Numbers of the shards that were searched."""
    found: list[int] = []

    def annotate_shard(address: str, number: int, progress: Any, only: Collection[str]) -> None:
        found.append(number)
        rows = [a_trajectory(number, instruction_id=each) for each in sorted(only)]
        Table.open(address).shard(number).publish({"trajectories": (Trajectory, rows)}, finished=False)

    monkeypatch.setattr(searches, "annotate_shard", annotate_shard)
    return found


def test_only_shards_that_hold_one_of_the_pilot_are_opened(tmp_path: Path, opened: list[int]) -> None:
    plan = tuple({"first": first, "count": SIZE} for first in range(0, len(EVERY), SIZE))
    table = a_table(str(tmp_path / "v1"), plan=plan)
    drawn = {EVERY[place].instruction_id for place in (3, 77, 78)}
    took = searches.search_paid(table.address, EVERY, drawn, Silent())
    assert opened == [0, 15] and [len(ids) for ids, _ in took] == [1, 2]
    assert set().union(*(ids for ids, _ in took)) == drawn
    assert searches.search_paid(table.address, EVERY, drawn, Silent()) == [], "they are published"


def row(busy_s: float) -> Searched:
    return Searched("i", "I1", "", 0, 0, 1, 0, 0, 0, 0, 0, busy_s)


def test_shards_that_are_searched_one_after_the_other_are_compared_with_just_that() -> None:
    apart = [([row(10.0)], 11.0)] * 20
    assert _stretch(apart, at_once=8) == pytest.approx(1.1)
    assert _stretch([([row(10.0)] * 16, 22.0)], at_once=8) == pytest.approx(1.1)
    assert _stretch([], at_once=8) == 1.0
