"""Schedules as an operator makes them: by clicking, on a real server, with real workers."""

import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from prefect.client.orchestration import get_client
from prefect.client.schemas.actions import DeploymentScheduleCreate
from prefect.client.schemas.filters import FlowRunFilter, FlowRunFilterDeploymentId
from prefect.client.schemas.objects import DeploymentSchedule, FlowRun, StateType
from prefect.client.schemas.schedules import CronSchedule
from prefect.client.schemas.sorting import FlowRunSort

from flows.runs import cancel, succeeded, wait, why
from flows.schedules import SKIPPED
from tasks.catalog import stage as crawl
from tasks.records import Trajectory
from tasks.storage.carrying import carried_count
from tasks.storage.stage import Silent
from tasks.storage.table import Table
from tests.flows.cockpit import cockpit
from tests.flows.conftest import Clone
from tests.flows.waiting import until

pytestmark = [pytest.mark.prefect, pytest.mark.cockpit]

EVERY_S = 10
"""Half of what a crawl takes here at least: the next one is due while it goes on."""

LATE_RUNS = """
import asyncio, sys
from contextlib import closing
from datetime import UTC, datetime, timedelta
from uuid import UUID
from prefect.server.database import provide_database_interface
from prefect.server.models.deployments import schedule_runs

async def main() -> None:
    async with provide_database_interface().session_context(begin_transaction=True) as session:
        until = datetime.now(UTC)
        await schedule_runs(
            session, deployment_id=UUID(sys.argv[1]), start_time=until - timedelta(days=3), end_time=until,
            min_time=timedelta(0), min_runs=9, max_runs=9,
        )

asyncio.run(main())
"""
"""Has the scheduler's own code make what it would have made in the three days before."""


@pytest.fixture
def unscheduled(inside: Clone) -> Iterator[Clone]:
    """The clone, whose schedules are after a test what they were before it."""
    before = {name: {each.id: each for each in schedules(name)} for name in ("crawl", "factory")}
    yield inside
    with get_client(sync_client=True) as client:
        for name, known in before.items():
            cancel(client, (run for run in runs_of(name) if run.auto_scheduled))
            for each in schedules(name):
                was = known.get(each.id)
                if was is None:
                    client.delete_deployment_schedule(deployment_id(name), each.id)
                else:
                    client.update_deployment_schedule(
                        deployment_id(name),
                        each.id,
                        active=was.active,
                        schedule=was.schedule,
                        parameters=was.parameters,
                    )


def deployment_id(name: str) -> UUID:
    with get_client(sync_client=True) as client:
        return client.read_deployment_by_name(f"{name}/{name}").id


def schedules(name: str) -> list[DeploymentSchedule]:
    with get_client(sync_client=True) as client:
        return client.read_deployment_by_name(f"{name}/{name}").schedules


def runs_of(name: str, catalog: str = "") -> list[FlowRun]:
    """Flow runs of a deployment, those told to write this catalogue, in the order in which they were due."""
    with get_client(sync_client=True) as client:
        found = client.read_flow_runs(
            flow_run_filter=FlowRunFilter(
                deployment_id=FlowRunFilterDeploymentId(any_=[deployment_id(name)])
            ),
            sort=FlowRunSort.EXPECTED_START_TIME_ASC,
        )
    return [run for run in found if not catalog or told(run) == catalog]


def told(run: FlowRun) -> str:
    return str(run.parameters["parameters"].get("catalog", ""))


def state(run: FlowRun) -> StateType | None:
    return run.state.type if run.state else None


def message(run: FlowRun) -> str:
    return (run.state.message or "") if run.state else ""


def skipped_for_a_busy_one(catalog: str) -> FlowRun | None:
    """The first run that did nothing because another one still goes on."""
    return next((run for run in runs_of("crawl", catalog) if "still goes on" in message(run)), None)


