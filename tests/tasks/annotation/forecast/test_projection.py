"""What an annotation is coming to, and when its solved instructions are dear."""

from pathlib import Path
from typing import Any

import pytest

from tasks.annotation.forecast.projection import LEAST_DONE, Projection, per_solved_alerts
from tasks.records import Reject, Spend, Trajectory
from tasks.storage.carrying import CARRIED, carry
from tasks.storage.commits import PartFile
from tasks.storage.table import Table
from tests.tasks.examples import a_trajectory
from tests.tasks.storage.tables_made import a_manifest, a_table


def publish(table: Table, shard: int, solved: int, usd: float, unsolved: int = 0, rejects: int = 0) -> None:
    rows = [a_trajectory(100 * shard + n, win=n < solved) for n in range(solved + unsolved)]
    spent = Spend(table.manifest.run_id, "annotate", shard, "m", 1, 10, 0, 0, 5, round(usd * 1e9))
    out = [Reject("annotate", f"{shard}-{n}", "context", "") for n in range(rejects)]
    members = {"trajectories": (Trajectory, rows), "rejects": (Reject, out), "spend": (Spend, [spent])}
    table.shard(shard).publish(members, finished=True)


def planned(address: Path, *counts: int, created: str = "2026-11-21T00:00:00+00:00") -> Table:
    return a_table(
        str(address), plan=tuple({"first": 0, "count": count} for count in counts), created=created
    )


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("FOUNDRY_ROOT", str(tmp_path))
    return tmp_path


def delta_of(earlier: Table, address: Path, count: int) -> Table:
    """All rows of the earlier version, and a shard of its own."""
    plan = (CARRIED, {"first": 0, "count": count})
    made = a_manifest(
        decides={"model": "m", "n": str(address)}, plan=plan, format=2, created="2026-11-29T00:00:00+00:00"
    )
    table = Table.create_or_continue(str(address), made)
    carry(table, earlier, {"trajectories": lambda row: True}, [])
    return table


def test_the_whole_is_projected_from_the_mean_of_what_is_published(root: Path) -> None:
    table = planned(root / "trajectories/v1", LEAST_DONE, 60)
    assert Projection(table).usd() is None, "nothing is published and nothing was forecast"
    publish(table, 0, solved=12, unsolved=5, rejects=3, usd=2.0)
    assert Projection(table).usd() == pytest.approx(2.0 / 20 * 80)


def test_a_few_instructions_tell_nothing_yet(root: Path) -> None:
    table = planned(root / "trajectories/v1", LEAST_DONE - 1, 60)
    publish(table, 0, solved=LEAST_DONE - 1, usd=2.0)
    assert Projection(table).usd() is None


def test_of_the_spend_only_what_is_new_is_read_again(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    table = planned(root / "trajectories/v1", LEAST_DONE, LEAST_DONE, 60)
    read: list[str] = []
    values_of = Table.values_of

    def counted(self: Table, record: type[Any], part: PartFile, column: str) -> list[Any]:
        read.append(part.key)
        return values_of(self, record, part, column)

    monkeypatch.setattr(Table, "values_of", counted)
    projection = Projection(table)
    for shard, expected in ((0, 2.0 / 20 * 100), (1, 8.0 / 40 * 100)):
        publish(table, shard, solved=20, usd=2.0 + 4.0 * shard)
        for _ in range(3):
            assert projection.usd() == pytest.approx(expected)
    assert len(read) == 2, "a run of four hundred shards has tens of thousands of them"


def test_what_was_carried_over_is_neither_done_nor_planned(root: Path) -> None:
    first = planned(root / "trajectories/v1", 30)
    publish(first, 0, solved=30, usd=3.0)
    delta = delta_of(first, root / "trajectories/v2", 40)
    assert Projection(delta).usd() is None, "thirty carried rows are no experience of this run's"
    publish(delta, 1, solved=20, unsolved=20, usd=8.0)
    assert Projection(delta).usd() == pytest.approx(8.0)


def test_solved_instructions_are_dear_at_twice_those_of_earlier_runs(root: Path) -> None:
    for number, usd in enumerate((1.0, 1.2, 0.9), start=1):
        publish(planned(root / f"trajectories/v{number}", 10), 0, solved=10, usd=usd)
    cheap = planned(root / "trajectories/v4", 10, created="2026-11-28T00:00:00+00:00")
    publish(cheap, 0, solved=10, unsolved=9, usd=1.9)
    assert per_solved_alerts(cheap.address) == []
    dear = planned(root / "trajectories/v5", 10, created="2026-11-29T00:00:00+00:00")
    publish(dear, 0, solved=5, usd=1.1)
    (alert,) = per_solved_alerts(dear.address)
    assert alert.kind == "per_solved" and alert.figures["usd_per_solved"] == pytest.approx(0.22)


def test_carried_answers_make_a_delta_run_no_cheaper(root: Path) -> None:
    for number in (1, 2, 3):
        publish(planned(root / f"trajectories/v{number}", 10), 0, solved=10, usd=1.0)
    delta = delta_of(Table.open(str(root / "trajectories/v3")), root / "trajectories/v4", 2)
    publish(delta, 1, solved=2, usd=0.5)
    (alert,) = per_solved_alerts(delta.address)
    assert alert.figures["usd_per_solved"] == pytest.approx(0.25)


def test_what_answered_nothing_has_no_price(root: Path) -> None:
    table = planned(root / "trajectories/v1", 3)
    publish(table, 0, solved=0, unsolved=3, usd=1.0)
    assert per_solved_alerts(table.address) == []
