"""Processes of this clone: started in sessions of their own, recorded, and ended without touching any other.

A process id says little: ids are given again. A record therefore keeps when its process began, and every
process of ours carries the state folder in its environment (`MARK`), so that grandchildren that outlived
their parents are found too (on Linux; elsewhere only those whose parents still run).
"""

import contextlib
import json
import os
import signal
import subprocess
import time
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

MARK = "FOUNDRY_SUPERVISED_IN"
_PROC = Path("/proc")


@dataclass(frozen=True, slots=True)
class Record:
    """One started program, as kept in `pids/<name>.json`."""

    name: str
    pid: int
    began: str
    """When the process began, as the system tells it; another process under this id began at another time."""
    made_of: str
    """Digest of command and environment: a change asks for a restart."""
    log: str
    address: str
    """Where it listens; empty for a worker."""

    @property
    def running(self) -> bool:
        """Whether this very process still runs."""
        return birth(self.pid) == self.began

    def write(self, folder: Path) -> None:
        """Keep it."""
        folder.mkdir(parents=True, exist_ok=True)
        partial = folder / f".{self.name}.partial"
        partial.write_text(json.dumps(asdict(self), indent=1) + "\n")
        partial.replace(folder / f"{self.name}.json")


def read_records(folder: Path) -> dict[str, Record]:
    """Name to record of what was started and not yet taken down; a damaged record is left out."""
    records = {}
    for path in sorted(folder.glob("*.json")):
        with contextlib.suppress(ValueError, TypeError, OSError):
            record = Record(**json.loads(path.read_text()))
            records[record.name] = record
    return records


def forget(folder: Path, name: str) -> None:
    """Drop the record of a program."""
    (folder / f"{name}.json").unlink(missing_ok=True)


def start(command: list[str], environment: Mapping[str, str], log: Path, mark: Path) -> int:
    """Start a program in a session of its own, output appended to its log; return its process id."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as output:
        child = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            env={**environment, MARK: str(mark)},
        )
    child.returncode = 0  # it outlives us on purpose; without this its object warns when collected
    return child.pid


def birth(pid: int) -> str | None:
    """When a process began, in the system's own words; None when there is none or it is a zombie."""
    with contextlib.suppress(OSError):
        os.waitpid(pid, os.WNOHANG)  # reaps it if it was our child
    if _PROC.joinpath("self", "stat").exists():
        fields = _stat(pid)
        return None if fields is None or fields[0] in "ZX" else f"{_boot_id()}/{fields[19]}"
    shown = subprocess.run(["ps", "-o", "stat=,lstart=", "-p", str(pid)], capture_output=True, text=True)
    state, _, began = shown.stdout.strip().partition(" ")
    return None if shown.returncode or state.startswith("Z") else began.strip()


def end(pids: Iterable[int], mark: Path | None, patience_s: float) -> list[int]:
    """Ask processes to end, with all that descends from them or carries the mark; then insist.

    Args:
        pids: what we started and know to run.
        mark: state folder whose marked processes belong to them too; None spares those.
        patience_s: time between the request (SIGTERM) and SIGKILL.

    Returns:
        what had to be killed.
    """
    leaders = list(pids)
    victims = _births([*leaders, *descendants(leaders), *marked(mark)])
    for pid in victims:
        _signal(pid, signal.SIGTERM)
    deadline = time.monotonic() + patience_s
    while (left := _still(victims)) and time.monotonic() < deadline:
        time.sleep(0.05)
    victims |= _births([*descendants(left), *marked(mark)])
    killed = _still(victims)
    for pid in killed:
        _signal(pid, signal.SIGKILL)
    deadline = time.monotonic() + 5
    while _still(victims) and time.monotonic() < deadline:
        time.sleep(0.02)
    return killed


def descendants(pids: Iterable[int]) -> list[int]:
    """Children of `pids`, their children, and so on."""
    children: dict[int, list[int]] = {}
    for pid, parent in _parents().items():
        children.setdefault(parent, []).append(pid)
    found: list[int] = []
    todo = list(pids)
    while todo:
        below = children.get(todo.pop(), [])
        found += below
        todo += below
    return found


def marked(mark: Path | None) -> list[int]:
    """Processes, ourselves left out, that carry this mark in their environment; none without /proc."""
    if mark is None:
        return []
    wanted = f"{MARK}={mark}".encode()
    found = []
    for folder in _PROC.glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if wanted in folder.joinpath("environ").read_bytes().split(b"\0"):
                found.append(int(folder.name))
    return [pid for pid in found if pid != os.getpid()]


def _births(pids: Iterable[int]) -> dict[int, str]:
    return {pid: began for pid in pids if (began := birth(pid)) is not None}


def _still(victims: Mapping[int, str]) -> list[int]:
    return [pid for pid, began in victims.items() if birth(pid) == began]


def _signal(pid: int, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.kill(pid, number)


def _parents() -> dict[int, int]:
    if _PROC.joinpath("self", "stat").exists():
        numbers = [int(folder.name) for folder in _PROC.glob("[0-9]*")]
        return {pid: int(fields[1]) for pid in numbers if (fields := _stat(pid))}
    shown = subprocess.run(["ps", "-axo", "pid=,ppid="], capture_output=True, text=True, check=True)
    return {int(pid): int(parent) for pid, parent in (line.split() for line in shown.stdout.splitlines())}


def _stat(pid: int) -> list[str] | None:
    """Fields of /proc/<pid>/stat from the state on: the name before it may hold blanks and brackets."""
    try:
        return _PROC.joinpath(str(pid), "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None


def _boot_id() -> str:
    with contextlib.suppress(OSError):
        return _PROC.joinpath("sys/kernel/random/boot_id").read_text().strip()
    return "boot"
