"""Four workers race over sixty shards and are killed at random: every row once, whatever the server does.

The full number of kills takes minutes (`make test-s3`); a few run in a folder and on moto in every `make
test`.
"""

import json
import os
import random
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from infra.s3.radosgw import Radosgw
from tasks.records import Trajectory
from tasks.storage.effects import carry_out
from tasks.storage.store import store_of
from tasks.storage.sweep import sweeping
from tasks.storage.table import Table
from tests.conftest import CLONE
from tests.s3.storm import LARGE, LARGE_EVERY
from tests.tasks.storage.conftest import BUCKET, point_at
from tests.tasks.storage.proxy import faulty
from tests.tasks.storage.tables_made import a_table, numbers

KILLS = 200
FAULTS = ("refuse", "unheard", "cut", "half")


def some_faults(share: float, seed: int, seen: Counter[str]) -> Callable[[str, str], str]:
    """503s, 500s after the write, connections cut before and within the answer: so many of all requests."""
    chance = random.Random(seed)

    def fault(method: str, path: str) -> str:
        act = chance.choice(FAULTS) if chance.random() < share else "pass"
        seen[act] += 1
        return act

    return fault


def storm(address: str, units: int, batch: int, kills: int, life_s: float) -> int:
    words = {"workers": 4, "units": units, "batch": batch, "kills": kills, "life-s": life_s, "seed": 1}
    command = [sys.executable, "-m", "tests.s3.storm", address]
    command += [f"--{name}={value}" for name, value in words.items()]
    done = subprocess.run(command, cwd=CLONE, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return int(json.loads(done.stdout)["kills"])


def tell(capsys: pytest.CaptureFixture[str], sentence: str) -> None:
    """Say what was gone through, past pytest."""
    with capsys.disabled():
        print(f"\n{sentence}")


def check(table: Table, units: int, tmp_path: Path) -> None:
    """Every row once, large files whole, and what killed workers left is garbage and nothing else."""
    assert table.unfinished() == []
    assert numbers(Table.open(table.address)) == list(range(units * len(table.shards)))
    large = Table.open(table.address).newest()
    parts = [part for commit in large.values() for part in commit.members.get("model", ())]
    assert len(parts) == len(range(0, len(table.shards), LARGE_EVERY))
    assert all(part.size == LARGE for part in parts)
    store = store_of(table.address)
    for part in parts:
        assert store.fetch(part.key, tmp_path / "weights") == part.sha256
    # Nobody works any more, so even the youngest part that no commit names is garbage.
    swept = carry_out(sweeping(table.address, table.manifest.identity, age_s=-3600.0, remove=True), store)
    assert swept.young == 0
    assert store.unfinished(store.time() + 3600, remove=False) == 0
    named = {part.key for commit in large.values() for parts in commit.members.values() for part in parts}
    assert {key for key in store.keys("data")} == named
    assert table.read(Trajectory, "trajectories").num_rows == units * len(table.shards)


@pytest.mark.s3
def test_two_hundred_kills_in_a_folder_leave_every_row_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table = a_table(str(tmp_path / "v1"), shards=60)
    assert storm(table.address, units=20, batch=1, kills=KILLS, life_s=0.25) == KILLS
    check(table, 20, tmp_path)
    tell(capsys, f"folder: {KILLS} kills, {60 * 20} rows, every one once")


@pytest.mark.s3
def test_two_hundred_kills_on_radosgw_through_faults_leave_every_row_once(
    rados: Radosgw, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    seen: Counter[str] = Counter()
    address = f"s3://{BUCKET}/storm-{os.getpid()}/v1"
    table = a_table(address, shards=60)
    with faulty(rados.address, some_faults(0.2, 1, seen)) as url:
        point_at(url, monkeypatch)
        assert storm(address, units=8, batch=2, kills=KILLS, life_s=3.0) == KILLS
    point_at(rados.address, monkeypatch)
    assert all(seen[act] > 20 for act in FAULTS)
    check(table, 8, tmp_path)
    wrong = sum(seen[act] for act in FAULTS)
    tell(
        capsys,
        f"radosgw: {KILLS} kills, {sum(seen.values()):,} requests of which {wrong:,} went wrong "
        f"({', '.join(f'{act} {seen[act]:,}' for act in FAULTS)}), {60 * 8} rows, every one once",
    )


def test_a_few_kills_in_a_folder_leave_every_row_once(tmp_path: Path) -> None:
    table = a_table(str(tmp_path / "v1"), shards=6)
    assert storm(table.address, units=40, batch=1, kills=12, life_s=0.25) == 12
    check(table, 40, tmp_path)


def test_a_few_kills_on_moto_through_faults_leave_every_row_once(
    s3_server: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    seen: Counter[str] = Counter()
    address = f"s3://{BUCKET}/storm-{os.getpid()}/v1"
    point_at(s3_server, monkeypatch)
    table = a_table(address, shards=4)
    with faulty(s3_server, some_faults(0.2, 2, seen)) as url:
        point_at(url, monkeypatch)
        assert storm(address, units=8, batch=2, kills=4, life_s=2.0) == 4
    point_at(s3_server, monkeypatch)
    check(table, 8, tmp_path)
