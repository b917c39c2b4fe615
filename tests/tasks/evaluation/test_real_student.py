"""A real, untrained student behind its real server: what it says is noise, and is judged."""

import json
from pathlib import Path

import pytest

from tasks.evaluation.stage import Parameters, run
from tasks.records import Call
from tasks.storage.stage import Silent
from tasks.storage.table import Table
from tests.tasks.evaluation.made import SOLVED, instruction, instructions_table, student_table, trajectory


@pytest.fixture
def files(tmp_path: Path) -> Path:
    import torch

    from tasks.training.students import from_scratch
    from tasks.training.tokenizer import conversation, train_tokenizer

    folder = tmp_path / "files"
    # Words of the very prompts it will be sent: short prompts make a fast test.
    paths = [trajectory(instruction(number), SOLVED) for number in range(10, 20)]
    tools = [{"type": "function", "function": each} for each in json.loads(paths[0].functions)]
    words = train_tokenizer([conversation(each.messages, json.dumps(tools)) for each in paths], 1000)
    torch.manual_seed(1)
    from_scratch("tiny", words).save_pretrained(str(folder))
    words.save_pretrained(str(folder))
    return folder


def test_an_untrained_student_is_served_and_passes_nothing(
    tmp_path: Path, files: Path, rehearsal: str
) -> None:
    parameters = Parameters(
        instructions=instructions_table(tmp_path, [instruction(1)]),
        student=student_table(tmp_path, files),
        student_max_tokens=3,
        results=str(tmp_path / "results"),
        judge="rehearsal-strong",
    )
    report = run(parameters, Silent())
    assert (report.figures["student_judged"], report.figures["student_passed"]) == (1, 0)
    asked = [row for row in Table.open(report.address).records(Call, "calls") if row.target == "student-made"]
    assert 4 <= len(asked) <= 12
    assert all(0 < row.output_tokens <= 3 for row in asked)
    assert any("passes about nothing" in note for note in report.notes)
