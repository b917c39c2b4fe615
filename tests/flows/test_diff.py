"""`foundry diff` as somebody types it."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from flows.__main__ import main
from tasks.records import Reject, Trajectory
from tests.tasks.examples import a_trajectory
from tests.tasks.storage.tables_made import a_table


def version(folder: Path, name: str, *numbers: int, finished: bool = True, stage: str = "annotate") -> str:
    table = a_table(str(folder / name), stage=stage)
    rows = [a_trajectory(number) for number in numbers]
    table.shard(0).publish({"trajectories": (Trajectory, rows), "rejects": (Reject, [])}, finished=finished)
    return table.address


def test_the_report_is_one_line_and_examples_go_to_stderr(tmp_path: Path) -> None:
    was, now = version(tmp_path, "v1", 1, 2), version(tmp_path, "v2", 2, 3)
    changes = tmp_path / "changes.jsonl"
    words = [sys.executable, "-m", "flows", "diff", was, now, "--changes", str(changes), "--json"]
    outcome = subprocess.run(words, capture_output=True, text=True, check=True)
    report = json.loads(outcome.stdout)
    assert len(outcome.stdout.splitlines()) == 1
    assert report["same"] is False
    assert report["members"]["trajectories"] | {"examples": []} == {
        "rows_a": 2, "rows_b": 2, "same": 1, "added": 1, "removed": 1, "changed": 0, "fields": {},
        "examples": [],
    }  # fmt: skip
    assert "removed trajectories 0000000000000001/DFS_woFilter_w2" in outcome.stderr
    assert [json.loads(line)["kind"] for line in changes.read_text().splitlines()] == ["removed", "added"]


@pytest.mark.parametrize(("other", "code"), [((1, 2), 0), ((1,), 1)])
def test_scripts_can_ask_for_an_exit_code(
    tmp_path: Path, other: tuple[int, ...], code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    was, now = version(tmp_path, "v1", 1, 2), version(tmp_path, "v2", *other)
    with pytest.raises(SystemExit) as ended:
        main(["diff", was, now, "--exit-code"])
    assert ended.value.code == code
    assert ("hold the same rows" in " ".join(capsys.readouterr().err.split())) is not bool(code)
    with pytest.raises(SystemExit) as ended:
        main(["diff", was, now])
    assert ended.value.code == 0


def test_mistakes_are_one_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    good, begun = version(tmp_path, "v1", 1), version(tmp_path, "v2", 1, finished=False)
    other = version(tmp_path, "r1", 1, stage="tooleval")
    for words, sentence in (
        ([good, other], "give two versions of one stage's table"),
        ([good, begun], "is not finished"),
        ([good, str(tmp_path / "none")], "holds no table"),
        ([good, good, "--changes", str(tmp_path / "no" / "folder")], "cannot be written"),
        ([good, good, "--examples", "-1"], "give 0 or more"),
    ):
        with pytest.raises(SystemExit) as ended:
            main(["diff", *words])
        said = capsys.readouterr().err
        assert ended.value.code == 2
        assert said.startswith("foundry: ") and sentence in said
        assert len(said.strip().splitlines()) == 1
