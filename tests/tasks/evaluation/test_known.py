from pathlib import Path

import pytest

from tasks.errors import ConfigurationError
from tasks.evaluation.known import load_known
from tasks.records import ExpectedFact
from tests.tasks.environment.tasks_made import line, written
from tests.tasks.evaluation.made import instruction, instructions_table


def digits(*values: int):
    """One task for each check digit, each of a call of its own."""
    return [
        line(
            f"s1-{number}",
            instruction=f"Which digit completes number {1000 + number}?",
            calls=[{"api": "sun-times/day-length", "arguments": {"latitude": number}}],
            facts=[{"path": "0.digit", "value": value, "kind": "number"}],
        )
        for number, value in enumerate(values)
    ]


def test_a_value_that_another_call_gives_as_well_cannot_be_checked(tmp_path: Path):
    known = load_known(str(written(tmp_path, *digits(7, 7, 5, 3))))
    assert [each.countable for each in known.tasks] == [False, False, True, True]
    assert known.tasks[0].loose == {"0.digit": "33% of the other calls give the same"}


def test_tasks_are_found_by_either_id(tmp_path: Path):
    known = load_known(str(written(tmp_path, line())))
    [task] = known.tasks
    assert known.by_id() == {"s1-000001": task, task.instruction.instruction_id: task}


def test_an_unsolvable_task_always_counts(tmp_path: Path):
    known = load_known(str(written(tmp_path, line(facts=[], calls=[], solvable=False, why="dead_api"))))
    assert [(each.countable, each.solvable) for each in known.tasks] == [(True, False)]
    assert known.tasks[0].apis == ("hub/sun-times/day-length",)


def test_instructions_of_a_table_are_known_by_their_facts(tmp_path: Path):
    from dataclasses import replace

    fact = ExpectedFact("0.sunrise", '"06:12"', "time", 60.0)
    rows = [replace(instruction(1), expected_facts=(fact,)), instruction(2)]
    known = load_known(instructions_table(tmp_path, rows))
    assert [each.countable for each in known.tasks] == [True, False]
    assert known.tasks[0].apis == rows[0].relevant_api_ids


def test_a_place_without_known_answers_is_refused_in_a_sentence(tmp_path: Path):
    with pytest.raises(ConfigurationError, match="says of no instruction what a right answer tells"):
        load_known(instructions_table(tmp_path, [instruction(1)]))
    queries = tmp_path / "queries.json"
    queries.write_text("[]")
    with pytest.raises(ConfigurationError, match="is a query file of ToolBench"):
        load_known(str(queries))
    with pytest.raises(ConfigurationError, match="cannot be read"):
        load_known(str(tmp_path / "absent.jsonl"))