def made_by_schedule(root: str) -> list[FlowRun] | None:
    """The first two flow runs of the factory that the schedule has made and that made something there."""
    told = [run for run in runs_of("factory") if run.parameters["parameters"].get("root") == root]
    made = [run for run in told if run.auto_scheduled]
    failed = [why(run) for run in made if state(run) in (StateType.FAILED, StateType.CRASHED)]
    assert not failed, failed
    done = [run for run in made if succeeded(run)]
    return done[:2] if len(done) > 1 else None


def model_calls(clone: Clone, run: str) -> int:
    """Model calls of a run in the clone's ledger."""
    with closing(sqlite3.connect(f"{clone.settings['FOUNDRY_STATE']}/ledger.sqlite", timeout=60)) as rows:
        ((count,),) = rows.execute("SELECT COUNT(*) FROM calls WHERE run=? AND kind='model'", (run,))
    return int(count)


def due_at(run: FlowRun) -> datetime:
    assert run.expected_start_time is not None
    return run.expected_start_time


@pytest.mark.browser
def test_a_schedule_is_made_changed_and_switched_off_by_clicking_and_what_goes_on_is_not_done_twice(
    unscheduled: Clone,
) -> None:
    hub = unscheduled.settings["FOUNDRY_HUB_URL"]
    first, second, by_hand = (unscheduled.address("catalog", f"{n}1") for n in ("nightly", "changed", "hand"))
    with cockpit(unscheduled) as ui:
        form = {"Location": hub, "Catalog": first, "Probes": "1", "Shard size": "14"}
        ui.add_schedule("crawl", EVERY_S, {**form, "Slow [s]": "0.7", "Timeout [s]": "1"})

        # It fires, and the next one that is due while it goes on leaves it alone and says so.
        skipped = until(lambda: skipped_for_a_busy_one(first))
        assert state(skipped) is StateType.CANCELLED and SKIPPED in skipped.tags
        said = message(skipped)
        busy = next(run for run in runs_of("crawl", first) if f"' ({run.id}), begun " in said)
        assert said.startswith("Skipped: '")  # named as it was then: it may not have labelled itself yet
        assert busy.auto_scheduled
        ui.message_of(skipped.id, "still goes on")

        # Other parameters, and off.
        ui.change_schedule("crawl", {"Catalog": second})
        changed = until(lambda: next((run for run in runs_of("crawl", second) if run.run_count), None))
        assert changed.auto_scheduled and changed.parameters["parameters"]["probes"] == 1
        ui.change_schedule("crawl", {"Active": "off"})
        (switched_off,) = schedules("crawl")
        assert not switched_off.active and switched_off.parameters["parameters"]["catalog"] == second
        until(lambda: None if any(state(run) is StateType.SCHEDULED for run in runs_of("crawl")) else True)

        # Once, by hand, with others, beside what still goes on.
        ui.run_with("crawl", {"Location": hub, "Catalog": by_hand, "Probe": "off"})
        once = until(lambda: next(iter(runs_of("crawl", by_hand)), None))
        assert not once.auto_scheduled
    done = wait([once.id, busy.id])
    assert all(map(succeeded, done)), [why(run) for run in done]
    (busy,) = [run for run in done if run.id == busy.id]
    assert busy.run_count == 1
    written = Table.open(unscheduled.address("catalog", busy.name.removeprefix("crawl ")))
    assert written.manifest.decides["edition"] == f"{busy.expected_start_time:%Y-%m-%dT%H:%M:%SZ}"
    wait(run.id for run in runs_of("crawl"))


@pytest.mark.browser
def test_a_schedule_of_the_factory_fires_with_its_parameters(unscheduled: Clone) -> None:
    nobody = "http://127.0.0.1:9"
    with cockpit(unscheduled) as ui:
        ui.add_schedule("factory", EVERY_S, {"Location": nobody, "Run id": "test-scheduled"})
        fired = until(
            lambda: next((run for run in runs_of("factory") if state(run) is StateType.FAILED), None)
        )
        ui.change_schedule("factory", {"Active": "off"})
    assert fired.auto_scheduled and fired.name == "test-scheduled"
    assert "no hub answers at http://127.0.0.1:9" in why(fired)


