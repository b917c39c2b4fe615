"""Samples and pairs carried over to trajectories of which some were searched anew."""

from dataclasses import replace
from pathlib import Path

import pytest

from tasks.records import Pair, Reject, TrainingSample, Trajectory
from tasks.storage.carrying import CARRIED, carry
from tasks.storage.manifest import SINCE, Manifest
from tasks.storage.stage import Silent
from tasks.storage.table import Table
from tasks.training import assemble
from tasks.training.assemble import Parameters, run
from tests.tasks.retrieval.made_up import CATALOGUE, INSTRUCTIONS
from tests.tasks.training.tables_made import trajectories_table
from tests.tasks.training.test_assemble import solved

ANEW = {INSTRUCTIONS[1].instruction_id, INSTRUCTIONS[6].instruction_id}


def next_version(folder: Path, first: str) -> str:
    """All trajectories but two are carried over, those are searched anew."""
    earlier = Table.open(first)
    plan = (CARRIED, {"first": 0, "count": len(ANEW)})
    manifest = Manifest(
        stage="annotate",
        run_id="second",
        parameters={SINCE: first},
        decides={"made": "anew"},
        inputs=dict(earlier.manifest.inputs),
        seed=1,
        code_version="1",
        plan=plan,
        schema_versions={},
        format=2,
    )
    table = Table.create_or_continue(str(folder / "trajectories-2"), manifest)
    carry(table, earlier, {"trajectories": lambda row: row.instruction_id not in ANEW}, [])
    again = [
        replace(solved(each), final_answer="another one")
        for each in INSTRUCTIONS
        if each.instruction_id in ANEW
    ]
    table.shard(1).publish({"trajectories": (Trajectory, again)}, finished=True)
    return table.address


@pytest.mark.parametrize("window", [2000, 3])
def test_what_was_carried_over_is_not_made_again_and_all_is_as_if_made_anew(
    window: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(assemble, "WINDOW", window)
    first = trajectories_table(
        tmp_path, [solved(each) for each in INSTRUCTIONS], INSTRUCTIONS, list(CATALOGUE.values())
    )
    before = run(Parameters(trajectories=first, samples=str(tmp_path / "samples/v1")), Silent()).address
    second = next_version(tmp_path, first)
    delta = run(
        Parameters(trajectories=second, samples=before, since=before, as_new_version=True, shard_size=1),
        Silent(),
    )
    anew = run(Parameters(trajectories=second, samples=str(tmp_path / "anew/v1")), Silent())
    made, wanted = Table.open(delta.address), Table.open(anew.address)
    assert len(made.shards) == 1 + len(ANEW), "one shard a sample that is made, none for what is carried"
    for record, member, column in ((TrainingSample, "samples", "sample_id"), (Pair, "pairs", "pair_id")):
        rows = [
            sorted(table.records(record, member), key=lambda row: str(getattr(row, column)))
            for table in (made, wanted)
        ]
        assert rows[0] == rows[1]
    assert {row.subject_id.partition("/")[0] for row in made.records(Reject, "rejects")} == ANEW
