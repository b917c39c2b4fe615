"""What accidents do to a table under work: one clear sentence or right rows, never wrong ones."""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

import boto3
import orjson
import pytest

from tasks.errors import AddressError, FactoryError, StorageUnavailable
from tasks.records import Trajectory
from tasks.storage.addresses import TABLE_KEY, commit_key, data_key
from tasks.storage.commits import PartFile, nothing
from tasks.storage.effects import carry_out, since_boot
from tasks.storage.publication import LONGEST_PUBLICATION_S, publishing
from tasks.storage.store import store_of
from tasks.storage.table import Shard, Table
from tests.tasks.examples import a_trajectory
from tests.tasks.storage.tables_made import a_manifest, a_table, numbers


def publish(shard: Shard, *rows: int, finished: bool = False) -> None:
    shard.publish({"trajectories": (Trajectory, [a_trajectory(row) for row in rows])}, finished=finished)


def emptied(address: str) -> None:
    store = store_of(address)
    for key in store.keys(""):
        store.delete(key)


def test_every_flipped_byte_of_a_commit_is_said_or_changes_nothing(a_folder: str) -> None:
    table = a_table(a_folder)
    publish(table.shard(0), 1, 2)
    publish(table.shard(0), 3, finished=True)
    commit = Path(a_folder, commit_key(0, 2))
    content = commit.read_bytes()
    for place in range(len(content)):
        spoilt = bytearray(content)
        spoilt[place] ^= 1 << (place % 7)
        commit.write_bytes(bytes(spoilt))
        try:
            found = numbers(Table.open(a_folder))
        except FactoryError as said:
            assert len(str(said).splitlines()) == 1
        else:
            assert found == [1, 2, 3], place


@pytest.mark.parametrize("kept", [0, 1, 4, 100, -8, -1])
def test_a_part_cut_short_is_said_at_any_length(a_folder: str, kept: int) -> None:
    table = a_table(a_folder)
    publish(table.shard(0), 1, 2, finished=True)
    part = table.newest()[0].members["trajectories"][0].key
    store = store_of(a_folder)
    store.write(part, (store.read(part) or b"")[:kept])
    with pytest.raises(AddressError, match="is damaged: its bytes are not those that were committed"):
        numbers(table)
    with pytest.raises(AddressError, match="restore it, or write the stage to a new address"):
        table.shard(0).published(Trajectory, "trajectories")


def test_a_part_cut_short_under_a_commit_that_knows_it_so_is_said(a_folder: str) -> None:
    """A commit made by hand for a truncated file: Parquet itself has to notice."""
    table = a_table(a_folder)
    publish(table.shard(0), 1, 2, finished=True)
    store, key = store_of(a_folder), commit_key(0, 1)
    commit = orjson.loads(store.read(key) or b"")
    part = commit["members"]["trajectories"][0]
    content = (store.read(part["key"]) or b"")[:-20]
    store.write(part["key"], content)
    part |= {"sha256": hashlib.sha256(content).hexdigest(), "size": len(content)}
    store.write(key, orjson.dumps({name: commit[name] for name in commit if name != "digest"}))
    with pytest.raises(AddressError, match="holds no Trajectory rows"):
        numbers(table)


def test_a_newest_commit_that_is_gone_leaves_the_rows_before_it_and_an_open_shard(address: str) -> None:
    table = a_table(address)
    publish(table.shard(0), 1)
    publish(table.shard(0), 2, finished=True)
    store_of(address).delete(commit_key(0, 2))
    assert numbers(table, partial=True) == [1]
    assert table.unfinished() == [0]
    publish(table.shard(0), 2, finished=True)
    assert numbers(table) == [1, 2]


def test_a_table_that_is_deleted_under_a_worker_gets_no_rows(address: str) -> None:
    shard = a_table(address).shard(0)
    emptied(address)
    with pytest.raises(AddressError, match="holds no table any more: it was moved or deleted"):
        publish(shard, 1)
    assert store_of(address).keys("commits") == []


