"""Cancel, pause, limits, and a server that restarts: on a real server, with a model that takes its time."""

import os
import signal
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.actions import DeploymentUpdate, WorkPoolUpdate
from prefect.client.schemas.objects import FlowRun
from prefect.flow_runs import resume_flow_run
from prefect.states import Scheduled, Suspended

from flows.crawl import crawl as crawl_flow
from flows.factory import cancel_stages
from flows.labels import PROJECT
from flows.runs import Work, cancel, find, start, wait, why
from flows.shards import cancel_shards, shard_key
from flows.signs import processes_here
from tasks.annotation import stage as annotate
from tasks.catalog import stage as crawl
from tasks.instructions import stage as instruct
from tasks.records import Trajectory
from tasks.storage.stage import Silent
from tasks.storage.table import Table
from tests.flows.conftest import Clone
from tests.flows.slow_shards import shards_ask_a_slow_model
from tests.flows.waiting import until
from tests.slow_model import SlowModel

pytestmark = pytest.mark.prefect


@pytest.fixture(scope="module")
def instructions(clone: Clone) -> str:
    """Twenty-four of them, below the clone's root."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in clone.settings.items():
            patch.setenv(name, value)
        catalog = clone.address("catalog", "stopping")
        crawl.run(
            crawl.Parameters(
                location=clone.settings["FOUNDRY_HUB_URL"], catalog=catalog, probe=False, run_id="stopping"
            ),
            Silent(),
        )
        address = clone.address("instructions", "stopping")
        instruct.run(
            instruct.Parameters(catalog=catalog, instructions=address, groups="I1", count=24), Silent()
        )
    return address


@pytest.fixture
def model(inside: Clone) -> Iterator[SlowModel]:
    """A slow model that the shards of annotation ask."""
    with shards_ask_a_slow_model(inside, latency_s=4.0) as found:
        yield found


class Run:
    """One annotation as a flow run, and what is known of its shards."""

    def __init__(self, clone: Clone, instructions: str, name: str, **parameters: Any):
        given = {"shard_size": 8, "concurrency": 3, "method": "CoT@1", **parameters}
        self.address = clone.address("trajectories", name)
        self.run_id = f"stopping-{name}"
        self.ledger = f"{clone.settings['FOUNDRY_STATE']}/ledger.sqlite"
        told = annotate.Parameters(
            instructions=instructions, trajectories=self.address, run_id=self.run_id, **given
        )
        self.work = Work(
            deployment="annotate/annotate",
            key=f"parent of {self.address}",
            name="annotate",
            parameters={"parameters": told.model_dump(mode="json")},
            tags=(PROJECT, "annotate"),
        )

    def begin(self) -> UUID:
        return start([self.work])[0]

    def shards(self) -> list[FlowRun]:
        if not Table.exists(self.address):
            return []
        table = Table.open(self.address)
        return find([shard_key("annotate", table, shard) for shard in table.shards])

    def running(self) -> list[FlowRun]:
        return [run for run in self.shards() if run.state and run.state.is_running()]

    def rows(self) -> list[str]:
        return sorted(
            row.instruction_id
            for row in Table.open(self.address).records(Trajectory, "trajectories", partial=True)
        )

    def booked(self) -> dict[tuple[str, int], int]:
        """State and whether repeated, to calls, in the clone's ledger."""
        with closing(sqlite3.connect(self.ledger, timeout=60)) as rows:
            found = rows.execute(
                "SELECT state, repeated, COUNT(*) FROM calls WHERE run=? AND kind='model' "
                "GROUP BY state, repeated",
                (self.run_id,),
            ).fetchall()
        return {(state, repeated): count for state, repeated, count in found}


def read(run: UUID) -> FlowRun:
    with get_client(sync_client=True) as client:
        return client.read_flow_run(run)


def named(run: FlowRun) -> str:
    assert run.state is not None and run.state.name is not None
    return run.state.name


def pool(client: SyncPrefectClient, **changed: Any) -> None:
    client.request(
        "PATCH",
        "/work_pools/{name}",
        path_params={"name": "local"},
        json=WorkPoolUpdate(**changed).model_dump(mode="json", exclude_unset=True),
    )


