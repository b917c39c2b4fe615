from pathlib import Path

import pytest

from tasks.environment.hub_pages import read_page
from tasks.environment.tasks_file import is_tasks_file, read_tasks
from tasks.errors import ConfigurationError
from tasks.records import ExpectedFact
from tests.tasks.environment.tasks_made import DAY_LENGTH, SUNRISE, TOOL, line, offered, written


def test_a_line_becomes_an_instruction_with_its_facts(tmp_path: Path):
    [task] = read_tasks(written(tmp_path, line())).tasks
    instruction = task.instruction
    assert (instruction.source_id, instruction.group, instruction.solvable) == ("s1-000001", "I1", True)
    assert instruction.api_ids == ("hub/sun-times/sunrise", "hub/sun-times/day-length")
    assert instruction.relevant_api_ids == ("hub/sun-times/day-length",)
    assert instruction.expected_facts == (ExpectedFact("0.hours", "6.1", "number", 0.01, "hours"),)
    assert (task.call_api_ids, task.edges) == (("hub/sun-times/day-length",), 0)


def test_nobody_trains_on_tasks_whose_answers_are_known(tmp_path: Path):
    [task] = read_tasks(written(tmp_path, line())).tasks
    assert (task.instruction.split, task.instruction.teacher_kind) == ("test", "rehearsal")


def test_documents_are_those_that_a_crawl_would_make(tmp_path: Path):
    page = {**TOOL, "base_url": "http://127.0.0.1:9/api/sun-times", "apis": [SUNRISE, DAY_LENGTH]}
    crawled = read_page(page, "hub/sun-times", "http://127.0.0.1:9")
    assert read_tasks(written(tmp_path, line(), line("s1-000002"))).apis == crawled.apis


def test_a_task_that_cannot_be_solved_says_why(tmp_path: Path):
    unsolvable = line(facts=[], calls=[], solvable=False, why="missing_api")
    [task] = read_tasks(written(tmp_path, unsolvable)).tasks
    assert (task.instruction.solvable, task.instruction.unsolvable_reason) == (False, "missing_api")
    assert task.instruction.expected_facts == ()


def test_equal_instructions_under_two_ids_stay_two(tmp_path: Path):
    found = read_tasks(written(tmp_path, line(), line("s1-000002")))
    assert len({task.instruction.instruction_id for task in found.tasks}) == 2


def test_blank_lines_mean_nothing(tmp_path: Path):
    path = written(tmp_path, line())
    path.write_text(f"\n{path.read_text()}\n\n")
    assert len(read_tasks(path).tasks) == 1


def test_lines_are_told_from_a_query_file(tmp_path: Path):
    queries = tmp_path / "queries.jsonl"
    queries.write_text('  [{"query": "?"}]')
    assert is_tasks_file(written(tmp_path, line()))
    assert not is_tasks_file(queries)


@pytest.mark.parametrize(
    ("lines", "sentence"),
    [
        ((line(), line()), "line 2: the id s1-000001 occurs twice"),
        ((line(group="G1"),), "line 1 is no task: group: Input should be 'I1', 'I2' or 'I3'"),
        ((line(facts=[{"path": "0.x", "value": 1, "kind": "colour"}]),), "is no task: facts.0.kind"),
        ((line(apis=[]),), "offers no APIs"),
        ((line(instruction=" "),), "has no instruction"),
        ((line(apis=[offered({"slug": "x"})]),), "an API of the tool 'sun-times' cannot be read: name"),
        ((line(hub="ftp://x"),), "the tool 'sun-times' cannot be read"),
        ((line(), line("b", hub="http://127.0.0.1:8")), "is documented otherwise than in an earlier line"),
    ],
)
def test_a_mistake_is_a_sentence_that_names_the_line(tmp_path: Path, lines, sentence: str):
    path = written(tmp_path, *lines)
    with pytest.raises(ConfigurationError, match=sentence) as caught:
        read_tasks(path)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_what_is_no_json_and_what_is_absent_is_named(tmp_path: Path):
    path = tmp_path / "tasks.jsonl"
    with pytest.raises(ConfigurationError, match="cannot be read"):
        read_tasks(path)
    path.write_text('{"id":')
    with pytest.raises(ConfigurationError, match="line 1 is no JSON"):
        read_tasks(path)
