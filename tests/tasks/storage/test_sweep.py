"""What no commit names is removed when it is old by the store's clock, and nothing else is."""

import os
import time
from pathlib import Path

import boto3
import pytest

from tasks.errors import AddressError, ConfigurationError
from tasks.records import Reject, Trajectory
from tasks.storage.addresses import commit_key
from tasks.storage.effects import carry_out
from tasks.storage.store import store_of
from tasks.storage.sweep import SAFE_AGE_S, sweep, sweeping
from tasks.storage.table import Table
from tests.tasks.examples import a_trajectory
from tests.tasks.storage.conftest import BUCKET
from tests.tasks.storage.tables_made import a_table, numbers

ORPHAN = "data/trajectories/shard-00000/part-00002-0123456789ab.parquet"


def a_table_with_garbage(address: str) -> Table:
    table = a_table(address)
    shard = table.shard(0)
    shard.publish({"trajectories": (Trajectory, [a_trajectory(1)]), "rejects": (Reject, [])}, finished=False)
    shard.publish({"trajectories": (Trajectory, [a_trajectory(2)])}, finished=True)
    store_of(address).write(ORPHAN, b"of a killed worker")
    return table


def made_older(folder: str, seconds: float) -> None:
    for path in Path(folder).rglob("*"):
        if path.is_file():
            then = time.time() - seconds
            os.utime(path, (then, then))


def swept_at_once(table: Table, remove: bool = True) -> int:
    """With an age no user may give, for stores whose clock nobody can turn."""
    machine = sweeping(table.address, table.manifest.identity, age_s=-3600.0, remove=remove)
    return carry_out(machine, store_of(table.address)).objects


def test_old_garbage_is_shown_then_removed_and_rows_stay(a_folder: str) -> None:
    table = a_table_with_garbage(a_folder)
    made_older(a_folder, SAFE_AGE_S + 60)
    shown = sweep(a_folder, remove=False)
    assert (shown.objects, shown.size, shown.young) == (1, 18, 0)
    assert store_of(a_folder).read(ORPHAN)
    assert sweep(a_folder, remove=True) == shown
    assert store_of(a_folder).read(ORPHAN) is None
    assert sweep(a_folder, remove=True).objects == 0
    assert numbers(table) == [1, 2]


def test_what_is_young_may_still_be_committed_and_stays(address: str) -> None:
    a_table_with_garbage(address)
    swept = sweep(address, remove=True)
    assert (swept.objects, swept.young) == (0, 1)
    assert store_of(address).read(ORPHAN)


def test_every_store_is_swept(address: str) -> None:
    table = a_table_with_garbage(address)
    store_of(address).write(".probe/of-a-killed-asker", b"first")
    assert swept_at_once(table, remove=False) == 2
    assert swept_at_once(table) == 2
    assert sorted(store_of(address).keys("data")) == sorted(
        part.key for parts in table.newest()[0].members.values() for part in parts
    )
    assert numbers(table) == [1, 2]


def test_age_counts_by_the_clock_of_the_store_not_of_this_machine(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_table_with_garbage(address)
    ahead = time.time() + 2 * SAFE_AGE_S
    monkeypatch.setattr(time, "time", lambda: ahead)
    assert sweep(address, remove=True).objects == 0


def test_an_age_at_which_a_worker_may_still_commit_is_refused(a_folder: str) -> None:
    a_table_with_garbage(a_folder)
    with pytest.raises(
        ConfigurationError, match="younger than 24 hours may still be committed; give 24 or more"
    ):
        sweep(a_folder, remove=True, age_s=SAFE_AGE_S - 1)


def test_where_a_commit_is_damaged_nothing_is_removed(address: str) -> None:
    table = a_table_with_garbage(address)
    store_of(address).write(commit_key(0, 2), b'{"half')
    with pytest.raises(AddressError, match="is damaged"):
        swept_at_once(table)
    assert store_of(address).read(ORPHAN)


def test_writes_that_never_ended_are_counted_and_removed(a_folder: str) -> None:
    a_table_with_garbage(a_folder)
    unfinished = Path(a_folder, "data", ".part-0123")
    unfinished.write_bytes(b"half")
    assert sweep(a_folder, remove=True).unfinished == 0
    made_older(a_folder, SAFE_AGE_S + 60)
    assert sweep(a_folder, remove=False).unfinished == 1
    assert sweep(a_folder, remove=True).unfinished == 1
    assert not unfinished.exists()


def test_uploads_that_never_ended_are_counted_and_aborted(s3: str) -> None:
    address = f"s3://{BUCKET}/uploads-{os.getpid()}/v1"
    a_table_with_garbage(address)
    client = boto3.client(
        "s3", endpoint_url=s3, aws_access_key_id="accesskey1", aws_secret_access_key="secretkey123",
        region_name="us-east-1",
    )  # fmt: skip
    client.create_multipart_upload(Bucket=BUCKET, Key=f"uploads-{os.getpid()}/v1/data/x")
    client.create_multipart_upload(Bucket=BUCKET, Key="elsewhere/data/x")
    store = store_of(address)
    assert store.unfinished(0.0, remove=True) == 0
    later = time.time() + 40 * 365 * 86400  # moto dates every upload alike
    assert store.unfinished(later, remove=False) == 1
    assert store.unfinished(later, remove=True) == 1
    assert store.unfinished(later, remove=True) == 0
    client.close()
