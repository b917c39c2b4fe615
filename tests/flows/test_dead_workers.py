"""Flow runs that die without a word are called crashed, those that are slow are not; on a real server."""

import asyncio
import contextvars
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from uuid import UUID, uuid4

import pytest
from prefect.automations import Automation
from prefect.client.orchestration import get_client
from prefect.client.schemas.objects import FlowRun, State, StateType
from prefect.events import emit_event
from prefect.events.schemas.automations import EventTrigger
from prefect.states import Cancelling, Completed, Pending, Running

from flows import automations, reconcile
from flows.labels import PROJECT
from flows.reconcile import SILENT_S, Parameters, Silent, Watch
from flows.signs import CLOCKS_DIFFER, HEARTBEAT, heartbeats, newest_commit, processes_here
from tasks.records import Tool
from tests.flows.conftest import Clone
from tests.flows.waiting import until
from tests.tasks.storage.tables_made import a_table

pytestmark = pytest.mark.prefect


def says(clone: Clone, state: State[Any] | None = None, **parameters: object) -> FlowRun:
    """A flow run of a shard that says it runs; no process belongs to it."""
    with get_client(sync_client=True) as client:
        deployment = client.read_deployment_by_name("annotate-shard/annotate-shard")
        run = client.create_flow_run_from_deployment(
            deployment.id,
            parameters={"address": clone.address("trajectories", "silent"), "shard": 0, **parameters},
            tags=[PROJECT],
        )
        client.set_flow_run_state(run.id, Running(), force=True)
        if state is not None:
            client.set_flow_run_state(run.id, state, force=True)
        return client.read_flow_run(run.id)


@contextmanager
def beating(run: FlowRun) -> Iterator[None]:
    """Heartbeats of a flow run, as its engine sends them."""
    over = threading.Event()

    def beat() -> None:
        while not over.wait(0.5):
            emit_event(HEARTBEAT, resource={"prefect.resource.id": f"prefect.flow-run.{run.id}"})

    thread = threading.Thread(target=contextvars.copy_context().run, args=(beat,))  # knows our server
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


@contextmanager
def process_of(run: FlowRun) -> Iterator[int]:
    """A process that belongs to a flow run, as a worker starts it."""
    child = subprocess.Popen(
        [sys.executable, "-c", "import time; print('up', flush=True); time.sleep(600)"],
        env={**os.environ, "PREFECT__FLOW_RUN_ID": str(run.id)},
        stdout=subprocess.PIPE,
    )
    assert child.stdout is not None
    child.stdout.readline()
    try:
        yield child.pid
    finally:
        child.kill()
        child.communicate()


def look(watch: Watch) -> tuple[set[UUID], bool]:
    with get_client(sync_client=True) as client:
        dead, suspect = watch.look(client)
    return {each.flow_run for each in dead}, suspect


def found(run: FlowRun) -> Silent:
    """As one that was just found dead."""
    assert run.state is not None
    return Silent(flow_run=run.id, state=run.state.id)


def ended(run: UUID) -> FlowRun:
    with get_client(sync_client=True) as client:
        return client.read_flow_run(run)


def set_aside(*runs: FlowRun) -> None:
    """Let no other test meet them."""
    with get_client(sync_client=True) as client:
        for run in runs:
            client.delete_flow_run(run.id)


@pytest.fixture
def quiet(inside: Clone) -> Iterator[Clone]:
    """Without the reconciler of the clone: these tests look themselves."""
    reconciler = inside.supervisor.running()["reconciler"].pid
    os.kill(reconciler, signal.SIGSTOP)
    yield inside
    os.kill(reconciler, signal.SIGCONT)


def test_only_what_is_silent_on_every_side_is_dead(quiet: Clone, monkeypatch: pytest.MonkeyPatch) -> None:
    table = a_table(quiet.address("tools", "written"))
    silent, pending = says(quiet), says(quiet, Pending())
    has_process, beats, writes = says(quiet), says(quiet), says(quiet, address=table.address)
    monkeypatch.setattr(reconcile, "ASLEEP_S", 0.0)  # as short as the silence here: half of that
    watch = Watch(silent_s=20.0)  # the server writes events down every five seconds
    with process_of(has_process) as pid, beating(beats):
        assert processes_here([silent, has_process]) == {has_process.id: [pid]}
        began, dead = time.monotonic(), set[UUID]()
        while time.monotonic() - began < 300 and not {silent.id, pending.id} <= dead:
            table.shard(0).publish({"tools": (Tool, [])}, finished=False)
            dead = look(watch)[0]
            time.sleep(1)
        assert {silent.id, pending.id} <= dead and time.monotonic() - began >= 20
        assert not dead & {has_process.id, beats.id, writes.id}
        assert newest_commit(writes) and not newest_commit(silent)
        watch.deaf()
        assert look(watch) == (set(), True), "the server may have been away until now"
    set_aside(silent, pending, has_process, beats, writes)


def test_workers_that_are_started_anew_end_no_flow_run_of_others(quiet: Clone) -> None:
    elsewhere, foreign = says(quiet), says(quiet)
    with get_client(sync_client=True) as client:
        client.update_flow_run(foreign.id, tags=["theirs"])
    with beating(elsewhere):
        os.kill(quiet.supervisor.running()["worker-local"].pid, signal.SIGKILL)
        quiet.supervisor.up()
        assert {ended(run.id).state_type for run in (elsewhere, foreign)} == {StateType.RUNNING}
    set_aside(elsewhere, foreign)


