"""Scheduled flow runs: at most one of a schedule goes on, and of those that were missed only the newest runs.

Prefect starts every run that a schedule has made, however late and whatever still goes on (PrefectHQ/prefect
#15886, #21060, #16984). A deployment's concurrency limit would hold up runs started by hand as well, and say
no more than that it is reached. So a scheduled run looks about before it begins, and when it has no work of
its own it ends as Cancelled, tagged `skipped`, saying why in one sentence. (A state named `Skipped` would be
left out of the UI's lists, which show Prefect's own names only.) Flow runs that are started or retried by
hand are never skipped.

Which of two runs yields is decided by what the server recorded of both, so that runs that start together
agree. A run has its turn when a worker has taken it up and it is due (workers take runs up some seconds
before); when its process got round to starting does not count, or where that takes longer than the schedule's
interval every run would yield to the next and none would ever work.

    the same schedule     a run yields to the latest that was due before its own turn, and to an earlier one
                          that had its turn before this one was due and still goes on
    another, told the same    to one that had its turn before this one's, unless that one yields itself
"""

import functools
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any, ParamSpec, TypeVar
from uuid import UUID

from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.filters import (
    FlowRunFilter,
    FlowRunFilterDeploymentId,
    FlowRunFilterExpectedStartTime,
    FlowRunFilterState,
    FlowRunFilterStateType,
)
from prefect.client.schemas.objects import FlowRun, StateType
from prefect.client.schemas.sorting import FlowRunSort
from prefect.exceptions import Abort
from prefect.runtime import flow_run as this_flow_run
from prefect.states import Cancelled

from flows.labels import PROJECT

Given = ParamSpec("Given")
Made = TypeVar("Made")

SKIPPED = "skipped"
"""Tag of a run that did nothing because another one does it."""

_GOES_ON = [StateType.RUNNING, StateType.PENDING, StateType.PAUSED, StateType.CANCELLING]
_STARTS_WITHIN = timedelta(minutes=10)
"""A run that a worker took up longer ago and that does not run will never: worker or host died."""
_PAGE = 200
"""Most flow runs that the server returns for one query."""


def one_at_a_time(flow: Callable[Given, Made]) -> Callable[Given, Made]:
    """Make a flow's scheduled runs skip themselves; stands below `@flow`."""

    @functools.wraps(flow)
    def begun(*given: Given.args, **named: Given.kwargs) -> Made:
        skip_if_taken()
        return flow(*given, **named)

    return begun


def due() -> str:
    """When the schedule wanted this flow run to start, to the second; empty if nobody but a person did.

    A retry was due when the first try was.
    """
    run = _this()
    return f"{_due(run):%Y-%m-%dT%H:%M:%SZ}" if run is not None and run.auto_scheduled else ""


def skip_if_taken() -> None:
    """End this scheduled flow run if another one does its work, and the older ones that wait.

    Raises:
        Abort: Prefect's own signal to leave a flow run in the state it was given.
    """
    run = _this()
    if run is None or not run.auto_scheduled:
        return
    with get_client(sync_client=True) as client:
        turn = _Turn(client, run)
        if turn.again:
            return
        later = turn.later
        newest = later[0] if later else run
        for missed in _missed(client, newest):
            _skip(client, missed, _stands_for(newest))
        sentence = _stands_for(newest) if later else _goes_on_still(turn)
        if sentence:
            _skip(client, run, sentence)
            raise Abort(sentence)


