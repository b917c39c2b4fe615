from pathlib import Path

import pytest

from tasks.errors import AddressError
from tasks.records import Instruction, Reject, Tool, Trajectory
from tasks.storage.lineage import find_row, lineage
from tasks.storage.rejects import EVIDENCE_CHARACTERS, reject
from tasks.storage.table import Table
from tests.tasks.examples import a_trajectory
from tests.tasks.storage.tables_made import a_manifest


@pytest.fixture
def trajectories(tmp_path: Path) -> str:
    """A catalogue, instructions made from it, trajectories made from those."""
    tool = Tool("hub/sun", "hub", "Sun", "sun", "Weather", "", "http://localhost", "FREE", 2)
    instruction = Instruction(
        f"{1:016x}", "I1", "When?", ("hub/sun/rise",), (), "c", "train", "rehearsal-strong", "rehearsal"
    )
    made = {}
    for stage, member, record, row, inputs in (
        ("crawl", "tools", Tool, tool, {"location": "http://127.0.0.1:1"}),
        ("instruct", "instructions", Instruction, instruction, {"catalog": str(tmp_path / "crawl")}),
        (
            "annotate",
            "trajectories",
            Trajectory,
            a_trajectory(1),
            {"instructions": str(tmp_path / "instruct")},
        ),
    ):
        made[stage] = str(tmp_path / stage)
        table = Table.create_or_continue(made[stage], a_manifest(stage=stage, inputs=inputs))
        table.shard(0).publish({member: (record, [row])}, finished=True)  # type: ignore[dict-item]
    return made["annotate"]


def test_a_row_is_found_by_its_id(trajectories: str) -> None:
    found = find_row(trajectories, f"{1:016x}/DFS_woFilter_w2")
    assert (found.member, found.row["method"]) == ("trajectories", "DFS_woFilter_w2")
    with pytest.raises(AddressError, match="has no row 'unknown'"):
        find_row(trajectories, "unknown")


def test_a_row_leads_back_over_its_inputs(trajectories: str) -> None:
    chain = list(lineage(trajectories, f"{1:016x}/DFS_woFilter_w2"))
    assert [ancestor.member for ancestor in chain] == ["trajectories", "instructions"]
    assert chain[1].row["text"] == "When?"


def test_evidence_of_a_reject_is_cut() -> None:
    assert reject("crawl", "x", "empty", "y" * 9999) == Reject(
        "crawl", "x", "empty", "y" * EVIDENCE_CHARACTERS
    )
