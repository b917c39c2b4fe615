import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tasks.errors import StorageUnavailable
from tasks.llm.call_log import CallLog, call_log_of
from tests.conftest import CLONE

LOOP = """
import sys
from pathlib import Path
from tasks.llm.call_log import CallLog
log = CallLog(Path(sys.argv[1]))
ordinal = 0
while True:
    if log.get("subject", "model", "key", ordinal) is None:
        log.put("subject", "model", "key", ordinal, {"reply": ordinal})
        print(ordinal, flush=True)
    ordinal += 1
"""


def test_an_answer_is_found_again_by_subject_kind_request_and_ordinal(tmp_path: Path) -> None:
    log = CallLog(tmp_path / "log.sqlite")
    log.put("a", "model", "key", 0, {"content": "yes"})
    assert log.get("a", "model", "key", 0) == {"content": "yes"}
    for other in (
        ("b", "model", "key", 0),
        ("a", "api", "key", 0),
        ("a", "model", "k", 0),
        ("a", "model", "key", 1),
    ):
        assert log.get(*other) is None  # type: ignore[arg-type]
    log.close()


def test_the_first_answer_stays(tmp_path: Path) -> None:
    log = CallLog(tmp_path / "log.sqlite")
    log.put("a", "model", "key", 0, 1)
    log.put("a", "model", "key", 0, 2)
    assert log.get("a", "model", "key", 0) == 1
    log.close()


def test_answers_outlive_the_log_that_wrote_them_until_it_is_removed(tmp_path: Path) -> None:
    log = CallLog(tmp_path / "log.sqlite")
    log.put("a", "api", "key", 0, ["text \ud83d", 10**30, None])
    log.close()
    again = CallLog(tmp_path / "log.sqlite")
    assert again.get("a", "api", "key", 0) == ["text \ud83d", 10**30, None]
    again.remove()
    assert list(tmp_path.iterdir()) == []
    again.close()


def test_threads_may_share_a_log(tmp_path: Path) -> None:
    log, together = CallLog(tmp_path / "log.sqlite"), threading.Barrier(4)

    def write(who: int) -> None:
        together.wait()
        for ordinal in range(25):
            log.put(str(who), "model", "key", ordinal, ordinal)

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(write, range(4)))
    assert [log.get(str(who), "model", "key", 24) for who in range(4)] == [24] * 4
    log.close()


def test_nothing_logged_is_lost_when_its_process_is_killed(tmp_path: Path) -> None:
    path, logged = tmp_path / "log.sqlite", 0
    for lines in (1, 40, 7):
        command = [sys.executable, "-c", LOOP, str(path)]
        with subprocess.Popen(command, cwd=CLONE, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            said = [int(process.stdout.readline()) for _ in range(lines)]
            process.kill()
            rest = process.stdout.read().split("\n")
        # The first line of this process is the first ordinal that no process before it has logged.
        assert said[0] >= logged
        said += [int(line) for line in rest[:-1]]
        logged = said[-1] + 1
        log = CallLog(path)
        assert all(log.get("subject", "model", "key", each) == {"reply": each} for each in range(logged))
        log.close()


def test_each_shard_of_each_run_of_an_address_has_its_own_log(own_world: Path) -> None:
    places = set()
    for address, shard, run in (
        ("/t/v1", 0, "r1"),
        ("/t/v1", 1, "r1"),
        ("/t/v2", 0, "r1"),
        ("/t/v1", 0, "r2"),
    ):
        log = call_log_of(address, shard, run)
        places.add(log._path)
        log.close()
    assert len(places) == 4
    assert all((own_world / "state" / "calls") in place.parents for place in places)


def test_a_damaged_log_is_said(tmp_path: Path) -> None:
    (tmp_path / "log.sqlite").write_bytes(b"no database at all" * 100)
    with pytest.raises(StorageUnavailable, match=r"the call log .*/log\.sqlite cannot be used"):
        CallLog(tmp_path / "log.sqlite")
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageUnavailable, match="cannot be used"):
        CallLog(tmp_path / "file" / "log.sqlite")


def test_a_closed_log_says_so_rather_than_losing_an_answer(tmp_path: Path) -> None:
    log = CallLog(tmp_path / "log.sqlite")
    log.close()
    with pytest.raises(StorageUnavailable):
        log.put("a", "model", "key", 0, 1)
