import json
import os
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tasks.errors import BudgetExceeded, ConfigurationError, FactoryError, ModelOverloaded
from tasks.evaluation.report import evaluation_table
from tasks.evaluation.stage import Parameters, finish, run
from tasks.llm.ledger import open_ledger, summary
from tasks.llm.openai_compatible import OpenAICompatible
from tasks.records import Call, Result, Spend
from tasks.storage.stage import Silent
from tasks.storage.table import Table
from tests.tasks.evaluation.evaluated import HELD_OUT, JUDGE, failing_after, rows_of
from tests.tasks.evaluation.made import (
    GAVE_UP,
    SOLVED,
    SORRY,
    TALK,
    instruction,
    instructions_table,
    trajectories_table,
    trajectory,
)

REPLIES = (SOLVED, SORRY, SOLVED, GAVE_UP, TALK, SOLVED)


@pytest.fixture
def tables(tmp_path: Path, rehearsal: str) -> dict[str, Any]:
    """Six held-out instructions with trajectories, three of them solved; two of the training split."""
    rows = [*HELD_OUT, instruction(100, "train"), instruction(101, "train")]
    trajectories = [trajectory(each, replies) for each, replies in zip(HELD_OUT, REPLIES, strict=True)]
    return {
        "instructions": instructions_table(tmp_path, rows),
        "trajectories": trajectories_table(tmp_path, [*trajectories, trajectory(rows[6], SOLVED)]),
        "results": str(tmp_path / "results"),
        "judge": JUDGE,
    }


def stable(rows: list[Result]) -> list[Result]:
    return sorted(rows, key=lambda row: (row.instruction_id, row.candidate))


def test_the_teacher_is_judged_on_the_test_split(tables: dict[str, Any]) -> None:
    report = run(Parameters(**tables), Silent())
    rows = rows_of(report.address)
    assert [row.instruction_id for row in stable(rows)] == [each.instruction_id for each in HELD_OUT]
    assert {row.instruction_id: row.verdict for row in rows} == {
        each.instruction_id: "pass" if replies is SOLVED else "fail"
        for each, replies in zip(HELD_OUT, REPLIES, strict=True)
    }
    (row,) = (each for each in rows if each.instruction_id == HELD_OUT[0].instruction_id)
    assert (row.candidate, row.candidate_model, row.method) == ("teacher", "rehearsal-strong", "CoT@1")
    assert (row.judge, row.judge_kind, row.rule) == (JUDGE, "rehearsal", "tooleval-pass-repaired-1")
    assert (row.answer, row.query_count) == ("In Lima the sun rises at 06:12.", 2)
    assert len(json.loads(row.votes)) == 3
    assert report.figures["teacher_judged"] == 6
    assert report.figures["teacher_pass_rate"] == 0.5
    assert 0.18 < report.figures["teacher_low"] < report.figures["teacher_high"] < 0.82
    assert report.figures["teacher_I1_passed"] == 3
    assert any("the plumbing works, not that a model is good" in note for note in report.notes)
    assert evaluation_table(report.address)[0]["passed"] == 3


def test_every_call_is_kept_and_agrees_with_the_ledger(tables: dict[str, Any]) -> None:
    report = run(Parameters(**tables), Silent())
    table = Table.open(report.address)
    calls = table.records(Call, "calls")
    asked = sum(len(vote["decisions"]) for row in rows_of(report.address) for vote in json.loads(row.votes))
    assert len(calls) == asked > 0
    assert {call.subject_id for call in calls} <= {each.instruction_id for each in HELD_OUT}
    (spend,) = table.records(Spend, "spend")
    (booked,) = summary(open_ledger(), report.run_id)
    assert (spend.calls, spend.model, spend.output_tokens) == (asked, JUDGE, booked["output"])
    assert (booked["calls"], booked["repeated"]) == (asked, 0)


def test_rows_do_not_depend_on_shards_and_concurrency(tables: dict[str, Any], tmp_path: Path) -> None:
    first = run(Parameters(**tables), Silent())
    other = {**tables, "results": str(tmp_path / "other")}
    second = run(Parameters(**other, shard_size=2, concurrency=1), Silent())
    assert second.shards == 3
    assert stable(rows_of(first.address)) == stable(rows_of(second.address))


def test_another_seed_asks_other_requests(tables: dict[str, Any], tmp_path: Path) -> None:
    def keys(address: str) -> set[str]:
        return {call.request_key for call in Table.open(address).records(Call, "calls")}

    first = run(Parameters(**tables), Silent())
    other = run(Parameters(**{**tables, "results": str(tmp_path / "other")}, seed=2), Silent())
    assert not keys(first.address) & keys(other.address)


def test_a_finished_evaluation_is_not_done_again(tables: dict[str, Any]) -> None:
    first = run(Parameters(**tables), Silent())
    again = run(Parameters(**tables, concurrency=2), Silent())
    assert (again.run_id, again.rows) == (first.run_id, first.rows)
    assert summary(open_ledger(), first.run_id)[0]["repeated"] == 0


def test_an_instruction_the_teacher_never_searched_counts_as_failed(
    tables: dict[str, Any], tmp_path: Path
) -> None:
    few = trajectories_table(tmp_path / "few", [trajectory(HELD_OUT[0], SOLVED)])
    report = run(Parameters(**{**tables, "trajectories": few}), Silent())
    assert (report.figures["teacher_judged"], report.figures["teacher_passed"]) == (6, 1)
    assert "5 of 6 instructions have no trajectory: counted as failed" in report.notes
    reasons = {json.loads(row.votes)[0]["reason"] for row in rows_of(report.address) if row.verdict == "fail"}
    assert reasons == {"its trajectory is missing"}


