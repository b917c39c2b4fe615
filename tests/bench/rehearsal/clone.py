"""The clone that is rehearsed on: its own servers and workers, in a state folder of its own."""

import os
import shutil
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx
import orjson

from infra.local import programs
from infra.local.scale import DATABASE, REDIS
from infra.local.supervisor import Supervisor
from tests.bench.rehearsal.machine import Kind
from tests.bench.rehearsal.records import Database, OnPostgres, Sqlite
from tests.debian_servers import own_postgres, own_redis
from tests.tasks.storage.conftest import BUCKET, KEYS

PRICES = {"rehearsal-middle": {"input": 0.15, "cached": 0.075, "cache_write": 0.15, "output": 0.6}}
"""gpt-4o-mini's list price, so that the ledger books, and syncs to disk, as it does for a paid model."""
_FOREIGN = ("FOUNDRY_", "OPENAI_", "AWS_", "RAPIDAPI_", "PREFECT_")
_POLL_S = 0.5
_BUSY_S = 120.0


@dataclass(frozen=True, slots=True)
class Settings:
    """How a rehearsal is set up."""

    state: Path
    root: Path | None = None
    """Where tables lie; None: in the state folder."""
    step_up: bool = False
    """Prefect on PostgreSQL and Redis, in place of SQLite and its own memory."""
    s3: bool = False
    """Tables in a bucket whose server counts what it is asked, in place of a folder."""
    ledger_on_postgres: bool = False
    workers: int = 2
    shards_at_once: int = 4
    first_token_s: float = 0.9
    tokens_per_s: float = 60.0


@dataclass(slots=True)
class Clone:
    """A clone that runs."""

    supervisor: Supervisor
    settings: dict[str, str]
    database: Database
    kinds: dict[str, Kind]
    s3: str = ""
    """Address of the counting S3 server."""

    @property
    def root(self) -> str:
        """Where its tables lie."""
        return self.settings["FOUNDRY_ROOT"]

    @property
    def logs(self) -> Path:
        """Folder of its programs' logs."""
        return self.supervisor.folder / "logs"

    def run(self, deployment: str, parameters: dict[str, Any], patience_s: float) -> dict[str, Any]:
        """Start a flow run of a deployment, wait for its end, give it.

        Raises:
            RuntimeError: it did not end well, or not in time.
        """
        known = self.ask("GET", f"/deployments/name/{deployment}/{deployment}")
        told = {"parameters": {"parameters": parameters}, "idempotency_key": uuid.uuid4().hex}
        made = self.ask("POST", f"/deployments/{known['id']}/create_flow_run", told)
        deadline = time.monotonic() + patience_s
        while True:
            time.sleep(_POLL_S)
            run = self.ask("GET", f"/flow_runs/{made['id']}")
            state = run["state"] or {}
            if state.get("type") == "COMPLETED":
                return run
            if state.get("type") in ("FAILED", "CRASHED", "CANCELLED"):
                raise RuntimeError(f"{deployment} ended {state['type']}: {state.get('message')}")
            if time.monotonic() > deadline:
                raise RuntimeError(f"{deployment} did not end within {patience_s:.0f} s")

    def ask(self, method: str, path: str, told: dict[str, Any] | None = None) -> dict[str, Any]:
        """An answer of the Prefect server; while it is busy (503) it is asked again, as by Prefect."""
        base = self.settings["PREFECT_API_URL"]
        deadline = time.monotonic() + _BUSY_S
        while True:
            try:
                answer = httpx.request(method, f"{base}{path}", json=told, timeout=60, trust_env=False)
                if answer.status_code != 503 or time.monotonic() > deadline:
                    answer.raise_for_status()
                    return dict(answer.json()) if answer.content else {}
            except httpx.TransportError:
                if time.monotonic() > deadline:
                    raise
            time.sleep(1)

    def foundry(self, *words: str) -> dict[str, Any]:
        """Run a command of the command line in the clone's environment; give its report."""
        command = [sys.executable, "-m", "flows", *words, "--json"]
        environment = {**self.supervisor.shell, **self.settings}
        ended = subprocess.run(command, env=environment, capture_output=True, text=True)
        if ended.returncode:
            raise RuntimeError(f"foundry {words[0]} failed: {ended.stderr.strip()[-600:]}")
        report: dict[str, Any] = orjson.loads(ended.stdout.splitlines()[-1])
        return report

    def requests(self) -> dict[str, int]:
        """What the S3 server was asked so far; nothing where tables lie in a folder."""
        if not self.s3:
            return {}
        counts: dict[str, int] = httpx.get(f"{self.s3}/counts", trust_env=False, timeout=30).json()
        return counts


