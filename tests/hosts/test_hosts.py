"""Two workers on other addresses share one run; one is cut off in the middle of its shards; nothing is lost.

Centre: Prefect server on PostgreSQL and Redis, hub, teacher, S3, the ledger's PostgreSQL, parents' worker.
Host 1 and host 2: a worker of shards each, with a state folder of its own. Host 3: the reconciler, which can
therefore see no process of theirs.
"""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import httpx
import orjson
import pytest

from infra.local import processes
from infra.local.scale import DATABASE, REDIS
from infra.local.settings import of_program
from infra.local.supervisor import Supervisor
from tasks.records import Call, Reject, Spend, Trajectory
from tasks.storage.commits import Commit
from tasks.storage.table import Table
from tests.debian_servers import NotInstalled, Postgres, own_postgres, own_redis
from tests.hosts.network import CENTRE, EVERYBODY, Host, Network, NotPermitted
from tests.tasks.storage.conftest import BUCKET, KEYS

pytestmark = [
    pytest.mark.hosts,
    pytest.mark.skipif(
        not os.environ.get("FOUNDRY_TEST_HOSTS"), reason="takes minutes and root's rights: make test-hosts"
    ),
]
Found = TypeVar("Found")
WITHIN_S = 600.0
SHARDS, EACH = 6, 10
ANNOTATE = "stage='annotate'"
PRICES = {"rehearsal-middle": {"input": 1.0, "cached": 0.5, "cache_write": 1.0, "output": 4.0}}


@dataclass(frozen=True, slots=True)
class World:
    """What runs."""

    network: Network
    supervisor: Supervisor
    known: dict[str, str]
    """Settings of a program on another host."""
    postgres: Postgres
    hosts: list[Host]
    workers: list["subprocess.Popen[bytes]"]
    folder: Path

    def api(self) -> httpx.Client:
        """A client of the Prefect server."""
        return httpx.Client(base_url=self.known["PREFECT_API_URL"], timeout=60, trust_env=False)

    def ledger(self, query: str) -> list[list[str]]:
        """Rows of the ledger."""
        return self.postgres.ask("ledger", query.replace("calls", "foundry_ledger.calls"))


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    try:
        network = Network()
    except NotPermitted as no:
        pytest.skip(str(no))
    with ExitStack() as stack:
        stack.callback(network.remove)
        hosts = [network.add(number) for number in (11, 12, 13)]
        stack.enter_context(network.entered())
        try:
            postgres = stack.enter_context(own_postgres(CENTRE, EVERYBODY))
            redis = stack.enter_context(own_redis(CENTRE))
        except NotInstalled as missing:
            pytest.skip(str(missing))
        s3 = stack.enter_context(_started(["-m", "tests.moto_server", "--host", CENTRE]))
        prices = tmp_path / "prices.json"
        prices.write_bytes(orjson.dumps(PRICES))
        shell = {name: text for name, text in os.environ.items() if not name.startswith("FOUNDRY_")}
        shell |= {
            "FOUNDRY_ROOT": f"s3://{BUCKET}/hosts",
            "FOUNDRY_LEDGER": f"postgresql://{postgres.database('ledger')}",
            "FOUNDRY_PRICES": str(prices),
            "FOUNDRY_HUB_OPTIONS": "--plants 0 --drift 0",
            "FOUNDRY_TEACHER_OPTIONS": "--first-token-s 1.5",
            "AWS_ENDPOINT_URL": s3,
            "AWS_ACCESS_KEY_ID": KEYS[0],
            "AWS_SECRET_ACCESS_KEY": KEYS[1],
            "AWS_REGION": "us-east-1",
            "NO_PROXY": CENTRE,
            DATABASE: f"postgresql+asyncpg://{postgres.database('prefect')}",
            REDIS: redis.address,
        }
        supervisor = Supervisor(tmp_path / "state", say=lambda text: None, shell=shell)
        stack.callback(supervisor.down, patience_s=3)
        centre = supervisor.up()
        for name in ("worker-local", "reconciler"):  # those shall be on other hosts
            if name in supervisor.running():
                processes.end([supervisor.running()[name].pid], None, patience_s=8)
        served = ("FOUNDRY_HUB_URL", "OPENAI_BASE_URL", "PREFECT_API_URL")
        ports = [centre[name].split("/")[2].rpartition(":")[2] for name in served]
        stack.enter_context(_started(["-m", "tests.hosts.relay", CENTRE, *ports]))
        known = {name: text.replace("127.0.0.1", CENTRE) for name, text in centre.items()}
        for name, text in {**shell, **known}.items():
            if name.startswith(("FOUNDRY_", "AWS_", "OPENAI_")):
                monkeypatch.setenv(name, text)
        made = World(network, supervisor, {**shell, **known}, postgres, hosts, [], tmp_path)
        try:
            yield made
        finally:
            for each in made.workers:
                os.killpg(each.pid, signal.SIGKILL)
                each.wait(timeout=30)
            if logs := os.environ.get("FOUNDRY_TEST_LOGS"):
                shutil.copytree(tmp_path, logs, dirs_exist_ok=True)


