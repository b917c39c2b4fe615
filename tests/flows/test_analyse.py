"""`foundry analyse` and the exports that are made from trees."""

import json
from pathlib import Path

import pytest

from flows.__main__ import main
from tasks.environment.tasks_file import read_tasks
from tests.tasks.annotation.analysis.grown import DEAD, answer, call, give_up, trajectory
from tests.tasks.annotation.analysis.test_sources import table
from tests.tasks.environment.tasks_made import line, written


def run(*words: str) -> None:
    """Run a command line that must succeed."""
    with pytest.raises(SystemExit) as ended:
        main(words)
    assert ended.value.code == 0


@pytest.fixture
def address(tmp_path: Path) -> str:
    rows = [
        trajectory([call(), give_up(), call(day=1), answer()], [DEAD], searcher="CoT@2", instruction_id="a"),
        trajectory([give_up(), give_up()], searcher="CoT@2", instruction_id="b"),
    ]
    return table(tmp_path / "t", rows)


def test_a_report_is_printed_as_tables(address: str, capsys: pytest.CaptureFixture[str]) -> None:
    run("analyse", address)
    said = capsys.readouterr().out
    assert "**Failed calls by class**" in said
    assert "| dead API" in said
    assert "**Why instructions were not solved**" in said


def test_as_json_it_is_one_line(address: str, capsys: pytest.CaptureFixture[str]) -> None:
    run("analyse", address, "--json")
    (line,) = capsys.readouterr().out.splitlines()
    report = json.loads(line)
    assert report["sheets"]["yield_by_searcher"][0]["answered"] == {"part": 1, "of": 2, "value": 0.5}
    assert [loss["reason"] for loss in report["lost"]] == ["nothing called"]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ([], "give the address of a trajectories table"),
        (["nowhere"], "there is no file or folder of searches"),
        (["ADDRESS", "--check"], "holds no table"),
        (["ADDRESS", "--price-as", "unheard-of"], "no price is known"),
    ],
)
def test_a_mistake_is_one_sentence(
    words: list[str], sentence: str, address: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["analyse", *(word.replace("ADDRESS", address) for word in words)])
    said = capsys.readouterr().err
    assert ended.value.code == 2
    assert sentence in said
    assert len(said.strip().splitlines()) == 1


def test_preference_pairs_are_exported(
    address: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    to = tmp_path / "pairs.jsonl"
    run("export", "preferences", address, str(to))
    (pair,) = map(json.loads, to.read_text().splitlines())
    assert (pair["trajectory_id"], pair["rejected_because"]) == ("a/CoT@2", "dead API")
    said = " ".join(capsys.readouterr().err.split())
    assert "1 pairs of 1 trees, of 2" in said and "left out: tree without an answer: 1" in said


def test_winning_paths_are_exported_in_both_forms_of_calling(address: str, tmp_path: Path) -> None:
    for form, key in (("tools", "tools"), ("functions", "functions")):
        to = tmp_path / f"{form}.jsonl"
        run("export", "openai-messages", address, str(to), "--form", form)
        (line,) = map(json.loads, to.read_text().splitlines())
        assert set(line) == {"messages", key}
        assert line["messages"][-1]["role"] == "assistant"


def test_a_split_that_holds_nothing_is_said(
    address: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for kind in ("preferences", "openai-messages"):
        with pytest.raises(SystemExit):
            main(["export", kind, address, str(tmp_path / "x"), "--split", "test"])
        assert "holds nothing of the split 'test'" in capsys.readouterr().err


def test_answers_are_judged_by_code_where_there_are_facts(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tasks = written(tmp_path, line("s1-000001"), line("s1-000002", instruction="And at latitude 60?"))
    ids = [task.instruction.instruction_id for task in read_tasks(tasks).tasks]
    rows = [
        trajectory([give_up(), answer(said)], searcher="CoT@2", instruction_id=own_id)
        for own_id, said in zip(ids, ("The day has 6.1 hours of light.", "I do not care."), strict=True)
    ]
    address = table(tmp_path / "t", rows, instructions=str(tasks))
    run("analyse", address, "--check", "--json")
    report = json.loads(capsys.readouterr().out)
    assert report["sheets"]["yield_by_searcher"][0]["right"] == {"part": 1, "of": 2, "value": 0.5}
    assert [loss["reason"] for loss in report["lost"]] == ["answered, wrongly: nothing succeeded"]
    to = tmp_path / "pairs.jsonl"
    run("export", "preferences", address, str(to), "--check")
    (pair,) = map(json.loads, to.read_text().splitlines())
    assert pair["trajectory_id"] == f"{ids[0]}/CoT@2"
