"""The stage with a student: served, examined, judged like the teacher."""

import dataclasses
import json
from pathlib import Path
from typing import Any

import pytest

from tasks.errors import ConfigurationError, ModelOverloaded
from tasks.evaluation import student
from tasks.evaluation.stage import Parameters, plan, run, run_shard
from tasks.llm.ledger import open_ledger, summary
from tasks.llm.openai_compatible import OpenAICompatible
from tasks.records import Call, Reject, Spend, Trajectory
from tasks.storage.lineage import lineage
from tasks.storage.stage import Silent
from tasks.storage.table import Table
from tests.tasks.evaluation.evaluated import HELD_OUT, JUDGE, failing_after, rows_of
from tests.tasks.evaluation.made import (
    API,
    SORRY,
    Served,
    instructions_table,
    student_table,
    sunrise_api,
    trajectories_table,
    trajectory,
)


@pytest.fixture
def student_tables(tmp_path: Path, rehearsal: str, almanac: Served, scripted_student: Path) -> dict[str, Any]:
    """Three held-out instructions that a scripted student solves."""
    files = tmp_path / "files"
    files.mkdir()
    (files / "model.safetensors").write_bytes(b"weights")
    return {
        "instructions": instructions_table(tmp_path, HELD_OUT[:3], sunrise_api(almanac.url)),
        "student": student_table(tmp_path, files),
        "results": str(tmp_path / "results"),
        "judge": JUDGE,
    }


def test_a_student_is_served_examined_and_judged_like_the_teacher(
    student_tables: dict[str, Any], tmp_path: Path, almanac: Served, scripted_student: Path
) -> None:
    teachers = [trajectory(each, SORRY) for each in HELD_OUT[:3]]
    trajectories = trajectories_table(tmp_path, teachers)
    report = run(Parameters(**student_tables, trajectories=trajectories), Silent())
    assert (report.figures["student_passed"], report.figures["student_judged"]) == (3, 3)
    assert (report.figures["teacher_passed"], report.figures["teacher_judged"]) == (0, 3)
    assert almanac.asked == ["Lima"] * 3
    theirs = [row for row in rows_of(report.address) if row.candidate == "student"]
    assert {row.candidate_model for row in theirs} == {"student-made"}
    assert {row.answer for row in theirs} == {"The sun rises at 06:12 in Lima."}
    assert {(row.method, row.teacher_kind, row.environment) for row in theirs} == {
        ("CoT@1", "rehearsal", "live")
    }
    requests = [json.loads(line) for line in scripted_student.read_text().splitlines()]
    assert len(requests) == 6
    assert {request["model"] for request in requests} == {"student-made"}
    assert any("the student has 1,200,000 parameters" in note for note in report.notes)
    assert not any("passes about nothing" in note for note in report.notes)


def test_the_student_s_trees_and_calls_are_published_with_its_results(
    student_tables: dict[str, Any],
) -> None:
    table = Table.open(run(Parameters(**student_tables), Silent()).address)
    trees = table.records(Trajectory, "trajectories")
    assert sorted((tree.instruction_id, tree.method, tree.win) for tree in trees) == [
        (each.instruction_id, "CoT@1", True) for each in HELD_OUT[:3]
    ]
    calls = table.records(Call, "calls")
    assert sum(call.kind == "api" for call in calls) == 3
    assert sum(call.target == "student-made" for call in calls) == 6
    spend = {row.model: row for row in table.records(Spend, "spend")}
    assert spend["student-made"].cost_nano_usd == 0
    found = list(lineage(table.address, HELD_OUT[0].instruction_id))
    assert found[0].member == "results"
    assert API.api_id in {each.id for each in found}


def test_an_interrupted_student_asks_neither_model_nor_api_again(
    student_tables: dict[str, Any], almanac: Served, scripted_student: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(OpenAICompatible, "complete", failing_after(4))
        with pytest.raises(ModelOverloaded):
            run(Parameters(**student_tables, concurrency=1), Silent())
    report = run(Parameters(**student_tables, concurrency=1), Silent())
    assert report.figures["student_passed"] == 3
    assert len(scripted_student.read_text().splitlines()) == 6
    assert almanac.asked == ["Lima"] * 3


def test_a_student_that_solves_nothing_is_told_so(
    student_tables: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(student, "SERVER", (*student.SERVER, "--mute"))
    report = run(Parameters(**student_tables), Silent())
    assert report.figures["student_passed"] == 0
    said = "the student passes about nothing (0 of 3; 95 % interval 0.0% to 56.1%)"
    assert said in report.notes
    rows = rows_of(report.address)
    assert {(row.verdict, row.finish_type, row.query_count) for row in rows} == {("fail", None, 12)}
    assert not [call for call in Table.open(report.address).records(Call, "calls") if call.target == JUDGE]


def test_an_instruction_with_an_unknown_api_becomes_a_reject(
    student_tables: dict[str, Any], tmp_path: Path, almanac: Served
) -> None:
    stray = dataclasses.replace(HELD_OUT[0], api_ids=("made/almanac/moonrise",), relevant_api_ids=())
    student_tables["instructions"] = instructions_table(
        tmp_path / "stray", [stray, HELD_OUT[1]], sunrise_api(almanac.url)
    )
    report = run(Parameters(**student_tables), Silent())
    assert report.rejected == {"unknown_api": 1}
    assert report.figures["student_judged"] == 1
    (row,) = Table.open(report.address).records(Reject, "rejects")
    assert row.subject_id == stray.instruction_id
    assert run(Parameters(**student_tables), Silent()).rejected == {"unknown_api": 1}


def test_a_broken_checkpoint_is_one_sentence_and_the_judge_is_not_asked(
    student_tables: dict[str, Any], tmp_path: Path, rehearsal: str
) -> None:
    files = tmp_path / "broken"
    files.mkdir()
    (files / "config.json").write_text("{}")
    student_tables["student"] = student_table(tmp_path / "broken-student", files)
    address = plan(Parameters(**student_tables))
    with pytest.raises(ConfigurationError, match=r"ended with exit code 2: student: no model\.safetensors"):
        run_shard(address, 0, Silent())
    assert summary(open_ledger(), Table.open(address).manifest.run_id) == []