def test_a_cancelled_parent_drains_its_shards_and_continues_when_it_is_run_again(
    inside: Clone, instructions: str, model: SlowModel
) -> None:
    run = Run(inside, instructions, "cancelled")
    parent = run.begin()
    until(lambda: len(run.running()) == 2 and len(model.asked) > 12)
    model.latency_s = (
        10.0  # from now on: no shard comes to its end before it is told, however long that takes
    )
    asked, cancelled = len(model.asked), time.monotonic()
    with get_client(sync_client=True) as client:
        cancel(client, [client.read_flow_run(parent)])
    until(lambda: not processes_here(run.shards()))
    drained_s = time.monotonic() - cancelled
    print(f"drained {drained_s:.1f} s after it was cancelled; {len(model.asked) - asked} calls were made")
    assert len(Table.open(run.address).unfinished()) == 3
    until(lambda: {named(each) for each in [read(parent), *run.shards()]} == {"Cancelled"})
    assert len(run.shards()) == 3  # two that worked, one that nobody had taken up
    assert run.booked() == {("settled", 0): len(model.asked)}, "who is killed after 30 s leaves calls open"
    published, calls = run.rows(), len(model.asked)
    model.latency_s = 0.0
    assert run.begin() == parent
    (ended,) = wait([parent])
    assert named(ended) == "Completed", why(ended)
    rows = run.rows()
    assert len(rows) == len(set(rows)) == 24 and set(published) <= set(rows)
    assert run.booked() == {("settled", 0): len(model.asked)}, "no call was paid twice"
    assert len(model.asked) > calls


def test_a_parent_that_is_paused_takes_its_shards_with_it_and_resumes(
    inside: Clone, instructions: str, model: SlowModel
) -> None:
    run = Run(inside, instructions, "paused")
    parent = run.begin()
    until(lambda: len(run.running()) == 2 and len(model.asked) > 6)
    model.latency_s = 10.0  # as above
    with get_client(sync_client=True) as client:  # what the UI's Pause sends
        client.set_flow_run_state(parent, Suspended(timeout_seconds=300), force=True)
    until(lambda: len(run.shards()) == 3 and {named(each) for each in run.shards()} == {"Suspended"})
    until(lambda: not processes_here([read(parent), *run.shards()]))
    assert len(Table.open(run.address).unfinished()) == 3 and named(read(parent)) == "Suspended"
    model.latency_s = 0.0
    resume_flow_run(parent, _sync=True)  # type: ignore[call-arg]  # what its Resume sends
    (ended,) = wait([parent])
    assert named(ended) == "Completed", why(ended)
    assert len(set(run.rows())) == len(run.rows()) == 24
    assert {named(each) for each in run.shards()} == {"Completed"}


def test_a_paused_pool_finishes_what_runs_starts_nothing_and_goes_on(
    inside: Clone, instructions: str, model: SlowModel
) -> None:
    run = Run(inside, instructions, "pool")
    parent = run.begin()
    most = until(lambda: len(running) if len(running := run.running()) >= 2 else None)
    assert most == 2, "of the pool, as infra/prefect.yaml makes it"
    with get_client(sync_client=True) as client:
        pool(client, is_paused=True)
        try:
            model.latency_s = 0.0
            until(lambda: [named(each) for each in run.shards()].count("Completed") == 2)
            time.sleep(4)  # the worker asks for work every second
            assert not run.running() and named(read(parent)) == "Running"
            assert {named(each) for each in run.shards()} <= {"Completed", "Scheduled", "Late"}
        finally:
            pool(client, is_paused=False)
    (ended,) = wait([parent])
    assert named(ended) == "Completed", why(ended)
    assert len(set(run.rows())) == 24


def test_a_deployment_never_runs_more_than_its_limit(
    inside: Clone, instructions: str, model: SlowModel
) -> None:
    model.latency_s = 0.1
    run = Run(inside, instructions, "limited", shard_size=12)
    with most_at_once("annotate-shard/annotate-shard", 1):
        (ended,) = wait([run.begin()])
    assert named(ended) == "Completed", why(ended)
    (_, first_ended), (second_began, _) = sorted(map(worked, run.shards()))
    assert first_ended <= second_began


def worked(run: FlowRun) -> tuple[datetime, datetime]:
    """From when to when."""
    assert run.start_time is not None and run.end_time is not None and run.run_count == 1
    return run.start_time, run.end_time


@contextmanager
def most_at_once(deployment: str, limit: int) -> Iterator[None]:
    with get_client(sync_client=True) as client:
        known = client.read_deployment_by_name(deployment)
        client.update_deployment(known.id, DeploymentUpdate(concurrency_limit=limit))
        try:
            yield
        finally:
            client.update_deployment(known.id, DeploymentUpdate(concurrency_limit=None))