def test_a_host_that_is_cut_off_loses_nothing(world: World) -> None:
    first, second, third = world.hosts
    start(world, third, [sys.executable, "-m", "flows.reconcile", "--silent", "60"])
    for host in (first, second):
        worker = ["prefect", "worker", "start", "--pool", "local", "--name", host.name, "--limit", "2"]
        start(world, host, [sys.executable, "-m", *worker])
    with world.api() as client:
        client.patch("/work_pools/local", json={"concurrency_limit": 4}).raise_for_status()
    instructions, trajectories = written(world), at(world, "trajectories")
    told = {"instructions": instructions, "trajectories": trajectories}
    parent = run(world, "annotate", {**told, "shard_size": EACH, "concurrency": 2})
    until(lambda: Table.exists(trajectories))
    table = Table.open(trajectories)

    def begun() -> set[int]:
        """Shards that host 1 works on and has published a part of."""
        assert not final(world, parent), message(world, parent)
        mine = shards_paid_by(world, first)
        return mine & {shard for shard, commit in table.newest().items() if not commit.finished}

    cut_off = until(begun)
    before = {shard: table.newest()[shard] for shard in cut_off}
    world.network.pull(first)
    until(lambda: states(world, parent, "CRASHED") or final(world, parent))
    until(lambda: final(world, parent))
    assert not succeeded(world, parent), "shards of a host that is gone were not done"
    assert set(table.unfinished()) >= cut_off

    retried(world, parent)
    until(lambda: cut_off & shards_paid_by(world, second))
    world.network.plug(first)  # it comes back in the middle, and believes that the shards are still its own
    if until(lambda: final(world, parent)) != "COMPLETED":  # it may have said so of its old flow runs
        retried(world, parent)
    assert until(lambda: final(world, parent)) == "COMPLETED", message(world, parent)

    assert table.unfinished() == []
    rows = [row.instruction_id for row in table.records(Trajectory, "trajectories")]
    rows += [row.subject_id for row in table.records(Reject, "rejects")]
    assert len(rows) == len(set(rows)) == SHARDS * EACH, "every instruction once"
    for shard, commit in before.items():
        assert parts_of(commit) <= parts_of(table.newest()[shard]), "what was published before stays"
    check_ledger(world, table)


def check_ledger(world: World, table: Table) -> None:
    """Every reply of the table was booked; of those that were paid twice, all but one are marked."""
    until(lambda: not world.ledger(f"select 1 from calls where {ANNOTATE} and state='reserved'"))
    columns = "subject, request, ordinal, repeated, host, cost"
    paid = world.ledger(f"select {columns} from calls where {ANNOTATE} and state='settled'")
    asked = Counter((subject, request, int(ordinal)) for subject, request, ordinal, *_ in paid)
    unmarked = Counter(tuple(row[:3]) for row in paid if row[3] in ("0", "f"))
    published = {
        (call.subject_id, call.request_key, call.ordinal)
        for call in table.records(Call, "calls")
        if call.kind == "model"
    }
    assert published <= set(asked), "a reply in the table that the ledger did not book"
    assert set(unmarked.values()) == {1}, "a reply was paid twice, and nothing says so"
    spent = sum(row.cost_nano_usd for row in table.records(Spend, "spend"))
    assert 0 < spent <= sum(int(row[5]) for row in paid)
    assert {row[4] for row in paid} == {host.name for host in world.hosts[:2]}
    twice = sum(asked.values()) - len(asked)
    print(f"{len(asked)} replies paid, {twice} of them twice; {len(published)} published")


