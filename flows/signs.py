"""Signs of life of flow runs: their process here, heartbeats, and what they last wrote.

A flow run whose process and worker were killed says `Running` for ever. It is told from one that is slow by
silence on every side: no process of it on this host, no heartbeat (sent every 30 s by a thread of its own,
also during one long model call), no commit of its shard's. Only changes that we see ourselves count, by our
own clock: hosts whose clocks differ, a server that was away and a machine that slept crash nobody.
"""

import os
from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple
from uuid import UUID

from prefect.client.orchestration import SyncPrefectClient
from prefect.client.schemas.filters import (
    FlowRunFilter,
    FlowRunFilterState,
    FlowRunFilterStateType,
    FlowRunFilterTags,
)
from prefect.client.schemas.objects import FlowRun, StateType
from prefect.events.filters import (
    EventFilter,
    EventNameFilter,
    EventOccurredFilter,
    EventResourceFilter,
)

from flows.labels import PROJECT
from flows.runs import all_matching, pages
from tasks.errors import FactoryError
from tasks.storage.addresses import is_below, root
from tasks.storage.store import store_of

HEARTBEAT = "prefect.flow-run.heartbeat"
GOING_ON = [StateType.RUNNING, StateType.PENDING, StateType.CANCELLING]
CLOCKS_DIFFER = timedelta(days=1)
"""Hosts whose clocks are further apart than this have heartbeats that nobody counts."""
_OF_RUN = "PREFECT__FLOW_RUN_ID"
"""Variable by which a process knows its flow run."""


def going_on(client: SyncPrefectClient) -> list[FlowRun]:
    """Every flow run of the factory that some process should be working on."""
    wanted = FlowRunFilter(
        state=FlowRunFilterState(type=FlowRunFilterStateType(any_=GOING_ON)),
        tags=FlowRunFilterTags(all_=[PROJECT]),
    )
    return all_matching(client, wanted)


def processes_here(runs: Iterable[FlowRun]) -> dict[UUID, list[int]]:
    """Flow runs that have processes on this host, and their ids; none where there is no /proc."""
    wanted = {f"{_OF_RUN}={run.id}".encode(): run.id for run in runs}
    found: dict[UUID, list[int]] = {}
    for folder in Path("/proc").glob("[0-9]*") if wanted else []:
        with suppress(OSError):
            environment = folder.joinpath("environ").read_bytes().split(b"\0")
            for each in wanted.keys() & set(environment):
                found.setdefault(wanted[each], []).append(int(folder.name))
    return {identity: sorted(pids) for identity, pids in found.items()}


class Heard(NamedTuple):
    """Heartbeats of one flow run since some moment."""

    beats: int
    newest: datetime
    """By the clock of who sent it."""


def heartbeats(client: SyncPrefectClient, runs: Sequence[FlowRun], since: datetime) -> dict[UUID, Heard]:
    """Heartbeats since a moment, by the clock of who sent them; flow runs that sent none are left out."""
    found: dict[UUID, Heard] = {}
    for page in pages(runs):
        names = [f"prefect.flow-run.{run.id}" for run in page]
        wanted = EventFilter(
            occurred=EventOccurredFilter(since=since, until=datetime.now(UTC) + CLOCKS_DIFFER),
            event=EventNameFilter(name=[HEARTBEAT]),
            resource=EventResourceFilter(id=names),
        )
        answer = client.request(
            "POST",
            "/events/count-by/{countable}",
            path_params={"countable": "resource"},
            json={"filter": wanted.model_dump(mode="json")},
        )
        for each in answer.json():
            heard = Heard(int(each["count"]), datetime.fromisoformat(each["end_time"]))
            found[UUID(each["value"].rpartition(".")[2])] = heard
    return found


def newest_commit(run: FlowRun) -> str:
    """Which commit of its shard is the newest; empty where there is none, or nobody can say."""
    address, shard = run.parameters.get("address"), run.parameters.get("shard")
    if not isinstance(address, str) or not isinstance(shard, int):
        return ""
    try:
        if not is_below(address, root()):
            return ""
        return max(store_of(address).keys(f"commits/shard-{shard:05d}"), default="")
    except FactoryError:
        return ""


def is_ours(pid: int) -> bool:
    """Whether we may send signals to a process."""
    with suppress(OSError):
        return Path(f"/proc/{pid}").stat().st_uid == os.getuid()
    return False
