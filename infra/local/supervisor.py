"""Brings the programs of one clone up and down, and nothing else's.

    up       hub, teacher and Prefect server side by side; then pools, deployments and one worker a pool
    down     ends what this clone started, workers first, so that their flow runs can say that they ended

`up` leaves running what runs as wanted, and starts the rest; so it is also the way to mend a clone of which
something died.
"""

import fcntl
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import httpx

from infra.local import ports, processes, programs, settings
from infra.local.errors import LocalError
from infra.local.processes import Record
from infra.local.programs import Program

READY_WITHIN_S = 300.0
"""A server that has not answered by then never will; with 15 programs for each core, Prefect's took 120 s."""

DRAINED_WITHIN_S = 25.0
"""Shards that are asked to end publish what is finished; slow model calls may take them 20 s."""

Say = Callable[[str], None]


class Supervisor:
    """The programs whose records lie in one state folder."""

    def __init__(self, folder: Path, say: Say = print, shell: Mapping[str, str] | None = None):
        self.folder = folder
        self.say = say
        self.shell = dict(os.environ if shell is None else shell)

    @property
    def pids(self) -> Path:
        """Folder of records."""
        return self.folder / "pids"

    @property
    def env_file(self) -> Path:
        """What a shell needs to talk to this clone's programs: `set -a; . .foundry/env`."""
        return self.folder / "env"

    def records(self) -> dict[str, Record]:
        """Name to what was started and not taken down."""
        return processes.read_records(self.pids)

    def running(self) -> dict[str, Record]:
        """Those that still run."""
        return {name: record for name, record in self.records().items() if record.running}

    def up(self) -> dict[str, str]:
        """Start what does not run; return the settings that a program of this clone works with.

        Raises:
            LocalError: something did not start; its log is named.
        """
        with self._alone():
            chosen = ports.choose(programs.SERVERS, [*self.running()], self.folder)
            known = settings.shared(self.folder, chosen, self.shell)
            self.keep_running(programs.servers(self.folder, chosen, known, self.shell))
            known["FOUNDRY_HUB_KEY"] = self._hub_key(settings.url(chosen["hub"]))
            settings.write_env(known, self.env_file)
            wanted = programs.workers(known, self.shell)
            self._deploy(known)
            self.keep_running([*wanted, programs.reconciler(known, self.shell)])
            return known

    def keep_running(self, wanted: Sequence[Program]) -> None:
        """Start these side by side where they do not run as wanted, and wait until each is ready.

        Raises:
            LocalError: one ended, or is not ready in time.
        """
        starting = [program for program in wanted if not self._runs_as_wanted(program)]
        for program in starting:
            self._start(program)
        for program in wanted:
            self._wait_until_ready(program)
            if program in starting:
                self.say(f"started {program.name:<16} {program.address}".rstrip())

    def down(self, patience_s: float = DRAINED_WITHIN_S) -> list[str]:
        """End what this clone started, grandchildren included; return the names of what ran."""
        with self._alone():
            running = self.running()
            workers = [each.pid for name, each in running.items() if name.startswith("worker-")]
            processes.end(workers, None, patience_s)
            processes.end([each.pid for each in running.values()], self.folder, patience_s)
            for name in self.records():
                processes.forget(self.pids, name)
            return list(running)

    def _runs_as_wanted(self, program: Program) -> bool:
        record = self.records().get(program.name)
        return record is not None and record.running and record.made_of == program.made_of

    def _start(self, program: Program) -> None:
        old = self.records().get(program.name)
        if old is not None and old.running:
            processes.end([old.pid], None, DRAINED_WITHIN_S)
        log = self.folder / "logs" / f"{program.name}.log"
        pid = processes.start(program.command, program.environment, log, self.folder)
        began = processes.birth(pid)
        if began is None:
            raise LocalError(f"{program.name} ended while starting: {_last_words(log)}")
        Record(program.name, pid, began, program.made_of, str(log), program.address).write(self.pids)

    def _wait_until_ready(self, program: Program) -> None:
        deadline = time.monotonic() + READY_WITHIN_S
        with httpx.Client(trust_env=False, timeout=5.0) as client:
            while True:
                record = self.records()[program.name]
                if not record.running:
                    raise LocalError(f"{program.name} ended while starting: {_last_words(Path(record.log))}")
                if not program.health or _answers(client, program.health):
                    return
                if time.monotonic() > deadline:
                    raise LocalError(
                        f"{program.name} gave no answer within {READY_WITHIN_S:.0f} s; see {record.log}"
                    )
                time.sleep(0.1)

    def _hub_key(self, hub: str) -> str:
        known = settings.read_env(self.env_file).get("FOUNDRY_HUB_KEY", "")
        with httpx.Client(trust_env=False, timeout=10.0) as client:
            if known and client.get(f"{hub}/hub/categories", headers={"X-Hub-Key": known}).is_success:
                return known
            answer = client.post(f"{hub}/hub/keys", json={"name": "laptop"})
        if not answer.is_success:
            raise LocalError(f"the hub at {hub} issued no key (status {answer.status_code}); see 'make logs'")
        return str(answer.json()["key"])

    def _deploy(self, known: Mapping[str, str]) -> None:
        """Make pools and deployments.

        What a worker that is gone has left `Running` is the reconciler's: only it hears what other hosts'
        processes say.
        """
        log = self.folder / "logs" / "deploy.log"
        with log.open("w") as output:
            ended = subprocess.run(
                [sys.executable, "-m", "flows.deploy"],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=settings.of_program(known, self.shell),
            )
        if ended.returncode:
            raise LocalError(f"pools and deployments were not made: {_last_line(log)} (see {log})")

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Two `make` at once take turns."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / "local.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


def _answers(client: httpx.Client, address: str) -> bool:
    try:
        return client.get(address).is_success
    except httpx.HTTPError:
        return False


def _last_words(log: Path) -> str:
    return f"{_last_line(log)} (see {log})"


def _last_line(log: Path) -> str:
    lines = log.read_text(errors="replace").split("\n") if log.exists() else []
    return next((line.strip() for line in reversed(lines) if line.strip()), "it said nothing")
