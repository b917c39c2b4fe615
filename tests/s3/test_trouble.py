"""Full disks, rights taken away, clocks that are off, a server that is killed: said, or survived."""

import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import boto3
import pytest

from infra.s3.radosgw import Radosgw
from tasks.errors import AddressError, FactoryError, StorageUnavailable
from tasks.records import Trajectory
from tasks.storage.administration import link
from tasks.storage.store import store_of
from tasks.storage.table import Shard, Table
from tests.conftest import CLONE
from tests.s3.conftest import installed
from tests.tasks.examples import a_trajectory
from tests.tasks.storage.conftest import BUCKET
from tests.tasks.storage.tables_made import a_table, numbers
from tests.tasks.storage.test_folder import an_ordinary_user

pytestmark = pytest.mark.s3
HOUR = 3600


def publish(shard: Shard, *rows: int, finished: bool = False, text: str = "") -> None:
    rows_ = [a_trajectory(row, **({"text": text} if text else {})) for row in rows]
    shard.publish({"trajectories": (Trajectory, rows_)}, finished=finished)


def incompressible(size: int) -> str:
    return os.urandom(size // 2).hex()


@contextmanager
def a_small_disk(size: str) -> Iterator[Path]:
    place = Path(tempfile.mkdtemp())
    if subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", place], check=False).returncode:
        pytest.skip("no file system can be mounted here")
    try:
        yield place
    finally:
        subprocess.run(["umount", place], check=True)
        place.rmdir()


def test_a_full_disk_is_said_and_what_was_published_stays() -> None:
    with a_small_disk("1m") as place:
        table = a_table(str(place / "v1"))
        publish(table.shard(0), 1)
        with pytest.raises(StorageUnavailable, match="No space left on device; make room and run again"):
            for number in range(2, 200):
                publish(table.shard(0), number, text=incompressible(200_000))
        kept = numbers(table, partial=True)
        assert kept == list(range(1, len(kept) + 1))
        subprocess.run(["mount", "-o", "remount,size=8m", place], check=True)
        publish(table.shard(0), 999, finished=True)
        assert numbers(table) == [*kept, 999]


@contextmanager
def a_quota(server: Radosgw, size: str) -> Iterator[None]:
    whose = ["--quota-scope=user", f"--uid={server.user}"]
    server.admin("quota", "set", *whose, f"--max-size={size}")
    server.admin("quota", "enable", *whose)
    try:
        yield
    finally:
        server.admin("quota", "disable", *whose)


def test_a_server_without_room_is_said_and_continued_when_it_has_some(rados: Radosgw) -> None:
    table = a_table(f"s3://{BUCKET}/full-{os.getpid()}/v1")
    publish(table.shard(0), 1)
    with (
        a_quota(rados, "1K"),
        pytest.raises(StorageUnavailable, match=r"the server has no room \(QuotaExceeded\); make room"),
    ):
        for _ in range(100):  # the server counts with a delay
            publish(table.shard(0), text=incompressible(100_000))
            time.sleep(0.1)
    until = time.monotonic() + 60
    while True:
        try:
            publish(table.shard(0), 2, finished=True)
            break
        except StorageUnavailable:
            assert time.monotonic() < until
            time.sleep(0.5)
    assert numbers(table) == [1, 2]


def test_rights_that_are_taken_away_are_said_by_every_act_and_given_back_it_goes_on(rados: Radosgw) -> None:
    table = a_table(f"s3://{BUCKET}/rights-{os.getpid()}/v1")
    shard = table.shard(0)
    publish(shard, 1)
    rados.admin("user", "suspend", f"--uid={rados.user}")
    try:
        for act in (
            lambda: publish(shard, 2),
            lambda: table.shard(0),
            lambda: numbers(table, partial=True),
            table.unfinished,
            lambda: Table.open(table.address),
            lambda: store_of(table.address).unfinished(0.0, False),
        ):
            with pytest.raises(AddressError, match=r"may not .*: the server refuses the key") as error:
                act()
            assert "secretkey123" not in str(error.value) and "accesskey1" not in str(error.value)
    finally:
        rados.admin("user", "enable", f"--uid={rados.user}")
    publish(shard, 2, finished=True)
    assert numbers(table) == [1, 2]


def test_a_folder_whose_rights_are_taken_away_is_said_and_continued() -> None:
    with tempfile.TemporaryDirectory() as place:
        os.chmod(place, 0o777)
        with an_ordinary_user():
            table = a_table(f"{place}/v1")
            shard = table.shard(0)
            publish(shard, 1)
            for folder in (f"{place}/v1/commits/shard-00000", f"{place}/v1/data/trajectories/shard-00000"):
                os.chmod(folder, 0o555)
                with pytest.raises(AddressError, match="Permission denied; use another folder, or mend this"):
                    publish(shard, 2)
                os.chmod(folder, 0o755)
            publish(shard, 2, finished=True)
            assert numbers(table) == [1, 2]


def a_worker_whose_clock_is_off(address: str, seconds: int) -> "subprocess.Popen[str]":
    libraries = list(installed("faketime").rglob("libfaketimeMT.so.1"))
    surroundings = {
        **os.environ,
        "LD_PRELOAD": str(libraries[0]),
        "FAKETIME": f"{seconds:+d}s",
        "DONT_FAKE_MONOTONIC": "1",
    }
    command = [sys.executable, "-m", "tests.tasks.storage.worker", address, "20", "2"]
    return subprocess.Popen(command, cwd=CLONE, env=surroundings, stdout=-1, stderr=-1, text=True)


def test_workers_whose_clocks_are_two_hours_apart_publish_every_row_once(tmp_path: Path) -> None:
    table = a_table(str(tmp_path / "v1"), shards=4)
    workers = [a_worker_whose_clock_is_off(table.address, each) for each in (HOUR, -HOUR)]
    for each in workers:
        _, errors = each.communicate(timeout=120)
        assert each.returncode == 0, errors
    assert numbers(table) == list(range(80))
    times = {commit.committed for commit in table.newest().values()}
    assert times, "what a commit says of its time decides nothing"


def test_a_server_that_refuses_a_clock_that_is_off_is_understood(rados: Radosgw) -> None:
    table = a_table(f"s3://{BUCKET}/clock-{os.getpid()}/v1", shards=2)
    _, errors = a_worker_whose_clock_is_off(table.address, HOUR).communicate(timeout=120)
    assert "this machine's clock differs too much from the server's (RequestTimeTooSkewed)" in errors
    assert table.unfinished() == [0, 1]


def test_a_bucket_that_vanishes_is_said(rados: Radosgw) -> None:
    client = boto3.client(
        "s3", endpoint_url=rados.address, region_name="us-east-1",
        aws_access_key_id=rados.access_key, aws_secret_access_key=rados.secret_key,
    )  # fmt: skip
    name = f"vanishing-{os.getpid()}"
    client.create_bucket(Bucket=name)
    table = a_table(f"s3://{name}/v1")
    shard = table.shard(0)
    publish(shard, 1)
    for key in store_of(table.address).keys(""):
        store_of(table.address).delete(key)
    client.delete_bucket(Bucket=name)
    for act in (lambda: publish(shard, 2), table.unfinished, lambda: table.shard(0)):
        with pytest.raises(AddressError, match=f"there is no bucket '{name}'"):
            act()
    client.close()


def test_a_link_fetches_one_object_without_a_key(rados: Radosgw) -> None:
    import httpx

    store_of(f"s3://{BUCKET}/linked").write("x.parquet", b"content")
    assert httpx.get(link(f"s3://{BUCKET}/linked/x.parquet", 60)).content == b"content"


def test_a_server_that_is_killed_loses_nothing_it_has_acknowledged(rados: Radosgw, tmp_path: Path) -> None:
    """All its processes by SIGKILL under load, three times; workers wait, give up or go on, rows stay."""
    table = a_table(f"s3://{BUCKET}/killed-{os.getpid()}/v1", shards=4)
    acknowledged: list[int] = []
    ended = threading.Event()

    def load(number: int) -> None:
        row = number * 10_000
        while not ended.is_set():
            try:
                shard = table.shard(number)
                row += 1
                publish(shard, row)
                acknowledged.append(row)
            except FactoryError:
                time.sleep(0.2)

    threads = [threading.Thread(target=load, args=(each,)) for each in table.shards]
    for each in threads:
        each.start()
    try:
        for _ in range(3):
            before = len(acknowledged)
            until = time.monotonic() + 60
            while len(acknowledged) < before + 12 and time.monotonic() < until:
                time.sleep(0.1)
            assert len(acknowledged) >= before + 12
            rados.stop(signal.SIGKILL)
            rados.start()
    finally:
        ended.set()
        for each in threads:
            each.join()
    found = numbers(table, partial=True)
    assert len(found) == len(set(found))
    assert set(acknowledged) <= set(found)