@contextmanager
def running(chosen: Settings) -> Iterator[Clone]:
    """A clone from scratch but for its tables and ports, ended with the block."""
    folder = chosen.state.absolute()
    with ExitStack() as servers:
        Supervisor(folder, say=_quiet).down()
        for left in ("prefect", "logs", "calls", "ledger.sqlite", "ledger.sqlite-wal", "ledger.sqlite-shm"):
            place = folder / left
            shutil.rmtree(place) if place.is_dir() else place.unlink(missing_ok=True)
        folder.mkdir(parents=True, exist_ok=True)
        prices = folder / "prices.json"
        prices.write_bytes(orjson.dumps(PRICES))
        shell = {name: text for name, text in os.environ.items() if not name.startswith(_FOREIGN)}
        shell |= {
            "FOUNDRY_ROOT": str((chosen.root or folder / "tables").absolute()),
            "FOUNDRY_LEDGER": str(folder / "ledger.sqlite"),
            "FOUNDRY_PRICES": str(prices),
            "FOUNDRY_HUB_OPTIONS": "--plants 0 --drift 0",
            "FOUNDRY_TEACHER_OPTIONS": f"--first-token-s {chosen.first_token_s} "
            f"--tokens-per-s {chosen.tokens_per_s}",
        }
        kinds: dict[str, Kind] = {}
        database: Database = Sqlite(folder / "prefect")
        s3 = ""
        if chosen.step_up or chosen.ledger_on_postgres:
            postgres = servers.enter_context(own_postgres())
            kinds["PostgreSQL"] = Kind((postgres.pid,))
        if chosen.step_up:
            redis = servers.enter_context(own_redis())
            kinds["Redis"] = Kind((redis.pid,))
            shell |= {DATABASE: f"postgresql+asyncpg://{postgres.database('prefect')}", REDIS: redis.address}
            database = OnPostgres(postgres, "prefect")
        if chosen.ledger_on_postgres:
            shell["FOUNDRY_LEDGER"] = f"postgresql://{postgres.database('ledger')}"
        if chosen.s3:
            s3, pid = servers.enter_context(_counting_s3())
            kinds["S3 (moto)"] = Kind((pid,))
            reached = {
                "FOUNDRY_ROOT": f"s3://{BUCKET}/rehearsal",
                "AWS_ENDPOINT_URL": s3,
                "AWS_ACCESS_KEY_ID": KEYS[0],
                "AWS_SECRET_ACCESS_KEY": KEYS[1],
                "AWS_REGION": "us-east-1",
            }
            shell |= reached
            os.environ.update(reached)  # tables are looked at from here too
        supervisor = Supervisor(folder, say=_quiet, shell=shell)
        servers.callback(supervisor.down)
        known = supervisor.up()
        _more_workers(supervisor, known, chosen.workers)
        clone = Clone(supervisor, known, database, kinds | kinds_of(supervisor), s3)
        clone.ask("PATCH", "/work_pools/local", {"concurrency_limit": chosen.shards_at_once})
        yield clone


def _more_workers(supervisor: Supervisor, known: dict[str, str], count: int) -> None:
    """Workers of the shards' pool beside the one that `up` starts, as on further hosts."""
    (first,) = (each for each in programs.workers(known, supervisor.shell) if each.name == "worker-local")
    supervisor.keep_running(
        [
            replace(
                first,
                name=f"{first.name}-{number}",
                command=[word.replace("laptop-local", f"laptop-local-{number}") for word in first.command],
            )
            for number in range(2, count + 1)
        ]
    )


def kinds_of(supervisor: Supervisor) -> dict[str, Kind]:
    """What runs on a clone, by what it does."""
    pids = {name: record.pid for name, record in supervisor.running().items()}
    local = tuple(pid for name, pid in pids.items() if name.startswith("worker-local"))
    return {
        "hub": Kind((pids["hub"],)),
        "teacher": Kind((pids["teacher"],)),
        "Prefect server": Kind((pids["prefect"],)),
        "workers of shards": Kind(local, below="shards"),
        "reconciler": Kind(tuple(pid for name, pid in pids.items() if name == "reconciler")),
        "workers of parents": Kind((pids["worker-control"], pids["worker-train"]), below="parents, assemble"),
    }


@contextmanager
def _counting_s3() -> Iterator[tuple[str, int]]:
    command = [sys.executable, "-m", "tests.moto_server"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            address = server.stdout.readline().strip()
            if not address:
                raise RuntimeError("the S3 server did not start")
            yield address, server.pid
        finally:
            server.terminate()


def _quiet(text: str) -> None:
    """A supervisor that says nothing."""
