import os
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from tasks.errors import AddressError, ConfigurationError, IncompleteTable
from tasks.records import Reject, Trajectory
from tasks.storage import commits
from tasks.storage.carrying import (
    CARRIED,
    carried_rows,
    carry,
    carry_over,
    earlier_version,
    is_carried,
    require_alike,
)
from tasks.storage.difference import compare
from tasks.storage.lineage import find_row
from tasks.storage.store import store_of
from tasks.storage.sweep import SAFE_AGE_S, sweep
from tasks.storage.table import Table
from tests.tasks.examples import a_trajectory
from tests.tasks.storage.tables_made import a_manifest, a_table, numbers


def first_version(address: str) -> Table:
    """Six trajectories in two shards, and a reject of each."""
    table = a_table(address, 2)
    for shard, rows in enumerate([(0, 1, 2), (3, 4, 5)]):
        table.shard(shard).publish(
            {
                "trajectories": (Trajectory, [a_trajectory(number) for number in rows]),
                "rejects": (Reject, [Reject("annotate", f"{number:016x}", "odd", "") for number in rows]),
            },
            finished=True,
        )
    return table


def next_of(earlier: Table, address: str, *left: int) -> Table:
    """The version after it, without some trajectories and with an own shard."""
    made = a_manifest(decides={"model": "m", "n": address}, plan=(CARRIED, {"first": 0}), format=2)
    table = Table.create_or_continue(address, made)
    out = {f"{number:016x}" for number in left}
    rejects = [Reject("annotate", each, "api_changed", "hub/sun/rise") for each in sorted(out)]
    carry(table, earlier, {"trajectories": lambda row: row.instruction_id not in out}, rejects)
    return table


def test_rows_are_read_where_they_lie_without_those_left_out(address: str):
    second = next_of(first_version(address), address.replace("v1", "v2"), 1, 3)
    second.shard(1).publish({"trajectories": (Trajectory, [a_trajectory(9)])}, finished=True)
    assert numbers(Table.open(second.address)) == [0, 2, 4, 5, 9]
    assert second.rows("trajectories") == 5
    assert {row.reason for row in second.records(Reject, "rejects")} == {"api_changed"}
    assert [
        key for key in store_of(second.address).keys("data") if "trajectories" in key and "00000/" in key
    ] == []
    assert all(place.startswith(address) for place in second.objects("trajectories")[:2])
    assert find_row(second.address, f"{4:016x}/DFS_woFilter_w2").row["instruction_id"] == f"{4:016x}"


def test_a_version_after_that_names_the_first_one_not_the_one_between(a_folder: str):
    first = first_version(a_folder)
    second = next_of(first, a_folder.replace("v1", "v2"), 1)
    second.shard(1).publish({"trajectories": (Trajectory, [a_trajectory(9)])}, finished=True)
    third = next_of(second, a_folder.replace("v1", "v3"), 2, 9)
    third.shard(1).publish({}, finished=True)
    assert numbers(third) == [0, 3, 4, 5]
    named = {part.address for part in third.newest()[0].members["trajectories"]}
    assert named == {first.address}
    found = compare(second, third).members["trajectories"]
    assert (found.removed, found.added, found.changed) == (2, 0, 0)


def test_sweeping_either_version_takes_nothing_that_is_named(address: str):
    first = first_version(address)
    second = next_of(first, address.replace("v1", "v2"), 0)
    second.shard(1).publish({}, finished=True)
    for table in (first, second):
        assert sweep(table.address, remove=True, age_s=SAFE_AGE_S).objects == 0
    assert numbers(second) == [1, 2, 3, 4, 5]


def test_an_earlier_version_that_was_deleted_or_changed_is_said(a_folder: str):
    first = first_version(a_folder)
    second = next_of(first, a_folder.replace("v1", "v2"), 0)
    second.shard(1).publish({}, finished=True)
    place = Path(second.objects("trajectories")[0])
    place.write_bytes(b"?")
    with pytest.raises(AddressError, match="from which rows were carried over, is damaged: its bytes"):
        second.read(Trajectory, "trajectories")
    os.unlink(place)
    with pytest.raises(AddressError, match=f"{a_folder}.*it is missing; restore that version"):
        second.read(Trajectory, "trajectories")


def test_carrying_again_changes_nothing(a_folder: str):
    first = first_version(a_folder)
    second = next_of(first, a_folder.replace("v1", "v2"), 0)
    carry(second, first, {"trajectories": lambda row: True}, [])
    assert second.newest()[0].generation == 1
    assert len(carried_rows(second, "trajectories")) == 5
    assert is_carried(second) and not is_carried(first) and carried_rows(first, "trajectories") == []


def test_commits_without_references_are_written_as_ever(a_folder: str):
    first = first_version(a_folder)
    assert b"without" not in first.newest()[0].to_json()
    assert b"address" not in first.newest()[0].to_json()
    second = next_of(first, a_folder.replace("v1", "v2"), 0)
    told = second.newest()[0]
    assert commits.parse(told.to_json(), "here") == told
    part = told.members["trajectories"][0]
    bad = replace(told, members={"trajectories": (replace(part, address="../v1"),)})
    with pytest.raises(AddressError, match="is no address"):
        commits.parse(bad.to_json(), "here")


def test_what_cannot_be_carried_over_from_is_refused(a_folder: str):
    first = first_version(a_folder)

    def named(since: str, stage: str, output: str) -> Table | None:
        return earlier_version(SimpleNamespace(since=since, as_new_version=False), stage, output)

    assert named("", "annotate", a_folder) is None
    with pytest.raises(ConfigurationError, match="holds the output of 'annotate'"):
        named(a_folder, "instruct", "/elsewhere")
    with pytest.raises(ConfigurationError, match="read and written at once"):
        named(a_folder, "annotate", a_folder)
    a_table(a_folder + "-open")
    with pytest.raises(IncompleteTable, match="is not finished"):
        named(a_folder + "-open", "annotate", a_folder)
    require_alike(first, a_manifest(decides={"model": "m", "input x": "1"}), ["input x"])
    with pytest.raises(ConfigurationError, match=r"another way \(model differ\)"):
        require_alike(first, a_manifest(decides={"model": "other"}), ["input x"])


def test_a_half_retired_version_is_carried_into_by_nobody(a_folder: str):
    first = first_version(a_folder)
    made = a_manifest(decides={"retired": []}, plan=(CARRIED, {"first": 0}))
    half = Table.create_or_continue(a_folder.replace("v1", "v2"), made)
    with pytest.raises(ConfigurationError, match="is half retired; run 'foundry retire' again"):
        carry_over(half, first, lambda earlier: pytest.fail("nothing is kept"))
