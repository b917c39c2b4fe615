import json
from dataclasses import replace
from pathlib import Path

import pytest

from tasks.errors import ConfigurationError
from tasks.evaluation.given import Given, by_task, load_given
from tasks.storage.table import Table
from tests.tasks.evaluation.made import GAVE_UP, SOLVED, instruction, trajectories_table, trajectory


def answers(folder: Path, *lines: object) -> str:
    path = folder / "answers.jsonl"
    path.write_text("".join(f"{json.dumps(each)}\n" for each in lines))
    return str(path)


def test_lines_name_what_they_answer_by_either_id(tmp_path: Path):
    place = answers(
        tmp_path,
        {"instruction_id": "00ff", "answer": "6.1 hours"},
        {"id": "s1-000002", "answer": None},
        {"id": 3, "answer": "Done.", "state": {"cart": {"lines": []}}},
    )
    assert load_given(place) == [
        Given("00ff", "6.1 hours"),
        Given("s1-000002", ""),
        Given("3", "Done.", '{"cart":{"lines":[]}}'),
    ]


def test_trajectories_are_answers_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    solved, gave_up = (trajectory(instruction(n), replies) for n, replies in ((1, SOLVED), (2, GAVE_UP)))
    place = trajectories_table(tmp_path, [replace(solved, end_state='{"cart":{}}'), gave_up])
    monkeypatch.delattr(Table, "records")  # all trees at once may not fit into memory
    first, second = load_given(place)
    assert (first.named, first.end_state, first.gave_up) == (solved.instruction_id, '{"cart":{}}', False)
    assert first.answer == solved.final_answer != ""
    assert (second.answer, second.end_state, second.gave_up) == ("", None, True)


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ({"answer": "x"}, "line 1 is no answer"),
        ({"id": "a"}, "line 1 is no answer"),
        ([1], "line 1 is no answer"),
        ({"id": True, "answer": "x"}, "line 1 is no answer"),
        ({"id": "a", "answer": 5}, "the answer must be text"),
        ({"id": "a", "answer": "x", "state": []}, "the state must be a JSON object"),
    ],
)
def test_a_malformed_line_is_named(tmp_path: Path, line: object, sentence: str):
    with pytest.raises(ConfigurationError, match=sentence):
        load_given(answers(tmp_path, line))


def test_an_id_answered_twice_is_refused(tmp_path: Path):
    with pytest.raises(ConfigurationError, match="answers a twice"):
        load_given(answers(tmp_path, {"id": "a", "answer": "1"}, {"id": "a", "answer": "2"}))


def test_answers_to_other_tasks_are_refused():
    with pytest.raises(
        ConfigurationError, match="answers 1 instructions that are not among the tasks, such as b"
    ):
        by_task([Given("a", ""), Given("b", "")], {"a": 1}, "answers.jsonl")


def test_what_cannot_be_read_is_named(tmp_path: Path):
    with pytest.raises(ConfigurationError, match="cannot be read"):
        load_given(str(tmp_path / "absent.jsonl"))
    path = tmp_path / "answers.jsonl"
    path.write_text("{")
    with pytest.raises(ConfigurationError, match="line 1 is no JSON"):
        load_given(str(path))
