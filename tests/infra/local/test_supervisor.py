import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from infra.local import ports, processes
from infra.local.errors import LocalError
from infra.local.programs import Program
from infra.local.settings import url
from infra.local.supervisor import Supervisor


@pytest.fixture
def supervisor(tmp_path: Path) -> Iterator[Supervisor]:
    found = Supervisor(tmp_path / "state", say=lambda text: None)
    found.folder.mkdir()
    yield found
    found.down(patience_s=0.5)


def web_server(supervisor: Supervisor, **environment: str) -> Program:
    chosen = ports.choose(["web"], [*supervisor.running()], supervisor.folder)["web"]
    return Program(
        "web",
        [sys.executable, "-m", "http.server", "--bind", ports.HOST, str(chosen)],
        {**os.environ, **environment},
        url(chosen),
        url(chosen),
        reads=("FOUNDRY_",),
    )


def test_what_runs_is_left_running_and_down_ends_it(supervisor: Supervisor) -> None:
    program = web_server(supervisor)
    supervisor.keep_running([program])
    assert httpx.get(program.address, trust_env=False).is_success
    first = supervisor.running()["web"]
    supervisor.keep_running([web_server(supervisor)])
    assert supervisor.running()["web"] == first
    assert supervisor.down() == ["web"]
    assert not first.running
    assert supervisor.records() == {}


def test_a_program_is_started_anew_when_what_it_reads_has_changed(supervisor: Supervisor) -> None:
    supervisor.keep_running([web_server(supervisor, FOUNDRY_MODEL="rehearsal-strong")])
    first = supervisor.running()["web"]
    supervisor.keep_running([web_server(supervisor, FOUNDRY_MODEL="rehearsal-strong", SHLVL="7")])
    assert supervisor.running()["web"] == first
    supervisor.keep_running([web_server(supervisor, FOUNDRY_MODEL="another")])
    assert supervisor.running()["web"] != first
    assert not first.running


def test_a_program_that_died_is_started_again(supervisor: Supervisor) -> None:
    supervisor.keep_running([web_server(supervisor)])
    first = supervisor.running()["web"]
    processes.end([first.pid], None, patience_s=5)
    supervisor.keep_running([web_server(supervisor)])
    assert supervisor.running()["web"].pid != first.pid


def test_a_program_that_ends_while_starting_is_reported_with_its_last_words_and_its_log(
    supervisor: Supervisor,
) -> None:
    failing = Program(
        "broken", [sys.executable, "-c", "raise SystemExit('no licence')"], {}, health=url(9) + "/healthz"
    )
    with pytest.raises(LocalError, match=r"broken ended while starting: no licence \(see .*broken\.log\)"):
        supervisor.keep_running([failing])


def test_down_spares_a_process_that_was_given_the_id_of_a_dead_program(supervisor: Supervisor) -> None:
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"]) as innocent:
        stale = processes.Record("hub", innocent.pid, "boot/1", "digest", "hub.log", "")
        stale.write(supervisor.pids)
        assert supervisor.down() == []
        assert innocent.poll() is None
        innocent.kill()
    assert supervisor.records() == {}
