"""The rehearsal's harness at its smallest: every figure is there, and agrees with what is known otherwise."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.bench.rehearsal.clone import Clone as Rehearsed
from tests.bench.rehearsal.clone import kinds_of
from tests.bench.rehearsal.journey import Journey, rehearse
from tests.bench.rehearsal.machine import Kind, Watch
from tests.bench.rehearsal.records import Sqlite
from tests.bench.rehearsal.sheet import factory_cpu_s, sheet
from tests.flows.conftest import Clone

pytestmark = pytest.mark.prefect


def test_a_rehearsal_of_six_instructions(inside: Clone) -> None:
    database = Sqlite(Path(inside.settings["PREFECT_HOME"]))
    clone = Rehearsed(inside.supervisor, inside.settings, database, kinds_of(inside.supervisor))
    found = rehearse(clone, Journey(6, shard_size=3, concurrency=3), "smoke")
    assert (found.instructions, found.shards) == (6, 2)
    assert found.samples > 0
    assert found.model_calls >= 2 * found.instructions
    assert found.wall_s >= found.annotate_s + found.assemble_s
    assert found.prompt_tokens > found.output_tokens > 0
    assert found.executed["flow_run"] == found.prefect_rows["flow_run"] == 2 + found.shards
    assert found.executed["task_run"] + found.shards == found.prefect_rows["task_run"]
    assert found.dropped == 0
    used = found.watched.usage
    assert used["shards"].cpu_s > 0.5 and used["shards"].peak_each_mib > 50
    assert used["Prefect server"].cpu_s > 0 and used["teacher"].cpu_s > 0
    assert factory_cpu_s(found) > used["shards"].cpu_s
    page = sheet(found, "smoke")
    assert "6 instructions in 2 shards" in page and "| shards |" in page
    assert found.to_json()["watched"]["load"]["mean"] > 0


BURNS = "import time; end = time.process_time() + 0.75\nwhile time.process_time() < end: pass"
DRIVES = (
    "import subprocess, sys\n"
    "print(flush=True)\n"
    "sys.stdin.readline()\n"
    f"subprocess.run([sys.executable, '-c', {BURNS!r}], check=True)\n"
    "print(flush=True)\n"
    "sys.stdin.readline()"
)


def test_time_of_processes_that_have_ended_is_counted_under_what_they_did() -> None:
    # By a process of its own: below this one runs the clone, whose servers and workers use time as well.
    with subprocess.Popen(
        [sys.executable, "-c", DRIVES], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as driver:
        assert driver.stdin is not None and driver.stdout is not None
        driver.stdout.readline()
        with Watch({"driver": Kind((driver.pid,), below="burnt")}) as watch:
            driver.stdin.write("\n")
            driver.stdin.flush()
            assert driver.stdout.readline() == "\n"
        driver.stdin.close()
    assert 0.7 <= watch.seen.usage["burnt"].cpu_s < 3.0
    assert watch.seen.usage["driver"].cpu_s < 0.7