def test_a_limit_examines_fewer(tables: dict[str, Any]) -> None:
    report = run(Parameters(**tables, limit=2), Silent())
    assert report.figures["teacher_judged"] == 2


def test_passes_of_unsolvable_tasks_are_told(tables: dict[str, Any], tmp_path: Path) -> None:
    asked = [instruction(number, text="Which Pokemon has the longest tail?") for number in range(3)]
    tables["instructions"] = instructions_table(tmp_path / "unsolvable", asked)
    tables["trajectories"] = trajectories_table(
        tmp_path / "unsolvable", [trajectory(each, GAVE_UP) for each in asked]
    )
    report = run(Parameters(**tables), Silent())
    assert report.figures["teacher_passed"] == 3
    assert any("3 of the 3 passes of the teacher are given without a solution" in n for n in report.notes)


@pytest.mark.parametrize("count", [0, 1, 4, 5, 9])
def test_an_interrupted_shard_goes_on_and_asks_nothing_twice(
    tables: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, count: int
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(OpenAICompatible, "complete", failing_after(count))
        with pytest.raises(ModelOverloaded, match="the server is gone"):
            run(Parameters(**tables, concurrency=1), Silent())
    published = Table.open(tables["results"]).rows("results")
    assert published < len(HELD_OUT)
    report = run(Parameters(**tables, concurrency=1), Silent())
    whole = run(Parameters(**{**tables, "results": str(tmp_path / "whole")}), Silent())
    assert stable(rows_of(report.address)) == stable(rows_of(whole.address))
    calls = Table.open(report.address).records(Call, "calls")
    assert len(calls) == Table.open(whole.address).rows("calls")
    # The call that failed was never answered: it is the only one sent again.
    answered = [row for row in ledger_calls(report.run_id) if row[1] == "ok"]
    assert len(answered) == len({key for key, _ in answered}) == len(calls)
    assert finish(report.address).figures == whole.figures


def ledger_calls(run_id: str) -> list[tuple[str, str]]:
    """Subject with request, and status, of each call that was booked."""
    with closing(sqlite3.connect(os.environ["FOUNDRY_LEDGER"])) as ledger:
        rows = ledger.execute(
            "SELECT subject || request, status FROM calls WHERE run=?", (run_id,)
        ).fetchall()
    return [(key, status) for key, status in rows]


def test_a_budget_stops_it_and_a_raised_one_goes_on(
    tables: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    prices = tmp_path / "prices.json"
    prices.write_text(json.dumps({JUDGE: {"input": 1.0, "output": 2.0}}))
    monkeypatch.setenv("FOUNDRY_PRICES", str(prices))
    with pytest.raises(BudgetExceeded, match="raise --budget-usd"):
        run(Parameters(**tables, budget_usd=0.005, concurrency=1), Silent())
    report = run(Parameters(**tables, budget_usd=10.0), Silent())
    assert report.figures["teacher_judged"] == 6
    assert 0 < report.cost_usd < 10


def mistake(tables: dict[str, Any], **changes: Any) -> str:
    """The sentence a bad parameter ends in; nothing is written, nothing paid."""
    with pytest.raises(FactoryError) as error:
        run(Parameters(**{**tables, **changes}), Silent())
    assert not Table.exists(tables["results"])
    assert "\n" not in str(error.value)
    return str(error.value)


def test_bad_input_is_one_sentence_before_anything_is_paid(
    tables: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "nobody to evaluate" in mistake(tables, trajectories="")
    assert "4 votes can tie" in mistake(tables, votes=4)
    assert "there is no search method 'CoT'" in mistake(tables, student_method="CoT")
    assert "give CoT@<budget>tokens" in mistake(tables, student_method="CoT@cost")
    assert "--api-proxy answers a student's calls" in mistake(tables, api_proxy="http://127.0.0.1:9/x")
    assert "--allow-writes is about a student's calls" in mistake(tables, allow_writes="all")
    assert "holds no table" in mistake(tables, instructions=str(tmp_path / "nothing"))
    assert "not instructions" in mistake(tables, instructions=tables["trajectories"])
    assert "not trajectories" in mistake(tables, trajectories=tables["instructions"])
    assert "not a student" in mistake(tables, student=tables["trajectories"])
    train_only = instructions_table(tmp_path / "t", [instruction(1, "train")])
    assert "no instructions of the split 'test'" in mistake(tables, instructions=train_only)
    unfinished = instructions_table(tmp_path / "u", HELD_OUT, finished=False)
    assert "is not finished" in mistake(tables, instructions=unfinished)
    others = trajectories_table(tmp_path / "o", [trajectory(instruction(77), SOLVED)])
    assert "no trajectory of the held-out instructions" in mistake(tables, trajectories=others)
    assert "no model is named" in mistake(tables, judge="")
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/v1")
    assert "no model server answers" in mistake(tables)


def test_even_votes_are_allowed_under_the_published_rule(tables: dict[str, Any]) -> None:
    report = run(Parameters(**tables, votes=4, rule="published"), Silent())
    assert report.figures["teacher_unsure"] == 0
    assert {row.rule for row in rows_of(report.address)} == {"tooleval-pass-published-1"}


def test_other_parameters_at_the_same_address_are_refused_and_nothing_is_touched(
    tables: dict[str, Any],
) -> None:
    first = run(Parameters(**tables), Silent())
    with pytest.raises(ConfigurationError, match="votes was 3, now 5"):
        run(Parameters(**tables, votes=5), Silent())
    assert finish(first.address).rows == first.rows
