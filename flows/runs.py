"""Flow runs that start others: by deployment, at most one for each piece of work, waited for with one query.

A piece of work has an idempotency key. Asked for again, its flow run is found: one that still goes on is
waited for, one that has ended without its work being done is scheduled again. So a parent that is retried,
or a second parent over the same address, starts nothing twice and leaves nothing behind.
"""

import re
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.filters import (
    FlowRunFilter,
    FlowRunFilterId,
    FlowRunFilterIdempotencyKey,
    FlowRunFilterTags,
)
from prefect.client.schemas.objects import FlowRun, StateType
from prefect.deployments import run_deployment
from prefect.states import Cancelling, Scheduled

POLL_S = 1.0
SETTLED_AFTER_S = 5.0
"""A worker ties up the ends of a flow run for a while after its last state: scheduled again before that, it
would be called crashed because of its old process."""
_PAGE = 200
"""Most flow runs that the server returns for one query."""


@dataclass(frozen=True, slots=True)
class Work:
    """What one flow run is to do."""

    deployment: str
    """`<flow>/<deployment>`."""
    key: str
    """Same key, same flow run."""
    name: str
    parameters: Mapping[str, Any]
    tags: tuple[str, ...]


def start(pieces: Iterable[Work]) -> list[UUID]:
    """Start a flow run for each piece of work that has none, and again where one ended; ids in order."""
    wanted = list(pieces)
    known = {run.idempotency_key: run for run in find([each.key for each in wanted])}
    with get_client(sync_client=True) as client:
        return [_start(client, each, known.get(each.key)) for each in wanted]


def find(keys: Sequence[str]) -> list[FlowRun]:
    """The flow runs that were started under these keys."""
    found: list[FlowRun] = []
    with get_client(sync_client=True) as client:
        for page in _pages(keys):
            wanted = FlowRunFilterIdempotencyKey(any_=page)
            found += client.read_flow_runs(flow_run_filter=FlowRunFilter(idempotency_key=wanted))
    return found


def wait(ids: Iterable[UUID], seen: Callable[[Sequence[FlowRun]], None] = lambda runs: None) -> list[FlowRun]:
    """Wait until all have ended, however they ended; `seen` gets those read in each round."""
    left = list(ids)
    ended: dict[UUID, FlowRun] = {}
    with get_client(sync_client=True) as client:
        while left:
            found = [run for page in _pages(left) for run in _read(client, page)]
            ended |= {run.id: run for run in found if run.state is not None and run.state.is_final()}
            left = [each for each in left if each not in ended]
            seen([*found, *(run for run in ended.values() if run not in found)])
            if left:
                time.sleep(POLL_S)
    return list(ended.values())


def succeeded(run: FlowRun) -> bool:
    """Whether a flow run ended well."""
    return run.state is not None and run.state.type is StateType.COMPLETED


def why(run: FlowRun) -> str:
    """What a flow run that failed says of it, in the words of the error that ended it."""
    if run.state is None:
        return "it has no state"
    said = run.state.message or f"it ended {run.state.name}"
    return re.sub(r"^(Flow|Task) run encountered an exception:? (\w+: )?", "", said)


def cancel_all_of(*tags: str) -> None:
    """Ask every flow run that goes on under these tags to end."""
    under = FlowRunFilter(tags=FlowRunFilterTags(all_=list(tags)))
    with get_client(sync_client=True) as client:
        for run in client.read_flow_runs(flow_run_filter=under):
            if run.state is not None and not run.state.is_final():
                client.set_flow_run_state(run.id, Cancelling())


def _start(client: SyncPrefectClient, work: Work, known: FlowRun | None) -> UUID:
    if known is None:
        run = run_deployment(
            work.deployment,
            parameters=dict(work.parameters),
            timeout=0,
            idempotency_key=work.key,
            flow_run_name=work.name,
            tags=list(work.tags),
            _sync=True,  # type: ignore[call-arg]  # Prefect's own way to choose; left out of the signature
        )
        assert isinstance(run, FlowRun), "a coroutine is given to asynchronous callers only"
        return run.id
    while known.state is not None and known.state.is_cancelling():
        time.sleep(POLL_S)
        known = client.read_flow_run(known.id)
    if known.state is None or known.state.is_final():
        if known.state is not None:
            age_s = (datetime.now(UTC) - known.state.timestamp).total_seconds()
            time.sleep(max(0.0, SETTLED_AFTER_S - age_s))
        client.update_flow_run(known.id, parameters=dict(work.parameters))  # caps may have been raised
        client.set_flow_run_state(known.id, Scheduled(), force=True)
    return known.id


def _read(client: SyncPrefectClient, ids: list[UUID]) -> list[FlowRun]:
    return client.read_flow_runs(flow_run_filter=FlowRunFilter(id=FlowRunFilterId(any_=ids)))


def _pages(every: Sequence[Any]) -> Iterator[list[Any]]:
    for first in range(0, len(every), _PAGE):
        yield list(every[first : first + _PAGE])