def test_a_table_made_anew_under_a_worker_gets_none_of_its_rows(address: str) -> None:
    stale = a_table(address).shard(0)
    emptied(address)
    anew = a_table(address, run_id="annotate-2", decides={"model": "other"})
    with pytest.raises(AddressError, match="holds another table than when this shard was begun"):
        publish(stale, 1)
    publish(anew.shard(0), 2, finished=True)
    assert numbers(anew) == [2]


def test_a_folder_that_vanishes_is_said_and_made_by_no_worker(tmp_path: Path) -> None:
    table = a_table(str(tmp_path / "v1"))
    shard = table.shard(0)
    shutil.rmtree(tmp_path / "v1")
    with pytest.raises(AddressError, match="holds no table any more"):
        publish(shard, 1, finished=True)
    with pytest.raises(AddressError, match="holds no table"):
        Table.open(table.address)


def test_a_bucket_that_vanishes_is_said_by_every_act(s3: str) -> None:
    client = boto3.client(
        "s3", endpoint_url=s3, region_name="us-east-1", aws_access_key_id="accesskey1",
        aws_secret_access_key="secretkey123",
    )  # fmt: skip
    name = f"vanishing-{os.getpid()}"
    client.create_bucket(Bucket=name)
    table = a_table(f"s3://{name}/v1")
    shard = table.shard(0)
    publish(shard, 1)
    emptied(table.address)
    client.delete_bucket(Bucket=name)
    client.close()
    for act in (
        lambda: publish(shard, 2, finished=True),
        lambda: numbers(table, partial=True),
        table.unfinished,
        lambda: table.shard(0),
        lambda: table.set_limits({}),
        lambda: Table.open(table.address),
    ):
        with pytest.raises(AddressError, match=f"there is no bucket '{name}'; create it, or name another"):
            act()


def test_a_publication_that_took_too_long_is_not_committed(a_folder: str) -> None:
    """A sweeper may have taken its first parts for garbage."""
    a_table(a_folder)
    path = Path(a_folder, "rows")
    path.write_bytes(b"rows")
    part = PartFile(data_key("rows", 0, 1, "0123"), 1, 4, "")
    clock = iter([since_boot(), since_boot() + LONGEST_PUBLICATION_S + 1])
    machine = publishing(
        nothing(0),
        [("rows", part, path)],
        attempt="0123",
        finished=True,
        address=a_folder,
        identity=a_manifest().identity,
    )
    with pytest.raises(StorageUnavailable, match=r"took 4\.0 hours, and .* run the shard again"):
        carry_out(machine, store_of(a_folder), lambda: next(clock))
    assert store_of(a_folder).keys("commits") == []


def test_two_clones_on_one_address_publish_every_row_once_and_say_who_was_first(
    address: str, tmp_path: Path
) -> None:
    table = a_table(address, shards=3)
    clones = []
    for clone in ("one", "two"):
        state = {"FOUNDRY_STATE": str(tmp_path / clone), "FOUNDRY_LEDGER": str(tmp_path / clone / "ledger")}
        command = [sys.executable, "-m", "tests.tasks.storage.worker", address, "20", "1"]
        clones.append(subprocess.Popen(command, env={**os.environ, **state}, stdout=-1, stderr=-1, text=True))
    for each in clones:
        said, errors = each.communicate(timeout=120)
        assert each.returncode == 0, errors
        others = {line for line in said.splitlines() if line != "published"}
        assert all("another worker published generation" in line for line in others)
    assert numbers(table) == list(range(60))


def test_two_clones_that_make_one_table_at_once_make_it_once(address: str) -> None:
    one = a_table(address, run_id="one")
    two = a_table(address, run_id="two")
    assert one.manifest == two.manifest
    assert orjson.loads(store_of(address).read(TABLE_KEY) or b"")["run_id"] == "one"
