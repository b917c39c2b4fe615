"""Pause, Resume and Cancel of a flow run, as the UI has them: its state is set, and it has to notice.

Prefect looks at it between tasks; ours are long. So a parent looks whenever it looks at its shards, passes it
on to them and leaves; a shard ends in order, as when it is cancelled. Resume schedules the same flow run
again, which continues: the parent with its shards, a shard after what it has published.
"""

import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.objects import FlowRun
from prefect.context import FlowRunContext
from prefect.exceptions import Pause, TerminationSignal
from prefect.states import Suspended

from flows.runs import cancel, children
from tasks.errors import Drained
from tasks.llm import draining

_LOOK_EVERY_S = 0.5


@contextmanager
def drained_when_suspended() -> Iterator[None]:
    """Around a shard's work: ended in order when its flow run is suspended.

    Raises:
        Pause: it was; the flow run keeps its state.
    """
    context = FlowRunContext.get()
    if context is None:
        yield
        return
    request, over = context.flow_run_suspension_request, threading.Event()

    def look() -> None:
        while not over.wait(_LOOK_EVERY_S):
            if request.is_requested():
                draining.ask_all()
                return

    threading.Thread(target=look, daemon=True).start()
    try:
        yield
    except Drained:
        request.raise_if_requested()
        raise
    finally:
        over.set()


@contextmanager
def passed_on() -> Iterator[None]:
    """Around a parent's work: whoever suspends or cancels it means what it has started too.

    Its hook cancels them as well, a while later: when its process has ended, or was killed before it began.
    """
    try:
        yield
    except (Pause, TerminationSignal):  # the latter also when its worker is stopped: then the shards go on
        _pass_on()
        raise


def _pass_on() -> None:
    context = FlowRunContext.get()
    if context is None or context.flow_run is None:
        return
    with get_client(sync_client=True) as client:
        state = client.read_flow_run(context.flow_run.id).state
        if state is not None and state.is_paused():
            suspend(client, children(client, context.flow_run.id))
        if state is not None and state.is_cancelling():
            cancel(client, children(client, context.flow_run.id))


def suspend(client: SyncPrefectClient, runs: Iterable[FlowRun]) -> None:
    """Suspend flow runs that go on."""
    for run in runs:
        if run.state is not None and not (run.state.is_paused() or run.state.is_cancelling()):
            client.set_flow_run_state(run.id, Suspended(message="Its parent was paused."), force=True)
