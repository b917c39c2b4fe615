"""Reservations whose process has died, and calls that could not be settled in time."""

import fcntl
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tasks.errors import StorageUnavailable
from tasks.llm import booking
from tasks.llm.ledger import NANO, Ledger
from tasks.llm.protocol import Usage
from tasks.llm.stores.sqlite import Lives
from tests.conftest import CLONE
from tests.postgres import looking
from tests.tasks.llm.ledger.calling import RUN, STAGE, key, refused, reserved


def a_dead_process(script: str) -> None:
    """Run a script to its end: its reservations belong to nobody."""
    subprocess.run([sys.executable, "-c", script], cwd=CLONE, check=True)


def abandoned(ledger: Ledger, worst: int) -> None:
    a_dead_process(
        "from pathlib import Path, PosixPath; from tasks.llm.accounts import CallKey\n"
        "from tasks.llm.ledger import Ledger\n"
        f"key = CallKey('r', 'annotate', 0, '/t/v1', 'gone', 'm', 'q', 0)\n"
        f"Ledger({ledger.place!r}).reserve(key, {worst}, 'test')"
    )


def test_the_second_call_for_the_same_is_marked_as_repeated(ledger: Ledger) -> None:
    reserved(ledger, 1, "i", 0)
    reserved(ledger, 1, "i", 1)
    assert ledger.by_model("r")[0][3] == 0
    reserved(ledger, 1, "i", 0)
    assert ledger.by_model("r")[0][3] == 1


def test_a_reservation_of_a_dead_process_is_lost_and_stays_counted(ledger: Ledger) -> None:
    ledger.set_cap(STAGE, 1000 / NANO)
    abandoned(ledger, 700)
    assert ledger.spent(STAGE) == (0, 700, 1000)
    eventually(lambda: refused(ledger, 301).reserved == 0)
    assert refused(ledger, 301).settled == 700
    assert ledger.by_model("r")[0][4] == 1
    reserved(ledger, 300)


def test_a_lost_call_that_was_logged_after_all_is_settled_at_its_cost(ledger: Ledger) -> None:
    ledger.set_cap(STAGE, 1000 / NANO)
    abandoned(ledger, 700)
    eventually(lambda: refused(ledger, 301).reserved == 0)
    ledger.settle_logged(1, key("gone"), Usage(uncached=7), 70, 0.1)
    assert ledger.spent(STAGE) == (70, 0, 1000)
    ledger.settle_logged(1, key("gone"), Usage(uncached=7), 70, 0.1)
    assert ledger.spent(STAGE) == (70, 0, 1000)


def test_a_logged_reply_settles_no_other_call_of_the_same_number(ledger: Ledger) -> None:
    call = reserved(ledger, 700, "i")
    ledger.settle_logged(call, key("of another ledger"), Usage(), 5, 0.1)
    ledger.settle_logged(99, key("i"), Usage(), 5, 0.1)
    assert ledger.spent(RUN) == (0, 700, None)


HOLDER = """
import signal, sys
from pathlib import Path, PosixPath
from tasks.llm.accounts import CallKey
from tasks.llm.ledger import Ledger
ledger = Ledger({place!r})
ledger.reserve(CallKey('r', 'annotate', 0, '/t/v1', 'held', 'm', 'q', 0), 700, 'test')
print('up', flush=True)
sys.stdin.readline()
"""


@pytest.fixture
def holder(ledger: Ledger) -> Iterator["subprocess.Popen[bytes]"]:
    """Another process, with 700 nano-USD reserved."""
    script = HOLDER.format(place=ledger.place)
    with subprocess.Popen([sys.executable, "-c", script], cwd=CLONE, stdin=-1, stdout=-1) as child:
        assert child.stdout is not None and child.stdout.readline() == b"up\n"
        yield child
        child.kill()


def test_a_killed_process_that_nobody_collected_is_dead(
    ledger: Ledger, holder: "subprocess.Popen[bytes]"
) -> None:
    ledger.set_cap(STAGE, 1000 / NANO)
    assert refused(ledger, 301).reserved == 700
    holder.kill()
    os.waitid(os.P_PID, holder.pid, os.WEXITED | os.WNOWAIT)  # dead, and left for its parent to collect
    eventually(lambda: refused(ledger, 301).reserved == 0)


def test_who_is_stopped_or_of_another_container_lives(
    ledger: Ledger, holder: "subprocess.Popen[bytes]"
) -> None:
    ledger.set_cap(STAGE, 1000 / NANO)
    with looking(ledger.place) as rows:
        rows("UPDATE calls SET host='elsewhere', pid=?, created='2020-01-01T00:00:00+00:00'", 2**22 + 1)
    holder.send_signal(signal.SIGSTOP)
    assert refused(ledger, 301).reserved == 700
    holder.send_signal(signal.SIGCONT)


def test_a_process_that_was_given_the_number_of_a_dead_one_does_not_keep_its_reservation(
    ledger: Ledger,
) -> None:
    ledger.set_cap(STAGE, 1000 / NANO)
    reserved(ledger, 700)
    with looking(ledger.place) as rows:
        rows("UPDATE calls SET born='123456789'")  # also what earlier versions wrote
    assert refused(ledger, 301).reserved == 0


def eventually(found: Callable[[], bool], within_s: float = 60.0) -> None:
    """A server hears of a dead client at once, and may be slow to say so."""
    until = time.monotonic() + within_s
    while not found():
        assert time.monotonic() < until
        time.sleep(0.02)


def test_what_could_not_be_booked_is_booked_with_the_next_reservation(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger = Ledger(tmp_path / "ledger.sqlite")
    call = reserved(ledger, 900)

    def full(*_: object) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    with monkeypatch.context() as spoilt:
        spoilt.setattr(booking, "settle", full)
        with pytest.raises(StorageUnavailable, match="disk is full"):
            ledger.settle(call, Usage(), 250, 0.5, "ok")
    assert ledger.spent(RUN) == (0, 900, None)
    reserved(ledger, 100, "j")
    assert ledger.spent(RUN) == (250, 100, None)


def test_a_process_whose_file_is_removed_before_it_is_locked_lives(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another one that starts takes a file without a lock for a dead one's, and removes it."""
    path, lock, removed = tmp_path / "ledger.sqlite", fcntl.flock, []

    def beaten(file: int, how: int) -> None:
        if how == fcntl.LOCK_EX and len(removed) < 2:
            removed.extend(each.name for each in (tmp_path / "ledger.sqlite-alive").iterdir())
            assert Lives.gone(path, removed[-1])
        lock(file, how)

    monkeypatch.setattr(fcntl, "flock", beaten)
    mine = Lives(path)
    assert len(removed) == 2 and not Lives.gone(path, mine.name)
    mine.end()
    assert Lives.gone(path, mine.name)