@pytest.mark.browser
def test_the_shipped_schedule_of_the_factory_carries_over_what_has_not_changed(unscheduled: Clone) -> None:
    root = unscheduled.address("every-minute")
    short = {"Root": root, "Groups": "I1", "Count": "12", "Shards": "1", "Until": "assemble"}
    with cockpit(unscheduled) as ui:
        ui.change_schedule("factory", {"Active": "on", "Value": "* * * * *", **short})
        first, second = until(lambda: made_by_schedule(root), within_s=1800.0)
        ui.change_schedule("factory", {"Active": "off"})
    assert due_at(second) > due_at(first) and second.parameters["parameters"]["since"] == "latest"
    crawls = [Table.open(f"{root}/catalog/{version}").manifest for version in ("v1", "v2")]
    times = [f"{due_at(run):%Y-%m-%dT%H:%M:%SZ}" for run in (first, second)]
    assert [crawl.decides["edition"] for crawl in crawls] == times, "it crawled anew"
    written = [Table.open(f"{root}/trajectories/{version}") for version in ("v1", "v2")]
    before, after = (table.read(Trajectory, "trajectories") for table in written)
    assert before.num_rows == after.num_rows == carried_count(written[1], "trajectories") == 12
    asked = [model_calls(unscheduled, run.name) for run in (first, second)]
    assert asked[0] > 12 and asked[1] == 0, asked


def test_three_days_down_make_one_run_and_not_three(unscheduled: Clone) -> None:
    catalog = unscheduled.address("catalog", "after-three-days-v1")
    parameters = {"location": unscheduled.settings["FOUNDRY_HUB_URL"], "catalog": catalog, "probe": False}
    soon = datetime.now(UTC) - timedelta(minutes=5)
    daily = CronSchedule(cron=f"{soon.minute} {soon.hour} * * *", timezone="UTC")
    crawls = deployment_id("crawl")
    schedule = DeploymentScheduleCreate(schedule=daily, active=True, parameters={"parameters": parameters})
    with get_client(sync_client=True) as client:
        client.create_deployment_schedules(crawls, [schedule])
    make_late = [sys.executable, "-c", LATE_RUNS, str(crawls)]
    until(lambda: True if subprocess.run(make_late, capture_output=True).returncode == 0 else None)
    due = [run for run in runs_of("crawl", catalog) if due_at(run) < datetime.now(UTC)]
    assert len(due) == 3
    assert (due_at(due[2]) - due_at(due[0])).days == 2
    *missed, newest = sorted(wait(run.id for run in due), key=due_at)
    assert succeeded(newest), why(newest)
    for run in missed:
        assert state(run) is StateType.CANCELLED and SKIPPED in run.tags and run.state is not None
        assert run.state.message is not None and run.state.message.startswith("Skipped: not started in time;")
        assert str(newest.id) in run.state.message
    assert Table.open(catalog).unfinished() == []
    assert not Table.exists(unscheduled.address("catalog", "after-three-days-v2"))


def test_another_edition_crawls_anew_into_the_next_version_and_the_same_one_continues(inside: Clone) -> None:
    hub, v1 = inside.settings["FOUNDRY_HUB_URL"], inside.address("catalog", "editions-v1")

    def crawled(edition: str) -> str:
        parameters = crawl.Parameters(
            location=hub, catalog=v1, probe=False, edition=edition, as_new_version=True
        )
        return crawl.run(parameters, Silent()).address

    assert crawled("monday") == crawled("monday") == v1
    assert crawled("tuesday") == inside.address("catalog", "editions-v2")
    assert crawled("monday") == v1
