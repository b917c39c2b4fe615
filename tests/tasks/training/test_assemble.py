from dataclasses import replace
from pathlib import Path

import pytest

from tasks.errors import AddressError, ConfigurationError, IncompleteTable
from tasks.llm.ledger import NANO, open_ledger
from tasks.records import Instruction, Pair, Reject, TrainingSample, Trajectory
from tasks.storage import requests
from tasks.storage.lineage import lineage
from tasks.storage.stage import Silent
from tasks.storage.table import Table
from tasks.training.assemble import Parameters, run
from tests.tasks.one_shard import table
from tests.tasks.retrieval.made_up import CATALOGUE, INSTRUCTIONS
from tests.tasks.training.made_up import solved_path, trajectory
from tests.tasks.training.tables_made import trajectories_table


def solved(instruction: Instruction, **changes: object) -> Trajectory:
    return trajectory(
        solved_path(),
        trajectory_id=f"{instruction.instruction_id}/DFS_woFilter_w2",
        instruction_id=instruction.instruction_id,
        split=instruction.split,
        text=instruction.text,
        api_ids=instruction.api_ids,
        **changes,
    )


@pytest.fixture
def trajectories(tmp_path: Path) -> str:
    found = [solved(each) for each in INSTRUCTIONS]
    found[3] = replace(found[3], win=False, finish_type="give_up", messages="[]")
    return trajectories_table(tmp_path, found, INSTRUCTIONS, list(CATALOGUE.values()))


def test_samples_and_pairs_are_made_and_counted_by_split(trajectories: str, tmp_path: Path) -> None:
    report = run(Parameters(trajectories=trajectories, samples=str(tmp_path / "v1")), Silent())
    assert report.figures == {
        "trajectories_in": 12,
        "samples_train": 6,
        "samples_test": 5,
        "samples_share": 11 / 12,
        "assistant_turns": 22,
        "queries_train": 6,
        "queries_test": 6,
        "queries_in_both_splits": 0,
        "positive_pairs": 12,
        "corpus_apis": 6,
    }
    assert report.rejected == {"not_answered": 1}
    assert report.rows == {"pairs": 24, "rejects": 1, "samples": 11}
    assert any("rehearsal" in note for note in report.notes)


def test_shards_of_any_size_make_the_same_rows(trajectories: str, tmp_path: Path) -> None:
    whole, parts = tmp_path / "whole", tmp_path / "parts"
    run(Parameters(trajectories=trajectories, samples=str(whole)), Silent())
    run(Parameters(trajectories=trajectories, samples=str(parts), shard_size=5), Silent())
    assert len(Table.open(str(parts)).shards) == 6
    for record, member in ((TrainingSample, "samples"), (Pair, "pairs"), (Reject, "rejects")):
        assert Table.open(str(parts)).records(record, member) == Table.open(str(whole)).records(
            record, member
        )


def test_requests_to_a_bucket_are_booked_under_the_run(
    trajectories: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "prices.json").write_text('{"storage": {"usd_per_1000_writes": 5, "usd_per_1000_reads": 4}}')
    monkeypatch.setenv("FOUNDRY_PRICES", str(tmp_path / "prices.json"))
    requests.take()
    requests.count("writes", 3)  # as a bucket's client counts what it sends
    report = run(Parameters(trajectories=trajectories, samples=str(tmp_path / "v1")), Silent())
    assert open_ledger().spent(f"run:{report.run_id}/assemble")[0] == 3 * 5 * NANO // 1000


def test_a_sample_is_traced_back_to_its_instruction_and_api(trajectories: str, tmp_path: Path) -> None:
    run(Parameters(trajectories=trajectories, samples=str(tmp_path / "v1")), Silent())
    sample_id = f"{INSTRUCTIONS[0].instruction_id}/DFS_woFilter_w2"
    members = {ancestor.member for ancestor in lineage(str(tmp_path / "v1"), sample_id)}
    assert members == {"samples", "trajectories", "instructions", "apis"}


def test_trajectories_of_a_query_file_give_samples_and_a_note_about_pairs(tmp_path: Path) -> None:
    annotated = table(
        tmp_path / "trajectories",
        "annotate",
        {"trajectories": (Trajectory, [solved(INSTRUCTIONS[0])])},
        {"instructions": "queries.json"},
    )
    report = run(Parameters(trajectories=annotated, samples=str(tmp_path / "v1")), Silent())
    assert (report.rows["samples"], report.figures["positive_pairs"]) == (1, 0)
    assert any("query file" in note for note in report.notes)


def test_inputs_that_cannot_be_used_are_refused_before_anything_is_written(tmp_path: Path) -> None:
    catalog = table(tmp_path / "catalog", "crawl", {})
    empty = table(tmp_path / "empty", "annotate", {"trajectories": (Trajectory, [])})
    half = table(tmp_path / "half", "annotate", {"trajectories": (Trajectory, [])}, finished=False)
    output = tmp_path / "v1"
    for place, error, said in (
        (catalog, ConfigurationError, "holds the output of 'crawl', not trajectories"),
        (empty, ConfigurationError, "holds no trajectories"),
        (half, IncompleteTable, "not finished"),
        (str(tmp_path / "nowhere"), AddressError, "holds no table"),
    ):
        with pytest.raises(error, match=said):
            run(Parameters(trajectories=place, samples=str(output)), Silent())
    assert not output.exists()
