"""`foundry check` as somebody types it."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from flows.__main__ import main
from tests.tasks.environment.tasks_made import line, written


def answers(folder: Path, *lines: dict[str, str]) -> str:
    path = folder / "answers.jsonl"
    path.write_text("".join(f"{json.dumps(each)}\n" for each in lines))
    return str(path)


def test_the_report_is_one_line_and_the_table_goes_to_stderr(tmp_path: Path) -> None:
    tasks = written(tmp_path, line("a"), line("b", facts=[], calls=[], solvable=False, why="missing_api"))
    given = answers(tmp_path, {"id": "a", "answer": "6.1 h"}, {"id": "b", "answer": "About 6 hours."})
    verdicts = tmp_path / "verdicts.jsonl"
    words = [
        *(sys.executable, "-m", "flows", "check", "--instructions", str(tasks), "--answers", given),
        *("--verdicts", str(verdicts), "--json"),
    ]
    outcome = subprocess.run(words, capture_output=True, text=True, check=True)
    report = json.loads(outcome.stdout)
    assert (report["judged"], report["correct"]) == (2, 1)
    assert len(outcome.stdout.splitlines()) == 1
    assert "Right answers" in outcome.stderr
    assert [json.loads(each)["correct"] for each in verdicts.read_text().splitlines()] == [True, False]


def test_the_judge_itself_can_be_tried(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["check", "--instructions", str(written(tmp_path, line("a"))), "--attack", "--json"])
    assert ended.value.code == 0
    report = json.loads(capsys.readouterr().out)
    assert report["tried"] > 0
    assert report["accepted"] == 0


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ([], "give --answers to judge answers, or --attack"),
        (["--answers", "x.jsonl", "--attack"], "give --answers to judge answers, or --attack"),
        (["--answers", "absent.jsonl"], "cannot be read"),
    ],
)
def test_a_mistake_is_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], more: list[str], sentence: str
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["check", "--instructions", str(written(tmp_path, line("a"))), *more])
    said = capsys.readouterr().err
    assert ended.value.code == 2
    assert sentence in said
    assert len(said.strip().splitlines()) == 1


def test_help_teaches_the_form_of_answers(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["check", "--help"])
    said = capsys.readouterr().out
    assert "instruction_id" in said
    assert "--attack" in said
