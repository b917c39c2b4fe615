"""`foundry export` of trajectories that need not fit into memory."""

from pathlib import Path
from typing import Any

import orjson
import pytest

from flows.__main__ import main
from tasks.records import Trajectory
from tasks.storage.table import Table
from tests.tasks.evaluation.made import SOLVED, instruction, trajectory
from tests.tasks.storage.tables_made import a_table


@pytest.fixture
def address(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Of two shards; all rows at once are refused."""
    table = a_table(str(tmp_path / "trajectories/v1"), shards=2)
    for shard in table.shards:
        split = "test" if shard else "train"
        rows = [trajectory(instruction(3 * shard + row, split), SOLVED) for row in range(3)]
        table.shard(shard).publish({"trajectories": (Trajectory, rows)}, finished=True)

    def at_once(*given: Any) -> None:
        raise MemoryError

    monkeypatch.setattr(Table, "records", at_once)
    return table.address


def export(*words: str) -> int:
    with pytest.raises(SystemExit) as ended:
        main(["export", *words])
    return int(str(ended.value.code or 0))


@pytest.mark.parametrize(("split", "numbers"), [("train", [0, 1, 2]), ("all", range(6))])
def test_conversations_are_written_as_they_are_read(
    address: str, tmp_path: Path, split: str, numbers: range, capsys: pytest.CaptureFixture[str]
) -> None:
    to = tmp_path / "conversations.jsonl"
    assert export("openai-messages", address, str(to), "--split", split) == 0
    lines = [orjson.loads(line) for line in to.read_bytes().splitlines()]
    asked = [line["messages"][1]["content"] for line in lines]
    assert all(instruction(number).text in text for number, text in zip(numbers, asked, strict=True))
    assert f"{len(lines)} conversations of {len(lines)} trajectories" in capsys.readouterr().err


def test_answer_files_are_written_as_they_are_read(address: str, tmp_path: Path) -> None:
    assert export("toolbench", address, str(tmp_path / "answers")) == 0
    assert len(list((tmp_path / "answers").iterdir())) == 6


def test_an_unfinished_table_makes_no_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    table = a_table(str(tmp_path / "v1"), shards=2)
    assert export("toolbench", table.address, str(tmp_path / "answers")) == 2
    assert "is not finished" in capsys.readouterr().err and not (tmp_path / "answers").exists()
