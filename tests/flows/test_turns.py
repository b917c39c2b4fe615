"""Which of several scheduled runs works, in every order in which their processes get round to asking."""

import random
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from prefect.client.schemas.objects import CreatedBy, FlowRun, State, StateType
from prefect.exceptions import Abort

from flows import schedules

NOW = datetime.now(UTC)
HOUR = 3600.0
TOLD: dict[str, Any] = {"parameters": {"catalog": "a"}}


def at(seconds: float) -> datetime:
    """That long after the beginning of the story, which ends about now."""
    return NOW - timedelta(seconds=100 * HOUR) + timedelta(seconds=seconds)


@pytest.fixture(autouse=True)
def just_now(monkeypatch: pytest.MonkeyPatch) -> None:
    """Told by each test: what others do between collecting this file and running it may take a while."""
    monkeypatch.setattr(sys.modules[__name__], "NOW", datetime.now(UTC))


class Server:
    """What `flows.schedules` asks of a Prefect server, kept in memory: runs and their states."""

    def __init__(self) -> None:
        self.runs: dict[UUID, FlowRun] = {}
        self.states: dict[UUID, list[State]] = {}
        self._deployment, self._flow, self._clock = uuid4(), uuid4(), at(0)

    def run(
        self,
        name: str,
        schedule: UUID | None,
        due_s: float,
        taken_up_s: float | None,
        told: dict[str, Any] = TOLD,
    ) -> FlowRun:
        """A run that a worker has taken up, or that waits for one."""
        made = FlowRun(
            id=uuid4(),
            flow_id=self._flow,
            name=name,
            deployment_id=self._deployment,
            parameters=told,
            auto_scheduled=schedule is not None,
            created_by=CreatedBy(id=schedule, type="SCHEDULE") if schedule else None,
            expected_start_time=at(due_s),
            state=State(type=StateType.SCHEDULED, timestamp=at(due_s - HOUR)),
        )
        self.runs[made.id], self.states[made.id] = made, [made.state] if made.state else []
        if taken_up_s is not None:
            self.becomes(made, StateType.PENDING, taken_up_s)
        return made

    def becomes(self, run: FlowRun, kind: StateType, at_s: float) -> None:
        self._clock = at(at_s)
        run.state = State(type=kind, timestamp=self._clock)
        run.run_count += kind is StateType.RUNNING
        self.states[run.id].append(run.state)

    def asks(self, run: FlowRun, at_s: float) -> bool:
        """The process of a run begins; whether it works."""
        self.becomes(run, StateType.RUNNING, at_s)
        before = schedules._this, schedules.get_client
        schedules._this, schedules.get_client = lambda: run, lambda sync_client: self  # type: ignore[assignment]
        try:
            schedules.skip_if_taken()
        except Abort:
            return False
        finally:
            schedules._this, schedules.get_client = before
        return True

    def __enter__(self) -> "Server":
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing to close."""

    def read_flow_run_states(self, run: UUID) -> list[State]:
        return self.states[run]

    def read_flow_runs(self, flow_run_filter: Any, sort: Any, limit: int) -> list[FlowRun]:
        window, wanted = flow_run_filter.expected_start_time, flow_run_filter.state

        def matches(run: FlowRun) -> bool:
            due = schedules._due(run)
            in_window = window is None or (window.after_ or due) <= due <= (window.before_ or due)
            assert run.state is not None
            return in_window and (wanted is None or run.state.type in wanted.type.any_)

        return sorted(filter(matches, self.runs.values()), key=schedules._due, reverse=True)[:limit]

    def update_flow_run(self, run: UUID, tags: list[str]) -> None:
        self.runs[run].tags = tags

    def set_flow_run_state(self, run: UUID, state: State) -> None:
        self.runs[run].state = state.model_copy(update={"timestamp": self._clock})
        self.states[run].append(state.model_copy(update={"timestamp": self._clock}))


@pytest.fixture
def server() -> Server:
    return Server()


def cancelled(run: FlowRun) -> bool:
    return run.state is not None and run.state.is_cancelled()


def message(run: FlowRun) -> str:
    return (run.state.message or "") if run.state is not None else ""


def orders(of: int, count: int) -> Iterator[list[int]]:
    for seed in range(count):
        yield random.Random(seed).sample(range(of), of)


def test_days_later_one_run_works_whoever_begins_first_and_of_two_schedules_told_the_same_also() -> None:
    first, second, workers_back = uuid4(), uuid4(), 100 * HOUR - 60
    for order in orders(6, 300):
        server = Server()
        late = [
            server.run(f"{day} {half}", which, (24 * day + 12 * half) * HOUR, workers_back + 2 * day + half)
            for day in range(3)
            for half, which in enumerate((first, second))
        ]
        worked = []
        for begins, which in enumerate(order):
            if not cancelled(late[which]) and server.asks(late[which], workers_back + 30 + begins):
                worked.append(late[which].name)
        assert len(worked) == 1 and worked[0].startswith("2"), (order, worked)


def test_a_short_interval_starves_nobody_however_early_runs_are_taken_up_and_however_late_they_start(
    server: Server,
) -> None:
    nightly = uuid4()
    runs = [server.run(str(n), nightly, 5.0 * n, 5.0 * n - 10 if n < 4 else None) for n in range(8)]
    assert server.asks(runs[0], 30.0)
    assert [server.asks(run, 31.0) for run in runs[1:4]] == [False] * 3
    assert all(f"'{runs[0].name}' ({runs[0].id})" in message(run) for run in runs[1:4])
    server.becomes(runs[0], StateType.COMPLETED, 35.0)
    server.becomes(runs[7], StateType.PENDING, 36.0)
    assert server.asks(runs[7], 60.0)
    assert all(map(cancelled, runs[4:7])), "what waits still, and was due before, is stood for"


def test_what_was_taken_up_and_never_ran_holds_up_its_schedule_for_minutes_only(server: Server) -> None:
    nightly = uuid4()
    stuck = server.run("stuck", nightly, 0.0, -5.0)
    assert server.asks(server.run("next", nightly, 24 * HOUR, 24 * HOUR - 5), 24 * HOUR)
    just = uuid4()
    server.run("starting", just, 100 * HOUR - 60, 100 * HOUR - 65)
    assert not server.asks(server.run("at once", just, 100 * HOUR - 1, 100 * HOUR - 2), 100 * HOUR)
    assert not cancelled(stuck)


def test_what_somebody_retries_is_left_alone_and_is_waited_for(server: Server) -> None:
    nightly = uuid4()
    missed, crashed = (
        server.run(name, nightly, due, None) for name, due in (("missed", 0.0), ("crashed", 9.0))
    )
    newest = server.run("newest", nightly, 24 * HOUR, 24 * HOUR - 5)
    server.becomes(crashed, StateType.CRASHED, 24 * HOUR - 90)
    server.becomes(crashed, StateType.SCHEDULED, 24 * HOUR - 60)
    assert server.asks(newest, 24 * HOUR)
    assert cancelled(missed) and not cancelled(crashed)
    server.becomes(newest, StateType.COMPLETED, 25 * HOUR)
    server.becomes(missed, StateType.SCHEDULED, 47 * HOUR)
    for retried in (missed, crashed):
        server.becomes(retried, StateType.PENDING, 48 * HOUR)
        assert server.asks(retried, 48 * HOUR + 1)
    assert not server.asks(server.run("another", nightly, 49 * HOUR, 49 * HOUR - 5), 49 * HOUR)


def test_one_that_is_skipped_while_a_worker_takes_it_up_still_yields(server: Server) -> None:
    nightly = uuid4()
    oldest, older, newest = (server.run(str(day), nightly, 24 * HOUR * day, None) for day in range(3))
    for run in (oldest, newest):
        server.becomes(run, StateType.PENDING, 99 * HOUR)
    assert not server.asks(oldest, 99 * HOUR + 1)
    assert cancelled(older)
    server.becomes(older, StateType.PENDING, 99 * HOUR + 2)
    assert not server.asks(older, 99 * HOUR + 3)
    assert server.asks(newest, 99 * HOUR + 4)


def test_a_run_by_hand_that_was_told_the_same_is_left_to_work_and_another_is_nobodys_business(
    server: Server,
) -> None:
    nightly = uuid4()
    by_hand = server.run("by hand", None, 0.0, 1.0)
    server.becomes(by_hand, StateType.RUNNING, 2.0)
    assert not server.asks(server.run("same", nightly, 60.0, 55.0), 61.0)
    assert server.asks(server.run("other", nightly, 120.0, 115.0, {"parameters": {"catalog": "b"}}), 121.0)
