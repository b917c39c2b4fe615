"""Each row is published once, whoever races, dies or is not heard."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest

from tasks.errors import StorageUnavailable
from tasks.records import Trajectory
from tasks.storage.folder import Folder
from tasks.storage.table import Shard, Table
from tests.conftest import CLONE
from tests.tasks.examples import a_trajectory
from tests.tasks.storage.conftest import BUCKET, point_at
from tests.tasks.storage.proxy import faulty
from tests.tasks.storage.tables_made import a_manifest, a_table, numbers


def publish(shard: Shard, *rows: int, finished: bool = False) -> None:
    shard.publish({"trajectories": (Trajectory, [a_trajectory(row) for row in rows])}, finished=finished)


@contextmanager
def a_worker(address: str, units: int, batch: int, stop: str = "") -> Iterator["subprocess.Popen[str]"]:
    command = [sys.executable, "-m", "tests.tasks.storage.worker", address, str(units), str(batch), stop]
    worker = subprocess.Popen(
        command, cwd=CLONE, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    with worker:
        try:
            yield worker
        finally:
            worker.kill()


def said(worker: "subprocess.Popen[str]") -> str:
    assert worker.stdout is not None
    return worker.stdout.readline().strip()


def ends_well(worker: "subprocess.Popen[str]") -> list[str]:
    out, err = worker.communicate(timeout=60)
    assert worker.returncode == 0, err
    return out.splitlines()


def test_generations_add_up_and_the_newest_says_whether_the_shard_is_finished(address: str) -> None:
    table = a_table(address)
    publish(table.shard(0), 1, 2)
    publish(table.shard(0), 3)
    assert table.unfinished() == [0]
    publish(table.shard(0), finished=True)
    assert table.unfinished() == []
    assert numbers(Table.open(address)) == [1, 2, 3]
    assert table.newest()[0].generation == 3


def test_of_two_threads_one_publishes_the_generation_and_the_other_is_told(address: str) -> None:
    table = a_table(address)
    shards = [table.shard(0), table.shard(0)]
    together = threading.Barrier(2)

    def race(who: int) -> str:
        together.wait()
        try:
            publish(shards[who], who, finished=True)
        except StorageUnavailable as lost:
            return str(lost)
        return "won"

    with ThreadPoolExecutor(2) as threads:
        ends = list(threads.map(race, range(2)))
    assert sorted(end == "won" for end in ends) == [False, True]
    assert max(ends, key=len) == (
        f"another worker published generation 1 of shard 0 of {address} first; run the shard again to "
        "continue after it"
    )
    assert numbers(table) == [ends.index("won")]


def test_the_loser_of_a_race_continues_after_the_winner(address: str) -> None:
    table = a_table(address)
    winner, loser = table.shard(0), table.shard(0)
    publish(winner, 1)
    with pytest.raises(StorageUnavailable):
        publish(loser, 1)
    with pytest.raises(StorageUnavailable):
        publish(loser, 1)
    again = table.shard(0)
    assert [row.instruction_id for row in again.published(Trajectory, "trajectories")] == [f"{1:016x}"]
    publish(again, 2, finished=True)
    assert numbers(table) == [1, 2]


@pytest.mark.parametrize("stop", ["upload", "generation"])
def test_a_worker_killed_after_its_upload_or_between_generations_leaves_every_row_once(
    address: str, stop: str
) -> None:
    table = a_table(address)
    with a_worker(address, 6, 2, stop) as worker:
        heard = [said(worker)]
        while heard[-1] not in ("uploaded", "between"):
            heard.append(said(worker))
        worker.send_signal(signal.SIGKILL)
    assert table.rows("trajectories") == (0 if stop == "upload" else 2)
    with a_worker(address, 6, 2) as worker:
        ends_well(worker)
    assert numbers(table) == list(range(6))


def test_workers_that_race_and_are_killed_publish_every_row_once(address: str) -> None:
    table = a_table(address, shards=4)
    for _ in range(3):
        with a_worker(address, 12, 1) as first, a_worker(address, 12, 1) as second:
            said(first)
            said(second)
            first.send_signal(signal.SIGKILL)
            said(second)
            second.send_signal(signal.SIGKILL)
    with a_worker(address, 12, 4) as first, a_worker(address, 12, 4) as second:
        ends_well(first)
        ends_well(second)
    assert numbers(table) == list(range(48))


class Unheard(Folder):
    """A folder whose acknowledgements of commits are lost, after or before they are written."""

    def __init__(self, address: str, way: str):
        super().__init__(address)
        self.way = way

    def create(self, key: str, content: bytes) -> bool:
        if self.way != "before":
            super().create(key, content)
        if self.way == "retried":
            return super().create(key, content)
        raise StorageUnavailable("the connection was cut")


@pytest.mark.parametrize("way", ["retried", "after"])
def test_a_lost_acknowledgement_counts_as_success(tmp_path: Path, way: str) -> None:
    a_table(str(tmp_path))
    shard = Table(str(tmp_path), a_manifest(), Unheard(str(tmp_path), way)).shard(0)
    publish(shard, 1)
    assert shard.newest.generation == 1
    publish(shard, 2, finished=True)
    assert numbers(Table.open(str(tmp_path))) == [1, 2]


def test_a_commit_that_was_not_written_is_no_success_and_can_be_tried_again(tmp_path: Path) -> None:
    a_table(str(tmp_path))
    store = Unheard(str(tmp_path), "before")
    shard = Table(str(tmp_path), a_manifest(), store).shard(0)
    with pytest.raises(StorageUnavailable, match="the connection was cut"):
        publish(shard, 1)
    store.way = "after"
    publish(shard, 1, finished=True)
    assert numbers(Table.open(str(tmp_path))) == [1]


@pytest.mark.parametrize("act", ["unheard", "cut", "refuse"])
def test_a_server_that_fails_around_a_commit_still_has_every_row_once(
    act: str, s3_server: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    failed: set[str] = set()

    def fault(method: str, path: str) -> str:
        if method == "PUT" and "/commits/" in path and path not in failed:
            failed.add(path)
            return act
        return "pass"

    address = f"s3://{BUCKET}/{tmp_path.name}-{os.getpid()}/{act}"
    with faulty(s3_server, fault) as url:
        point_at(url, monkeypatch)
        table = a_table(address)
        shard = table.shard(0)
        publish(shard, 1)
        publish(shard, 2, finished=True)
        assert len(failed) == 2
        assert numbers(Table.open(address)) == [1, 2]


def test_a_table_whose_creation_was_not_heard_is_continued(
    s3_server: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    failed: set[str] = set()

    def fault(method: str, path: str) -> str:
        if method == "PUT" and path.endswith("/table.json") and not failed:
            failed.add(path)
            return "unheard"
        return "pass"

    with faulty(s3_server, fault) as url:
        point_at(url, monkeypatch)
        table = a_table(f"s3://{BUCKET}/{tmp_path.name}-{os.getpid()}/made")
    assert failed
    assert table.manifest.run_id == "annotate-1"
