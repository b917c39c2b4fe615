"""What runs on a laptop: the outside world (hub, teacher), the Prefect server, and one worker a pool."""

import hashlib
import json
import os
import shlex
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from infra.local.ports import HOST
from infra.local.scale import server_settings
from infra.local.settings import of_program, url
from infra.local.sqlite_cursors import database_address

SERVERS = ("hub", "teacher", "prefect")
"""Programs with a port; the workers need all three."""
POOLS = ("control", "local", "train")

_READ_BY_WORKERS = ("FOUNDRY_", "OPENAI_", "RAPIDAPI_", "PREFECT_", "AWS_")
"""Beginnings of the variables that flow runs look at: a worker is restarted when one of them has changed."""


@dataclass(frozen=True, slots=True)
class Program:
    """A command that is kept running."""

    name: str
    command: list[str]
    environment: dict[str, str] = field(repr=False)
    address: str = ""
    """Where people find it; empty for a worker."""
    health: str = ""
    """Answers 200 as soon as it is ready; empty: ready when started."""
    reads: tuple[str, ...] = ()
    """Beginnings of variable names; another value of one asks for a restart, as another command does."""

    @property
    def made_of(self) -> str:
        """Digest of command and what is read of the environment."""
        read = {name: text for name, text in sorted(self.environment.items()) if name.startswith(self.reads)}
        return hashlib.blake2b(json.dumps([self.command, read]).encode(), digest_size=8).hexdigest()


def servers(
    folder: Path, ports: Mapping[str, int], settings: Mapping[str, str], shell: Mapping[str, str]
) -> list[Program]:
    """Hub, teacher and Prefect server; they start side by side.

    `FOUNDRY_HUB_OPTIONS` and `FOUNDRY_TEACHER_OPTIONS` of the shell are added to their commands.
    """
    plants = folder / "sandbox" / "plants.json"
    plants.parent.mkdir(parents=True, exist_ok=True)
    environment = of_program(settings, shell)

    def more(name: str) -> list[str]:
        return shlex.split(shell.get(f"FOUNDRY_{name.upper()}_OPTIONS", ""))

    hub, teacher, prefect = (url(ports[name]) for name in SERVERS)
    return [
        Program(
            "hub",
            _python(
                "infra.sandbox.hub", "--port", ports["hub"], "--seed", 1, "--plants-to", plants, *more("hub")
            ),
            environment,
            hub,
            f"{hub}/healthz",
        ),
        Program(
            "teacher",
            _python("infra.sandbox.teacher", "--port", ports["teacher"], "--seed", 1, *more("teacher")),
            environment,
            f"{teacher}/v1",
            f"{teacher}/healthz",
        ),
        Program(
            "prefect",
            _python("prefect", "server", "start", "--host", HOST, "--port", ports["prefect"]),
            {
                **environment,
                **_own_pages_only(ports["prefect"]),
                # What is scheduled by clicking gets its first runs in seconds; by default within a minute.
                "PREFECT_SERVER_SERVICES_SCHEDULER_LOOP_SECONDS": "10",
                "PREFECT_SERVER_DATABASE_CONNECTION_URL": database_address(
                    Path(settings["PREFECT_HOME"]) / "prefect.db"
                ),
                **server_settings(shell),
            },
            prefect,
            f"{prefect}/api/health",
            reads=("PREFECT_SERVER_", "PREFECT_REDIS_"),
        ),
    ]


def workers(settings: Mapping[str, str], shell: Mapping[str, str]) -> list[Program]:
    """One process worker a pool, so that waiting parents cannot starve shards, nor shards the training.

    Torch gets half of the cores in each flow run: student and retriever are trained at the same time, and
    OpenMP threads beyond the cores spin (measured on two: 228 s instead of 72 s for the retriever). How many
    flow runs go on at once is the pool's limit: a worker with a limit of its own dies of a flow run that is
    scheduled again before its old process is gone (Prefect 3.8.8, CapacityLimiter).
    """
    cores = os.cpu_count() or 2
    return [
        Program(
            f"worker-{pool}",
            _python("prefect", "worker", "start", "--pool", pool, "--name", f"laptop-{pool}"),
            {**of_program(settings, shell), "OMP_NUM_THREADS": str(max(1, cores // 2))},
            reads=_READ_BY_WORKERS,
        )
        for pool in POOLS
    ]


def reconciler(settings: Mapping[str, str], shell: Mapping[str, str]) -> Program:
    """Watches for flow runs whose worker and process were killed; see `flows.reconcile`."""
    command = _python("flows.reconcile")
    return Program("reconciler", command, of_program(settings, shell), reads=_READ_BY_WORKERS)


def _own_pages_only(port: int) -> dict[str, str]:
    """Unless told, the server lets a page of any site read runs and start flows; its own UI is enough."""
    return {"PREFECT_SERVER_CORS_ALLOWED_ORIGINS": f"{url(port)},http://localhost:{port}"}


def _python(module: str, *arguments: object) -> list[str]:
    return [sys.executable, "-m", module, *map(str, arguments)]
