import json
from pathlib import Path

import pytest

from tasks.errors import ConfigurationError
from tasks.evaluation.check import check, try_attacks
from tests.tasks.environment.tasks_made import line, written

ROME = [{"path": "0.hours", "value": 9.2, "kind": "number"}]
TASKS = [
    line("a", instruction="How long is the day in Oslo?"),
    line("b", instruction="And in Rome?", group="I2", facts=ROME),
    line("c", instruction="And there?", facts=[], calls=[], solvable=False, why="missing_parameter"),
    line("d", instruction="Is it 1?", facts=[{"path": "0.x", "value": 1, "kind": "number"}]),
]


def judged(folder: Path, *answers: tuple[str, str]):
    path = folder / "answers.jsonl"
    path.write_text("".join(json.dumps({"id": name, "answer": text}) + "\n" for name, text in answers))
    return check(str(written(folder, *TASKS)), str(path))


def test_rates_are_told_over_all_and_by_what_tasks_are(tmp_path: Path):
    report, _ = judged(
        tmp_path, ("a", "6.1 hours"), ("b", "8 hours"), ("c", "Where do you mean?"), ("d", "1")
    )
    assert (report["tasks"], report["judged"], report["correct"], report["not_checkable"]) == (4, 3, 2, 1)
    assert report["low"] < report["rate"] == 2 / 3 < report["high"]
    assert {key: row["correct"] for key, row in report["by_group"].items()} == {"I1": 2, "I2": 0}
    assert {key: row["judged"] for key, row in report["by_solvable"].items()} == {"no": 1, "yes": 2}
    assert {key: row["judged"] for key, row in report["by_calls"].items()} == {"1": 2}
    assert {key: row["judged"] for key, row in report["by_edges"].items()} == {"0": 2}
    assert report["by_api"]["hub/sun-times/day-length"]["judged"] == 3
    assert report["wrong_facts"] == {"missing": 1}


def test_what_is_not_answered_is_wrong(tmp_path: Path):
    report, verdicts = judged(tmp_path, ("a", " "))
    assert (report["judged"], report["correct"], report["unanswered"]) == (3, 0, 3)
    assert [each.answered for each in verdicts] == [False] * 4


def test_a_verdict_says_why(tmp_path: Path):
    _, verdicts = judged(tmp_path, ("a", "It is not 6.1 hours."), ("b", "9.2"))
    first, second, third, fourth = (each.row() for each in verdicts)
    assert first["findings"] == [
        {"path": "0.hours", "outcome": "denied", "reason": "6.1 hours is denied or doubted"}
    ]
    assert (first["correct"], second["correct"], third["correct"], fourth["correct"]) == (
        False,
        True,
        False,
        None,
    )


def test_answers_to_other_tasks_are_a_mistake(tmp_path: Path):
    with pytest.raises(ConfigurationError, match="not among the tasks, such as z"):
        judged(tmp_path, ("z", "5"))


def test_the_judge_itself_is_tried(tmp_path: Path):
    report = try_attacks(str(written(tmp_path, *TASKS)), seed=1)
    assert report["tried"] > 10
    assert report["accepted"] == 0
    assert report["by_api"]["hub/sun-times/day-length"]["tried"] > 10
