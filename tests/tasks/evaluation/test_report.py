import json
from pathlib import Path

import pytest

from tasks.errors import IncompleteTable
from tasks.evaluation.intervals import wilson
from tasks.evaluation.report import (
    called_unsolvable,
    evaluation_rows,
    evaluation_table,
    unreadable_replies,
)
from tasks.records import Group, Result
from tests.tasks.one_shard import table


def result(candidate: str, group: Group, verdict: str, *tasks: str | None, number: int = 0) -> Result:
    decision = {"question": "q", "status": None if verdict == "unsure" else "Solved", "reason": ""}
    return Result(
        instruction_id=f"{number:016x}",
        group=group,
        candidate=candidate,
        candidate_model=f"{candidate}-model",
        method="CoT@1",
        rule="tooleval-pass-repaired-1",
        judge="rehearsal-strong",
        judge_kind="rehearsal",
        verdict=verdict,  # type: ignore[arg-type]
        votes=json.dumps([{"task_status": task, "decisions": [decision]} for task in tasks or (None,)]),
        answer="",
        finish_type=None,
        query_count=1,
        teacher_kind="rehearsal",
        environment="live",
    )


RESULTS = [
    result("student", "I1", "fail"),
    result("student", "I2", "unsure"),
    result("teacher", "I1", "pass"),
    result("teacher", "I1", "pass", "Unsolvable", "Unsolvable", "Solvable"),
    result("teacher", "I2", "fail", "Unsolvable", "Solvable", "Solvable"),
]


def test_each_candidate_has_a_row_for_all_and_one_for_each_of_its_groups() -> None:
    rows = evaluation_rows(RESULTS)
    assert [(row["candidate"], row["group"]) for row in rows] == [
        ("student", "all"),
        ("student", "I1"),
        ("student", "I2"),
        ("teacher", "all"),
        ("teacher", "I1"),
        ("teacher", "I2"),
    ]


def test_unsure_counts_as_not_passed_and_is_shown_apart() -> None:
    student, _, i2, teacher, *_ = evaluation_rows(RESULTS)
    assert (student["judged"], student["passed"], student["failed"], student["unsure"]) == (2, 0, 1, 1)
    assert (i2["pass_rate"], i2["unsure"]) == (0.0, 1)
    assert teacher["pass_rate"] == pytest.approx(2 / 3)
    assert (teacher["low"], teacher["high"]) == wilson(2, 3)
    assert (teacher["model"], teacher["method"]) == ("teacher-model", "CoT@1")


def test_passes_without_a_solution_are_counted() -> None:
    teacher = evaluation_rows(RESULTS)[3]
    assert (teacher["called_unsolvable"], teacher["passed_as_unsolvable"]) == (1, 1)


@pytest.mark.parametrize(
    ("tasks", "expected"),
    [
        ((None,), False),
        (("Unsolvable",), True),
        (("Unsolvable", "Solvable"), False),
        (("Unsolvable", "Unsolvable", None), True),
        (("Unsolvable", None, None), False),
    ],
)
def test_most_votes_call_a_task_unsolvable(tasks: tuple[str | None, ...], expected: bool) -> None:
    assert called_unsolvable(result("teacher", "I1", "pass", *tasks)) is expected


def test_unreadable_replies_are_counted() -> None:
    assert unreadable_replies(RESULTS) == 1


def test_no_results_make_no_rows() -> None:
    assert evaluation_rows([]) == []


def test_a_table_is_read_when_it_is_finished_or_when_a_part_will_do(tmp_path: Path) -> None:
    address = table(tmp_path / "r", "tooleval", {"results": (Result, RESULTS)}, finished=False)
    with pytest.raises(IncompleteTable):
        evaluation_table(address)
    assert evaluation_table(address, partial=True) == evaluation_rows(RESULTS)
