"""Reconcile: flow runs whose worker and process are gone end as `Crashed`, so that they can be run again.

`python -m flows.reconcile` watches, every ten seconds, for as long as it runs; a flow run of `reconcile` is
made only where one was found dead, so the list of runs shows findings and no rounds. Where nobody keeps the
watch, the deployment `reconcile` does one by hand or by its schedule. The heartbeat automation of
`flows.automations` is the last resort, when neither runs.
"""

import argparse
import os
import signal
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime
from uuid import UUID

import httpx
from prefect import flow, get_run_logger, tags
from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.objects import FlowRun, StateType
from prefect.exceptions import ObjectNotFound, PrefectException
from prefect.settings import PREFECT_API_URL
from prefect.states import Crashed
from pydantic import BaseModel, ConfigDict, Field

from flows.labels import PROJECT
from flows.runs import cancel, children
from flows.signs import (
    CLOCKS_DIFFER,
    GOING_ON,
    Heard,
    going_on,
    heartbeats,
    is_ours,
    newest_commit,
    processes_here,
)

SILENT_S = 75.0
"""Two heartbeats and a half (sent every 30 s): with a look every ten seconds, two minutes are kept."""
ASLEEP_S = 40.0
"""A longer pause between two looks means that we did not listen."""
LOOK_EVERY_S = 10.0
ORPHAN_S = 45.0
"""Who cancels kills after 30 s: a process that is still there has no worker any more that would."""


