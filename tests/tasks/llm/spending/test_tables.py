import os
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pyarrow.parquet as pq
import pytest

from tasks.errors import AddressError
from tasks.llm.spending import tables
from tasks.llm.spending.calls import PUBLISHED
from tasks.records import Result, Spend, Trajectory
from tasks.storage.manifest import Manifest
from tasks.storage.table import Table
from tests.tasks.examples import a_trajectory


def a_table(place: Path, stage: str, members: dict, inputs: dict[str, str] | None = None) -> str:
    manifest = Manifest(
        stage=stage, run_id="r9", parameters={}, decides={}, inputs=inputs or {}, seed=1, code_version="1",
        plan=({},), schema_versions={},
    )  # fmt: skip
    table = Table.create_or_continue(str(place), manifest)
    table.shard(0).publish(members, finished=True)
    return table.address


def spend(cost: int) -> Spend:
    return Spend("r9", "annotate", 0, "m", 3, 100, 50, 0, 10, cost)


def a_result(number: int, verdict: str) -> Result:
    return Result(
        f"{number:016x}", "I1", "teacher", "m", "DFSDT", "repaired/1", "j", "model", verdict, "[]", "", None,
        1, "model", "live",
    )  # type: ignore[arg-type]  # fmt: skip


def test_tables_are_found_below_a_root_and_nothing_else(tmp_path: Path) -> None:
    address = a_table(tmp_path / "demo" / "trajectories" / "v1", "annotate", {"spend": (Spend, [spend(1)])})
    (tmp_path / "demo" / "notes").mkdir()
    assert tables.tables_below(str(tmp_path)) == [address]
    assert tables.tables_below(str(tmp_path / "missing")) == []


def test_a_folder_that_cannot_be_looked_into_is_noted_and_passed_over(tmp_path: Path) -> None:
    root = tmp_path
    while (left := 3_900 - len(str(root))) > 1:  # near the longest path of the system, which binds root too
        root /= "d" * min(200, left - 1)
    root.mkdir(parents=True)
    address = a_table(root / "t", "annotate", {"spend": (Spend, [spend(1)])})
    parent = os.open(root, os.O_RDONLY)
    os.mkdir("x" * 250, dir_fd=parent)
    os.close(parent)
    assert tables.survey(str(root)) == ([address], [f"{root}/{'x' * 250}"])


def test_spend_of_another_host_is_counted_from_its_table(tmp_path: Path) -> None:
    mine = a_table(tmp_path / "a", "annotate", {"spend": (Spend, [spend(5)])})
    other = a_table(tmp_path / "b", "annotate", {"spend": (Spend, [spend(7)])})
    rows, said = tables.elsewhere([mine, other], known=[mine])
    assert rows["cost"].to_pylist() == [7]
    assert rows["status"].to_pylist() == [PUBLISHED]
    assert said == []


def test_a_table_that_cannot_be_read_is_one_sentence_and_the_others_stand(tmp_path: Path) -> None:
    good = a_table(tmp_path / "a", "annotate", {"spend": (Spend, [spend(5)])})
    bad = a_table(tmp_path / "b", "annotate", {"spend": (Spend, [spend(5)])})
    next((tmp_path / "b").rglob("part-*.parquet")).write_bytes(b"no parquet")
    rows, said = tables.elsewhere([good, bad], known=[])
    assert rows["cost"].to_pylist() == [5]
    assert len(said) == 1
    assert "damaged" in said[0]


def test_answers_are_counted_without_reading_the_trees(tmp_path: Path) -> None:
    rows = [a_trajectory(number, win=number % 3 == 0) for number in range(9)]
    address = a_table(
        tmp_path / "t", "annotate", {"trajectories": (Trajectory, rows), "spend": (Spend, [spend(4)])}
    )
    found = tables.made(address)
    assert (found.paths, found.answered, found.published, found.run) == (9, 3, 4, "r9")
    for part in (tmp_path / "t" / "data" / "trajectories").rglob("*.parquet"):
        part.write_bytes(b"x")
    with pytest.raises(AddressError, match="damaged"):
        tables.made(address)


def test_a_part_that_was_counted_is_not_opened_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [a_trajectory(number, win=number < 2) for number in range(3)]
    members = {"trajectories": (Trajectory, rows), "spend": (Spend, [spend(4)])}
    address = a_table(tmp_path / "t", "annotate", members)
    opened: list[Path] = []

    def counted(path: Path) -> Any:
        opened.append(path)
        return pq.ParquetFile(path)

    monkeypatch.setattr("tasks.llm.spending.tables.pq", SimpleNamespace(ParquetFile=counted))
    for _ in range(3):
        found = tables.made(address)
        assert (found.answered, found.published) == (2, 4)
    assert len(opened) == 2


def test_verdicts_on_the_teacher_are_counted_by_rule(tmp_path: Path) -> None:
    rows = [a_result(number, "pass" if number else "fail") for number in range(4)]
    address = a_table(
        tmp_path / "r", "tooleval", {"results": (Result, rows)}, {"trajectories": "/t/trajectories/v1"}
    )
    assert tables.judged(address) == [tables.Judged("/t/trajectories/v1", "repaired/1", 4, 3)]