def test_silence_fits_heartbeats_and_two_minutes() -> None:
    every_s = 30  # PREFECT_FLOWS_HEARTBEAT_FREQUENCY, the least that Prefect allows
    assert 2 * every_s < SILENT_S and SILENT_S + 2 * reconcile.LOOK_EVERY_S < 120
    assert automations.WITHIN.total_seconds() >= 10 * every_s


def test_who_slept_listens_anew(quiet: Clone) -> None:
    silent = says(quiet)
    watch = Watch(silent_s=0.0)
    assert silent.id not in look(watch)[0]
    assert silent.id in look(watch)[0]
    watch._looked -= 3600
    assert silent.id not in look(watch)[0]
    set_aside(silent)


def test_a_watch_of_many_days_listens_to_the_last_two(quiet: Clone) -> None:
    silent, watch = says(quiet), Watch(silent_s=0.0)
    watch._since -= timedelta(days=30)
    assert silent.id not in look(watch)[0]
    assert datetime.now(UTC) - watch._since < timedelta(days=2)
    assert silent.id in look(watch)[0]
    set_aside(silent)


def test_the_reconciler_crashes_what_died_and_says_so(quiet: Clone) -> None:
    silent = says(quiet)
    words = ("--every", "0.5", "--silent", "5")
    watching = subprocess.Popen([sys.executable, "-m", "flows.reconcile", *words])
    try:
        run = until(lambda: found if (found := ended(silent.id)).state_type == StateType.CRASHED else None)
    finally:
        watching.terminate()
        watching.wait()
    assert run.state is not None and run.state.message is not None
    assert "no sign of life for" in run.state.message and "while it was running" in run.state.message
    assert run.state.message.endswith("its worker or machine died; run it again to continue")
    set_aside(silent)


def test_what_is_alive_or_not_ours_is_left_alone_whoever_names_it_and_each_is_said(
    quiet: Clone, caplog: pytest.LogCaptureFixture
) -> None:
    foreign, speaks, ends, has_process, beats = (says(quiet) for _ in range(5))
    nowhere, dead = Silent(flow_run=uuid4(), state=uuid4()), says(quiet)
    with get_client(sync_client=True) as client:
        client.update_flow_run(foreign.id, tags=["theirs"])
        client.set_flow_run_state(speaks.id, Running(), force=True)  # not the state that was seen
        client.set_flow_run_state(ends.id, Completed(), force=True)
        with process_of(has_process), beating(beats):
            until(lambda: heartbeats(client, [beats], datetime.now(UTC) - CLOCKS_DIFFER))
            named = [foreign, speaks, ends, has_process, beats, dead]
            assert reconcile.reconcile(Parameters(found=[nowhere, *map(found, named)])) == 1
    states = [ended(run.id).state_name for run in named]
    assert states == ["Running", "Running", "Completed", "Running", "Running", "Crashed"]
    said = [line.partition(" is left alone: ") for line in caplog.messages if "left alone" in line]
    assert {line[0]: line[2] for line in said} == {
        f"{nowhere.flow_run}": "there is no such flow run",
        f"{foreign.name} ({foreign.id})": "it is none of ours, which bear the tag toolfoundry",
        f"{speaks.name} ({speaks.id})": "its state has changed since",
        f"{ends.name} ({ends.id})": "it does not go on",
        f"{has_process.name} ({has_process.id})": "a process of it runs on this host",
        f"{beats.name} ({beats.id})": "it has sent a heartbeat since",
    }
    set_aside(*named)


def test_a_watch_goes_on_whatever_is_answered() -> None:
    with answering(b"{'detail': 'no gateway'}") as url:
        watching = subprocess.Popen(
            [sys.executable, "-m", "flows.reconcile", "--every", "0.1"],
            env={**os.environ, "PREFECT_API_URL": url},
            stdout=subprocess.PIPE,
            text=True,
        )
        assert watching.stdout is not None
        try:
            lines = [watching.stdout.readline() for _ in range(2)]
        finally:
            watching.terminate()
            watching.communicate()
    assert all(line.startswith("a look failed (JSONDecodeError: ") for line in lines), lines


@contextmanager
def answering(body: bytes) -> Iterator[str]:
    """A server that says the same to everybody, as a gateway before a Prefect server may."""

    class Gateway(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST

        def log_message(self, format: str, *args: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Gateway)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/api"
    finally:
        server.shutdown()
        server.server_close()


def test_what_was_cancelled_without_a_worker_is_ended_by_us(
    quiet: Clone, monkeypatch: pytest.MonkeyPatch
) -> None:
    orphan, going_on = says(quiet, Cancelling()), says(quiet)
    with process_of(orphan) as pid, process_of(going_on) as other:
        look(Watch())
        assert processes_here([orphan]) == {orphan.id: [pid]}, "its worker may still be at it"
        monkeypatch.setattr(reconcile, "ORPHAN_S", 0.0)
        until(lambda: (look(Watch()), not processes_here([orphan]))[1] or None)
        assert processes_here([going_on]) == {going_on.id: [other]}
    set_aside(orphan, going_on)


def test_the_automation_is_there_once_whoever_deploys_again(inside: Clone) -> None:
    async def again() -> list[Automation]:
        async with get_client() as client:
            await automations.make_automations()
            found: list[Any] = await client.read_automations_by_name(automations.NAME)
            return found

    (first,) = asyncio.run(again())
    (second,) = asyncio.run(again())
    assert first == second and first.enabled
    assert isinstance(first.trigger, EventTrigger) and first.trigger.within == automations.WITHIN
