"""`foundry show` as somebody types it."""

from pathlib import Path

import pytest

from flows.__main__ import main
from tasks.records import Checkpoint, Trajectory
from tests.tasks.evaluation.made import SOLVED, checkpoint, instruction, trajectory
from tests.tasks.one_shard import table
from tests.tasks.storage.tables_made import a_table


def shown(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    with pytest.raises(SystemExit) as ended:
        main(["show", *words])
    assert ended.value.code == 0
    return capsys.readouterr().out


def test_the_first_rows_of_an_unfinished_table_are_shown(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made = a_table(str(tmp_path / "v1"), shards=2)
    rows = [trajectory(instruction(number), SOLVED) for number in range(8)]
    made.shard(0).publish({"trajectories": (Trajectory, rows)}, finished=True)
    said = shown(capsys, made.address)
    assert "1 of 2 shards open" in said and "trajectories: 8 rows" in said
    assert rows[4].trajectory_id in said and rows[5].trajectory_id not in said
    assert rows[7].final_answer in shown(capsys, made.address, "--id", rows[7].trajectory_id)


def test_of_a_model_the_number_of_its_files_is_shown(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "model"
    folder.mkdir()
    for name in ("config.json", "weights"):
        folder.joinpath(name).write_text(name)
    members = {"checkpoints": (Checkpoint, [checkpoint()])}
    address = table(tmp_path / "v1", "finetune", members, folders={"model": folder})
    said = shown(capsys, address)
    assert "checkpoints: 1 rows" in said and "model: 2 files" in said
