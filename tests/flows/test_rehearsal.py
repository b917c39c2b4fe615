"""The rehearsal's harness at its smallest: every figure is there, and agrees with what is known otherwise."""

import os
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


def test_time_of_processes_that_have_ended_is_counted_under_what_they_did() -> None:
    with Watch({"driver": Kind((os.getpid(),), below="burnt")}) as watch:
        burn = "import time; end = time.process_time() + 0.7\nwhile time.process_time() < end: pass"
        assert os.spawnlp(os.P_WAIT, "python3", "python3", "-c", burn) == 0
    assert 0.7 <= watch.seen.usage["burnt"].cpu_s < 3.0
    assert watch.seen.usage["driver"].cpu_s < 0.7