def written(world: World) -> str:
    """Address of instructions, made from the marketplace as other hosts reach it."""
    catalog, instructions = at(world, "catalog"), at(world, "instructions")
    hub, count = world.known["FOUNDRY_HUB_URL"], str(SHARDS * EACH)
    foundry(world, "crawl", "--source", "hub", "--location", hub, "--catalog", catalog, "--no-probe")
    write = ["instruct", "--catalog", catalog, "--groups", "I1", "--count", count, "--concurrency", "16"]
    foundry(world, *write, "--instructions", instructions)
    return instructions


def shards_paid_by(world: World, host: Host) -> set[int]:
    """Shards that a host has asked the model for."""
    rows = world.ledger(f"select distinct shard from calls where host='{host.name}' and {ANNOTATE}")
    return {int(row[0]) for row in rows}


def parts_of(commit: Commit) -> set[str]:
    return {part.key for parts in commit.members.values() for part in parts}


def at(world: World, table: str) -> str:
    return f"{world.known['FOUNDRY_ROOT']}/{table}/v1"


def foundry(world: World, *words: str) -> None:
    command = [sys.executable, "-m", "flows", *words]
    ended = subprocess.run(command, env=of_program(world.known, os.environ), capture_output=True, text=True)
    assert not ended.returncode, ended.stderr[-800:]


def start(world: World, host: Host, command: list[str]) -> None:
    own = world.folder / host.name
    own.mkdir(exist_ok=True)
    environment = of_program(world.known, os.environ)
    environment |= {"FOUNDRY_STATE": str(own / "state"), "PREFECT_HOME": str(own / "prefect")}
    world.workers.append(host.start(command, environment, own / "log"))


def run(world: World, deployment: str, parameters: dict[str, Any]) -> str:
    with world.api() as client:
        known = client.get(f"/deployments/name/{deployment}/{deployment}").raise_for_status().json()
        told = {"parameters": {"parameters": parameters}}
        made = client.post(f"/deployments/{known['id']}/create_flow_run", json=told).raise_for_status()
        return str(made.json()["id"])


def retried(world: World, run_id: str) -> str:
    """What the UI's Retry does."""
    with world.api() as client:
        told = {"state": {"type": "SCHEDULED"}, "force": True}
        client.post(f"/flow_runs/{run_id}/set_state", json=told).raise_for_status()
    return run_id


def read(world: World, run_id: str) -> dict[str, Any]:
    with world.api() as client:
        found: dict[str, Any] = client.get(f"/flow_runs/{run_id}").raise_for_status().json()
        return found


def final(world: World, run_id: str) -> str:
    kind = str((read(world, run_id)["state"] or {}).get("type"))
    return kind if kind in ("COMPLETED", "FAILED", "CRASHED", "CANCELLED") else ""


def succeeded(world: World, run_id: str) -> bool:
    return final(world, run_id) == "COMPLETED"


def message(world: World, run_id: str) -> str:
    return str((read(world, run_id)["state"] or {}).get("message"))


def states(world: World, parent: str, kind: str) -> list[str]:
    """Shards of a parent that are in a state."""
    wanted = {"flow_runs": {"parent_flow_run_id": {"any_": [parent]}, "state": {"type": {"any_": [kind]}}}}
    with world.api() as client:
        return [run["id"] for run in client.post("/flow_runs/filter", json=wanted).raise_for_status().json()]


def until(found: Callable[[], Found]) -> Found:
    """The first answer that is something."""
    deadline = time.monotonic() + WITHIN_S
    while not (answer := found()):
        assert time.monotonic() < deadline, f"it did not come to that within {WITHIN_S:.0f} s"
        time.sleep(0.5)
    return answer


class _started:
    """First line of a program that runs until the block ends."""

    def __init__(self, words: list[str]):
        self._words = words

    def __enter__(self) -> str:
        self._process = subprocess.Popen([sys.executable, *self._words], stdout=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        said = self._process.stdout.readline().strip()
        assert said, f"{self._words} did not start"
        return said

    def __exit__(self, *error: object) -> None:
        self._process.terminate()
        self._process.communicate(timeout=30)