class Silent(BaseModel):
    """A flow run that was found dead, and what was seen of it last: changed since, it is left alone."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    flow_run: UUID = Field(description="Id of the flow run")
    state: UUID = Field(description="Id of the state it was in")
    heartbeat: datetime | None = Field(
        None, description="When it sent its newest heartbeat; empty: none was heard"
    )


class Parameters(BaseModel):
    """Call crashed what gives no sign of life: no process here, no heartbeat, no commit."""

    model_config = ConfigDict(extra="forbid")

    silent_s: float = Field(
        SILENT_S, ge=60, le=86_400, description="Silence after which a flow run counts as dead [s]"
    )
    found: list[Silent] = Field(
        [],
        description="Flow runs found dead already; empty: look for them",
    )


class Watch:
    """When we saw each flow run change for the last time, by our own clock."""

    def __init__(self, silent_s: float = SILENT_S):
        self._silent_s = silent_s
        self._since = datetime.now(UTC) - CLOCKS_DIFFER
        self._looked = time.monotonic()
        self._seen: dict[UUID, tuple[tuple[object, ...], float]] = {}

    def deaf(self) -> None:
        """The server was away: what we did not hear until now says nothing."""
        self._seen.clear()

    def look(self, client: SyncPrefectClient) -> tuple[list[Silent], bool]:
        """Flow runs that are dead, and whether others have no process here and are listened for."""
        runs = going_on(client)
        here = processes_here(runs)
        for run in runs:
            if run.id in here:
                _end_orphan(run, here[run.id])
        elsewhere = [run for run in runs if run.id not in here]
        beats = heartbeats(client, elsewhere, self._listening_since())
        now = time.monotonic()
        if now - self._looked > max(ASLEEP_S, self._silent_s / 2):
            self.deaf()
        self._looked = now
        before, self._seen = self._seen, {}
        for run in runs:
            signs = self._signs(run, run.id in here, beats.get(run.id))
            known = before.get(run.id)
            self._seen[run.id] = known if known is not None and known[0] == signs else (signs, now)
            if run.id in here:
                self._seen[run.id] = (signs, now)
        dead = [
            Silent(flow_run=run.id, state=run.state.id, heartbeat=_newest(beats.get(run.id)))
            for run in elsewhere
            if run.state is not None and now - self._seen[run.id][1] > self._silent_s
        ]
        return dead, len(dead) < len(elsewhere)

    def _signs(self, run: FlowRun, here: bool, heard: Heard | None) -> tuple[object, ...]:
        state = run.state.id if run.state is not None else None
        return (state,) if here else (state, heard, newest_commit(run))

    def _listening_since(self) -> datetime:
        """A day or two ago: in a window that only grows each count would take longer than the one before.

        Moved once a day, because all counts change then, and look like signs of life.
        """
        now = datetime.now(UTC)
        if now - self._since > 2 * CLOCKS_DIFFER:
            self._since = now - CLOCKS_DIFFER
        return self._since


@flow(name="reconcile")
def reconcile(parameters: Parameters) -> int:
    """Call dead flow runs crashed; return how many there were."""
    with get_client(sync_client=True) as client:
        dead = parameters.found
        watch, until = Watch(parameters.silent_s), time.monotonic() + parameters.silent_s + 2 * LOOK_EVERY_S
        suspect = not parameters.found
        while suspect and time.monotonic() < until:
            dead, suspect = watch.look(client)
            if suspect:
                time.sleep(LOOK_EVERY_S)
        return sum(_crash(client, each, parameters.silent_s) for each in dead)


def _crash(client: SyncPrefectClient, silent: Silent, silent_s: float) -> bool:
    """Call it crashed, unless it is not ours or has given a sign of life in the meantime."""
    try:
        now = client.read_flow_run(silent.flow_run)
    except ObjectNotFound:
        get_run_logger().warning("%s is left alone: there is no such flow run", silent.flow_run)
        return False
    alive = _why_left_alone(client, silent, now)
    if alive or now.state is None:
        get_run_logger().warning("%s (%s) is left alone: %s", now.name, now.id, alive)
        return False
    since = now.state.name.lower() if now.state.name else "going on"
    why = (
        f"no sign of life for {silent_s:.0f} s while it was {since} (no process, heartbeat or commit): its "
        "worker or machine died; run it again to continue"
    )
    if now.state.type is StateType.CANCELLING:  # nobody was left to pass it on
        cancel(client, children(client, now.id))
    client.set_flow_run_state(now.id, Crashed(message=why), force=True)
    get_run_logger().warning("%s (%s): %s", now.name, now.id, why)
    return True


def _why_left_alone(client: SyncPrefectClient, silent: Silent, now: FlowRun) -> str:
    """Why a flow run that was found dead, or named by hand, is not to be crashed; empty where it is."""
    if PROJECT not in now.tags:
        return f"it is none of ours, which bear the tag {PROJECT}"
    if now.state is None or now.state.type not in GOING_ON:
        return "it does not go on"
    if now.state.id != silent.state:
        return "its state has changed since"
    if processes_here([now]):
        return "a process of it runs on this host"
    heard = heartbeats(client, [now], datetime.now(UTC) - CLOCKS_DIFFER)
    if _newest(heard.get(now.id)) != silent.heartbeat:
        return "it has sent a heartbeat since"
    return ""


def _newest(heard: Heard | None) -> datetime | None:
    return heard.newest if heard is not None else None


def _end_orphan(run: FlowRun, pids: Sequence[int]) -> None:
    """End what was cancelled while its worker was dead: nobody else sends it the signal."""
    if run.state is None or run.state.type is not StateType.CANCELLING:
        return
    age_s = (datetime.now(UTC) - run.state.timestamp).total_seconds()
    if age_s > ORPHAN_S:
        for pid in filter(is_ours, pids):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGTERM if age_s < 2 * ORPHAN_S else signal.SIGKILL)


def watch_on(watch: Watch, every_s: float) -> None:
    """Look until we are stopped; a server that is away is waited for."""
    while True:
        try:
            with get_client(sync_client=True) as client:
                dead, _ = watch.look(client)
            if dead:
                with tags(PROJECT, "reconcile"):
                    reconcile(Parameters(found=dead))
        except (httpx.HTTPError, PrefectException, OSError) as error:
            watch.deaf()
            print(f"the Prefect server gave no answer ({type(error).__name__}); waiting", flush=True)
        except Exception as error:  # nobody would start the watch again, and the next look may fare better
            watch.deaf()
            print(f"a look failed ({type(error).__name__}: {error}); looking again", flush=True)
        time.sleep(every_s)


def main(arguments: Sequence[str] | None = None) -> int:
    """Keep the watch."""
    parser = argparse.ArgumentParser(prog="python -m flows.reconcile", description=__doc__)
    parser.add_argument("--every", type=float, default=LOOK_EVERY_S, metavar="S", help="pause between looks")
    parser.add_argument("--silent", type=float, default=SILENT_S, metavar="S", help="silence that is death")
    words = parser.parse_args(arguments)
    if not PREFECT_API_URL.value():
        print("no Prefect server is named; set PREFECT_API_URL", file=sys.stderr)
        return 2
    watch_on(Watch(words.silent), words.every)
    return 0


if __name__ == "__main__":
    sys.exit(main())