def test_a_server_that_is_killed_and_started_again_ends_no_run(
    inside: Clone, instructions: str, model: SlowModel
) -> None:
    run = Run(inside, instructions, "server restarted", shard_size=12)
    parent = run.begin()
    until(lambda: len(run.running()) == 2 and len(model.asked) > 6)
    os.kill(inside.supervisor.running()["prefect"].pid, signal.SIGKILL)
    asked = len(model.asked)
    until(lambda: len(model.asked) > asked + 6)  # the shards go on meanwhile
    time.sleep(3)  # requests of flow runs and workers fail, and are repeated
    inside.supervisor.up()
    model.latency_s = 0.0
    (ended,) = wait([parent])
    assert named(ended) == "Completed", why(ended)
    assert len(set(run.rows())) == len(run.rows()) == 24


def waiting(deployment: str, told: dict[str, str], key: str | None, *tags: str) -> FlowRun:
    """A flow run that is due in an hour."""
    return later(deployment, {"parameters": told}, key, *tags, name="annotate")  # whatever people call it


def later(deployment: str, parameters: dict[str, Any], key: str | None, *tags: str, name: str) -> FlowRun:
    with get_client(sync_client=True) as client:
        return client.create_flow_run_from_deployment(
            client.read_deployment_by_name(deployment).id,
            parameters=parameters,
            state=Scheduled(scheduled_time=datetime.now(UTC) + timedelta(hours=1)),
            name=name,
            tags=[PROJECT, *tags],
            idempotency_key=key,
        )


def test_a_cancelled_crawl_ends_the_shards_of_the_version_it_writes_and_no_others(
    inside: Clone,
) -> None:
    first, third = (inside.address("catalog", "cancelled", version) for version in ("v1", "v3"))

    def shard(run: str, address: str, number: int, key: str | None = "") -> FlowRun:
        parameters = {"address": address, "shard": number}
        keyed = f"{run}:crawl:{address}:{number}" if key == "" else key
        return later("crawl-shard/crawl-shard", parameters, keyed, run, name="whatever people call it")

    told = {"location": "https://hub.example", "catalog": first}  # as a schedule tells it, which writes v3
    parent = later("crawl/crawl", {"parameters": told}, None, "run-3", name="crawl v3")
    unlabelled = later("crawl/crawl", {"parameters": told}, None, name="crawl v1")  # has planned nothing yet
    joined = [shard("run-3", third, 0), shard("run-3", third, 1)]
    others = [shard("run-1", first, 0), shard("run-3", first, 0), shard("run-4", third, 2)]
    by_hand = shard("run-3", third, 3, None)
    try:
        hook = cancel_shards("catalog")
        hook(crawl_flow, unlabelled, None)
        assert {named(read(each.id)) for each in [*joined, *others]} == {"Scheduled"}
        known_before = parent.model_copy(update={"name": "crawl v1", "tags": [PROJECT]})
        hook(crawl_flow, known_before, None)  # whoever calls it read the flow run before that labelled itself
        assert [named(read(each.id)) for each in joined] == ["Cancelled"] * 2
        assert {named(read(each.id)) for each in [*others, by_hand]} == {"Scheduled"}
    finally:
        with get_client(sync_client=True) as client:
            for each in (parent, unlabelled, *joined, *others, by_hand):
                client.delete_flow_run(each.id)


@pytest.mark.parametrize(
    ("journey", "told"),
    [
        ("test-one", {"location": "https://hub.example", "run_id": "test-one"}),
        ("factory-0123abcd", {"location": "https://hub.example", "since": "latest"}),
    ],
)
def test_a_cancelled_factory_ends_the_stages_of_its_journey_and_nobody_elses(
    inside: Clone, journey: str, told: dict[str, str]
) -> None:
    table = {"instructions": inside.address("instructions", "v1"), "trajectories": ""}
    factory = waiting("factory/factory", told, None, "factory", journey)
    joined = waiting("annotate/annotate", {**table, "run_id": journey}, f"{journey}:annotate:a", "annotate")
    others = [
        waiting("annotate/annotate", {**table, "run_id": "test-two"}, f"{journey}:annotate:b", journey),
        waiting("annotate/annotate", {**table, "run_id": journey}, None, journey),  # by hand
        waiting("factory/factory", {**told, "run_id": journey}, "its double", "factory", journey),
    ]
    try:
        cancel_stages(None, factory, None)
        assert named(read(joined.id)) == "Cancelled"
        assert [named(read(each.id)) for each in others] == ["Scheduled"] * 3
    finally:
        with get_client(sync_client=True) as client:
            for each in (factory, joined, *others):
                client.delete_flow_run(each.id)
