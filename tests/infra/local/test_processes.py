import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from infra.local import processes
from infra.local.processes import Record

SLEEPS = "import time; time.sleep(600)"
HAS_CHILD_IN_ANOTHER_SESSION = (
    "import subprocess, sys, time\n"
    f"child = subprocess.Popen([sys.executable, '-c', '{SLEEPS}'], start_new_session=True)\n"
    "print(child.pid, flush=True)\n"
    "time.sleep(600)"
)
IGNORES_REQUESTS = (
    "import signal, time\n"
    "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
    "print('ready', flush=True)\n"
    "time.sleep(600)"
)


@pytest.fixture
def started(tmp_path: Path) -> Iterator[Callable[[str], int]]:
    pids: list[int] = []

    def start(code: str) -> int:
        log = tmp_path / f"{len(pids)}.log"
        pids.append(processes.start([sys.executable, "-c", code], os.environ, log, tmp_path))
        return pids[-1]

    yield start
    processes.end([pid for pid in pids if processes.birth(pid)], tmp_path, patience_s=0)


def until_said(log: Path) -> str:
    deadline = time.monotonic() + 20
    while not log.exists() or not log.read_text().endswith("\n"):
        assert time.monotonic() < deadline, "the program said nothing"
        time.sleep(0.01)
    return log.read_text().strip()


def test_a_program_is_ended_together_with_a_child_that_left_its_session(
    started: Callable[[str], int], tmp_path: Path
) -> None:
    pid = started(HAS_CHILD_IN_ANOTHER_SESSION)
    child = int(until_said(tmp_path / "0.log"))
    processes.end([pid], None, patience_s=5)
    assert processes.birth(pid) is None
    assert processes.birth(child) is None


def test_a_child_that_outlived_its_parent_is_found_by_its_mark(
    started: Callable[[str], int], tmp_path: Path
) -> None:
    pid = started(HAS_CHILD_IN_ANOTHER_SESSION)
    child = int(until_said(tmp_path / "0.log"))
    os.kill(pid, 9)
    processes.end([], tmp_path, patience_s=5)
    assert processes.birth(child) is None


def test_a_program_that_ignores_the_request_is_killed(started: Callable[[str], int], tmp_path: Path) -> None:
    pid = started(IGNORES_REQUESTS)
    until_said(tmp_path / "0.log")
    assert processes.end([pid], None, patience_s=0.2) == [pid]
    assert processes.birth(pid) is None


def test_programs_of_another_clone_are_spared(started: Callable[[str], int], tmp_path: Path) -> None:
    pid = started(SLEEPS)
    processes.end([], tmp_path / "another", patience_s=0)
    assert processes.birth(pid) is not None


def test_a_record_is_no_longer_running_when_its_id_was_given_to_another_process(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", SLEEPS]) as innocent:
        began = processes.birth(innocent.pid)
        assert began is not None
        record = Record("hub", innocent.pid, began, "digest", "hub.log", "")
        assert record.running
        assert not replace(record, began="boot/1").running
        innocent.kill()
    assert not record.running


def test_records_are_read_back_and_damaged_ones_left_out(tmp_path: Path) -> None:
    record = Record("hub", 1, "boot/1", "digest", "hub.log", "http://127.0.0.1:1")
    record.write(tmp_path)
    tmp_path.joinpath("teacher.json").write_text("{half")
    assert processes.read_records(tmp_path) == {"hub": record}
    processes.forget(tmp_path, "hub")
    assert processes.read_records(tmp_path) == {}