class _Turn:
    """A flow run that has not ended, and what the server recorded of it."""

    def __init__(self, client: SyncPrefectClient, run: FlowRun):
        states = sorted(client.read_flow_run_states(run.id), key=lambda state: state.timestamp)
        begun = [state.timestamp for state in states if state.is_pending() or state.is_running()]
        self.client, self.run = client, run
        self.began = max(min(begun, default=datetime.max.replace(tzinfo=UTC)), _due(run))
        """When it had its turn."""
        self.again = run.run_count > 1 or any(
            before.is_final() and after.is_scheduled() for before, after in pairwise(states)
        )
        """Whether somebody retried or resumed it: then it yields to nobody. One that was skipped while a
        worker took it up runs after its end as well, but nobody scheduled it anew."""

    @property
    def later(self) -> list[FlowRun]:
        """Runs of the same schedule that were due after this one and before its turn; the latest first."""
        window = FlowRunFilterExpectedStartTime(after_=_due(self.run), before_=self.began)
        found = _read(self.client, self.run, expected_start_time=window)
        return [
            each
            for each in found
            if _schedule(each) == _schedule(self.run)
            and _due(each) > _due(self.run)
            and not _called_off(each)
        ]

    @property
    def yields(self) -> bool:
        """Whether it leaves the work to a later one."""
        return self.run.auto_scheduled and not self.again and bool(self.later)

    @property
    def never_ran(self) -> bool:
        """Whether it was taken up too long ago to run yet."""
        pending = self.run.state is not None and self.run.state.is_pending()
        return pending and datetime.now(UTC) - self.began > _STARTS_WITHIN

    def does_the_work_of(self, other: "_Turn") -> bool:
        """Whether the other one has none left: this one is of the same schedule, or told the same."""
        if self.never_ran:
            return False
        if _schedule(self.run) == _schedule(other.run):
            return self.again or (self.began < _due(other.run) and not self.yields)
        first = (self.began, self.run.id) < (other.began, other.run.id)
        return self.run.parameters == other.run.parameters and first and not self.yields


def _skip(client: SyncPrefectClient, run: FlowRun, sentence: str) -> None:
    client.update_flow_run(run.id, tags=sorted({*run.tags, PROJECT, SKIPPED}))
    client.set_flow_run_state(run.id, Cancelled(message=f"Skipped: {sentence}"))


def _goes_on_still(turn: _Turn) -> str:
    """Who does this run's work already, in a sentence; empty if nobody does."""
    states = FlowRunFilterState(type=FlowRunFilterStateType(any_=_GOES_ON))
    found = _read(turn.client, turn.run, state=states)
    others = (_Turn(turn.client, each) for each in found if each.id != turn.run.id)
    busy = next((other for other in others if other.does_the_work_of(turn)), None)
    if busy is None:
        return ""
    return f"'{busy.run.name}' ({busy.run.id}), begun {_moment(busy.began)}, still goes on."


def _missed(client: SyncPrefectClient, newest: FlowRun) -> Iterator[FlowRun]:
    """Runs of a schedule that wait to be started although a later one is due; not those somebody retries."""
    waiting = FlowRunFilterState(type=FlowRunFilterStateType(any_=[StateType.SCHEDULED]))
    until = _due(newest)
    while True:
        window = FlowRunFilterExpectedStartTime(before_=until)
        page = _read(client, newest, expected_start_time=window, state=waiting)
        for run in page:
            older = _schedule(run) == _schedule(newest) and _due(run) < _due(newest)
            if older and not _Turn(client, run).again:
                yield run
        if len(page) < _PAGE or _due(page[-1]) == until:
            return
        until = _due(page[-1])


def _read(client: SyncPrefectClient, run: FlowRun, **wanted: Any) -> list[FlowRun]:
    """Flow runs of the same deployment, the latest due first."""
    assert run.deployment_id is not None
    deployment = FlowRunFilterDeploymentId(any_=[run.deployment_id])
    return client.read_flow_runs(
        flow_run_filter=FlowRunFilter(deployment_id=deployment, **wanted),
        sort=FlowRunSort.EXPECTED_START_TIME_DESC,
        limit=_PAGE,
    )


def _this() -> FlowRun | None:
    identity = this_flow_run.get_id()
    if identity is None:
        return None
    with get_client(sync_client=True) as client:
        return client.read_flow_run(UUID(identity))


def _schedule(run: FlowRun) -> UUID | None:
    """Which schedule made it."""
    return run.created_by.id if run.auto_scheduled and run.created_by is not None else None


def _due(run: FlowRun) -> datetime:
    """When it was to start: the first time, however often it was retried."""
    return run.expected_start_time or datetime.max.replace(tzinfo=UTC)


def _called_off(run: FlowRun) -> bool:
    """Whether somebody cancelled it before it ran."""
    return run.state is not None and run.state.is_cancelled() and run.run_count == 0


def _stands_for(newest: FlowRun) -> str:
    due = _moment(_due(newest))
    return f"not started in time; '{newest.name}' ({newest.id}), due {due}, stands for all that were missed."


def _moment(moment: datetime | None) -> str:
    return "" if moment is None else f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
