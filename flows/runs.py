"""Flow runs that start others: by deployment, at most one for each piece of work, waited for with one query.

A piece of work has an idempotency key. Asked for again, its flow run is found: one that still goes on is
waited for, one that has ended without its work being done is scheduled again. So a parent that is retried,
or a second parent over the same address, starts nothing twice and leaves nothing behind.
"""

import re
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import httpx
from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.filters import (
    FlowFilter,
    FlowFilterName,
    FlowRunFilter,
    FlowRunFilterId,
    FlowRunFilterIdempotencyKey,
    FlowRunFilterParentFlowRunId,
    FlowRunFilterState,
    FlowRunFilterStateType,
    FlowRunFilterTags,
)
from prefect.client.schemas.objects import FlowRun, StateType
from prefect.client.schemas.sorting import FlowRunSort
from prefect.context import FlowRunContext
from prefect.deployments import run_deployment
from prefect.states import Cancelling, Scheduled

from tasks.errors import TransientError

POLL_S = 1.0
SETTLED_AFTER_S = 5.0
"""A worker ties up the ends of a flow run for a while after its last state: scheduled again before that, it
would be called crashed because of its old process."""
DRAINED_AFTER_S = 25.0
"""One that was paused may still be ending its shard in order."""
_PAGE = 200
"""Most flow runs that the server returns for one query."""
_ENDED = [StateType.COMPLETED, StateType.FAILED, StateType.CANCELLED, StateType.CRASHED]
_OPEN = FlowRunFilterState(type=FlowRunFilterStateType(not_any_=_ENDED))


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


@contextmanager
def _answered() -> Iterator[None]:
    """Requests to the Prefect server; each is repeated for about two minutes before it counts as failed.

    Raises:
        TransientError: there was no answer.
    """
    try:
        yield
    except httpx.TransportError as error:
        raise TransientError(
            f"the Prefect server gave no answer ({type(error).__name__}); run again to continue, what was "
            "started goes on"
        ) from error


@_answered()
def start(pieces: Iterable[Work]) -> list[UUID]:
    """Start a flow run for each piece of work that has none, and again where one ended; ids in order.

    Raises:
        TransientError: the server gave no answer for too long.
    """
    wanted = list(pieces)
    known = {run.idempotency_key: run for run in find([each.key for each in wanted])}
    with get_client(sync_client=True) as client:
        return [_start(client, each, known.get(each.key)) for each in wanted]


def stop_if_suspended() -> None:
    """Leave when the flow run that calls this was paused in the UI.

    Raises:
        Pause: it was.
    """
    context = FlowRunContext.get()
    if context is not None:
        context.flow_run_suspension_request.raise_if_requested()


def find(keys: Sequence[str]) -> list[FlowRun]:
    """The flow runs that were started under these keys."""
    found: list[FlowRun] = []
    with get_client(sync_client=True) as client:
        for page in pages(keys):
            wanted = FlowRunFilterIdempotencyKey(any_=page)
            found += client.read_flow_runs(flow_run_filter=FlowRunFilter(idempotency_key=wanted))
    return found


@_answered()
def wait(ids: Iterable[UUID], seen: Callable[[Sequence[FlowRun]], None] = lambda runs: None) -> list[FlowRun]:
    """Wait until all have ended, however they ended; `seen` gets those read in each round.

    Raises:
        TransientError: the server gave no answer for too long.
    """
    left = list(ids)
    ended: dict[UUID, FlowRun] = {}
    with get_client(sync_client=True) as client:
        while left:
            found = [run for page in pages(left) for run in _read(client, page)]
            ended |= {run.id: run for run in found if run.state is not None and run.state.is_final()}
            left = [each for each in left if each not in ended]
            # By id: to compare two flow runs whole takes Prefect as long as to read one.
            seen([*(run for run in found if run.id not in ended), *ended.values()])
            if left:
                stop_if_suspended()
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
    with get_client(sync_client=True) as client:
        cancel(
            client, all_matching(client, FlowRunFilter(tags=FlowRunFilterTags(all_=list(tags)), state=_OPEN))
        )


def cancel(client: SyncPrefectClient, runs: Iterable[FlowRun]) -> None:
    """Ask flow runs to end; those that nobody has taken up yet end at once."""
    for run in runs:
        if run.state is not None and not run.state.is_final() and not run.state.is_cancelling():
            client.set_flow_run_state(run.id, Cancelling())


def children(client: SyncPrefectClient, parent: UUID) -> list[FlowRun]:
    """Flow runs that go on and were started by this one."""
    started = FlowRunFilterParentFlowRunId(any_=[parent])
    return all_matching(client, FlowRunFilter(parent_flow_run_id=started, state=_OPEN))


def all_of(client: SyncPrefectClient, *tags: str) -> list[FlowRun]:
    """Every flow run under all of these tags."""
    return all_matching(client, FlowRunFilter(tags=FlowRunFilterTags(all_=list(tags))))


def open_runs_of(client: SyncPrefectClient, flows: Sequence[str], *tags: str) -> list[FlowRun]:
    """Flow runs of these flows that go on, under all of these tags."""
    wanted = FlowRunFilter(tags=FlowRunFilterTags(all_=list(tags)), state=_OPEN)
    return all_matching(client, wanted, FlowFilter(name=FlowFilterName(any_=list(flows))))


def all_matching(
    client: SyncPrefectClient, wanted: FlowRunFilter, flow: FlowFilter | None = None
) -> list[FlowRun]:
    """Every flow run that a filter wants, on however many pages: the server gives 200 at once.

    A page leaves out those that are known, and counts none of them: where one of them ends meanwhile and
    matches no more, the others would move up by one, and the next page would begin one too late.
    """
    found: list[FlowRun] = []
    while True:
        known = FlowRunFilterId(not_any_=[run.id for run in found])
        page = client.read_flow_runs(
            flow_filter=flow,
            flow_run_filter=wanted.model_copy(update={"id": known}),
            sort=FlowRunSort.ID_DESC,
            limit=_PAGE,
        )
        found += page
        if len(page) < _PAGE:
            return found


def _start(client: SyncPrefectClient, work: Work, known: FlowRun | None) -> UUID:
    stop_if_suspended()
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
    if known.state is None or known.state.is_final() or known.state.is_paused():
        if known.state is not None:
            age_s = (datetime.now(UTC) - known.state.timestamp).total_seconds()
            settled_s = DRAINED_AFTER_S if known.state.is_paused() else SETTLED_AFTER_S
            time.sleep(max(0.0, settled_s - age_s))
        client.update_flow_run(known.id, parameters=dict(work.parameters))  # caps may have been raised
        client.set_flow_run_state(known.id, Scheduled(), force=True)
    return known.id


def _read(client: SyncPrefectClient, ids: list[UUID]) -> list[FlowRun]:
    return client.read_flow_runs(flow_run_filter=FlowRunFilter(id=FlowRunFilterId(any_=ids)))


def pages(every: Sequence[Any]) -> Iterator[list[Any]]:
    """As many as the server takes at once."""
    for first in range(0, len(every), _PAGE):
        yield list(every[first : first + _PAGE])
