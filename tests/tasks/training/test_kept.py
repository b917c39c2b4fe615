"""Samples over three versions of their trajectories."""

import json
from dataclasses import replace
from pathlib import Path

from tasks.records import Reject, TrainingSample, Trajectory
from tasks.storage.carrying import CARRIED, carry
from tasks.storage.manifest import Manifest
from tasks.storage.stage import Silent
from tasks.storage.table import Table
from tasks.training.assemble import Parameters, run
from tasks.training.kept import REMADE
from tests.tasks.one_shard import table
from tests.tasks.training.made_up import solved_path, trajectories


def next_of(earlier: Table, folder: Path, *searched: Trajectory) -> Table:
    """The version after it, in which some trajectories are others."""
    made = Manifest(
        stage="annotate", run_id="annotate-made", parameters={"since": earlier.address},
        decides={"made": repr(searched), "since": earlier.manifest.identity}, inputs=earlier.manifest.inputs,
        seed=1, code_version="1", plan=(CARRIED, {}), schema_versions={}, format=2,
    )  # fmt: skip
    found = Table.create_or_continue(str(folder), made)
    anew = {row.trajectory_id for row in searched}
    carry(found, earlier, {"trajectories": lambda row: row.trajectory_id not in anew}, [])
    found.shard(1).publish({"trajectories": (Trajectory, searched)}, finished=True)
    return found


def test_a_sample_that_was_made_anew_is_not_said_to_be_left_behind_in_the_version_after(tmp_path: Path):
    first, *others = trajectories(4)
    searched = table(
        tmp_path / "t1",
        "annotate",
        {"trajectories": (Trajectory, [first, *others])},
        {"instructions": "queries.json"},
    )
    changed = replace(first, messages=json.dumps(solved_path("Oslo")))
    second = next_of(Table.open(searched), tmp_path / "t2", changed)
    third = next_of(second, tmp_path / "t3")
    since, left = "", []
    for number, place in enumerate((searched, second.address, third.address), start=1):
        told = Parameters(trajectories=place, samples=str(tmp_path / f"s{number}"), since=since)
        since = run(told, Silent()).address
        rejects = Table.open(since).records(Reject, "rejects")
        left.append([row.subject_id for row in rejects if row.reason == REMADE])
        assert len(Table.open(since).records(TrainingSample, "samples")) == 4
    assert left == [[], [first.trajectory_id], []]
