"""Failed shards are done again in four ways, and what is finished is left alone: the ledger proves it."""

import json
import os
import signal
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

import pytest
from prefect.client.schemas.objects import FlowRun

from flows.labels import PROJECT
from flows.runs import SETTLED_AFTER_S, Work, find, start, succeeded, wait, why
from flows.shards import shard_key
from tasks.records import Reject, Trajectory
from tasks.storage.addresses import commit_key
from tasks.storage.table import Table
from tests.commands import ran, tasks_made
from tests.flows.cockpit import cockpit
from tests.flows.conftest import Clone
from tests.flows.slow_shards import shards_ask_a_slow_model
from tests.flows.waiting import pid_of, until
from tests.slow_model import SlowModel

pytestmark = [pytest.mark.prefect, pytest.mark.browser, pytest.mark.cockpit]

SHARDS, SHARD_SIZE, CONCURRENCY = 4, 70, 2
FIRST_HELD = 56
"""A shard publishes its first 50 instructions at once; from this one on the model gives no answer to shards
that are to be killed, however long that takes here."""


@dataclass(frozen=True)
class Annotation:
    """One annotation of the clone, and what is recorded of it."""

    clone: Clone
    tasks: str
    address: str
    model: SlowModel

    def hold(self, *shards: int) -> None:
        """From now on these shards, and no others, get no answer to what they ask last."""
        with open(self.tasks, encoding="utf-8") as lines:
            wordings = [json.loads(line)["instruction"] for line in lines]
        windows = [range(each * SHARD_SIZE + FIRST_HELD, (each + 1) * SHARD_SIZE) for each in shards]
        last = [wordings[at] for window in windows for at in window]
        held = [wording for wording in last if sum(wording in each for each in wordings) == 1]

        def is_held(request: str) -> bool:
            said = [message["content"] or "" for message in json.loads(request)["messages"]]
            return any(wording in words for wording in held for words in said)

        self.model.held = is_held

    @property
    def fields(self) -> dict[str, str]:
        """Its form, by label."""
        return {
            "Instructions": self.tasks,
            "Trajectories": self.address,
            "Concurrency": str(CONCURRENCY),
            "Shard size": str(SHARD_SIZE),
            "Run id": "test-retry",
        }

    def shards(self) -> dict[int, FlowRun]:
        """The flow run of each shard that has one."""
        if not Table.exists(self.address):
            return {}
        table = Table.open(self.address)
        return {
            run.parameters["shard"]: run
            for run in find([shard_key("annotate", table, n) for n in table.shards])
        }

    def run_counts(self) -> list[int]:
        """How often each shard's flow run has run, in order of the shards."""
        found = self.shards()
        return [found[shard].run_count for shard in sorted(found)]

    def published(self) -> dict[int, tuple[int, str]]:
        """Generation and attempt of each shard's newest commit."""
        newest = Table.open(self.address).newest()
        return {shard: (commit.generation, commit.attempt) for shard, commit in newest.items()}

    def finished(self) -> set[str]:
        """Instructions that are published."""
        rows = Table.open(self.address).read(Trajectory, "trajectories", partial=True)
        return set(rows["instruction_id"].to_pylist())

    def calls(self, after: int = 0) -> list[tuple[int, str, int]]:
        """Id, instruction, and whether it was a repetition, of every model call the ledger holds."""
        ledger = f"{self.clone.settings['FOUNDRY_STATE']}/ledger.sqlite"
        with closing(sqlite3.connect(ledger, timeout=60)) as rows:
            return rows.execute(
                "SELECT id, subject, repeated FROM calls WHERE address=? AND id>? AND kind='model'",
                (self.address, after),
            ).fetchall()

    def kill(self, shard: int, times_run: int, published: bool) -> None:
        """Kill the process of a shard that is held, in its n-th run, once it works or has published."""
        commit = f"{self.address}/{commit_key(shard, 1)}"

        def working() -> FlowRun | None:
            run = self.shards().get(shard)
            if run is None or run.state is None or run.run_count < times_run:
                return None
            assert not run.state.is_final(), f"shard {shard} ended before it was killed: {why(run)}"
            return run if run.state.is_running() and pid_of(run) else None

        run = until(working, every_s=0.2)
        if published:
            until(lambda: os.path.exists(commit) or None)
        os.kill(pid_of(run), signal.SIGKILL)


@pytest.fixture
def annotation(inside: Clone) -> Iterator[Annotation]:
    tasks = inside.address("retry.jsonl")
    os.makedirs(os.path.dirname(tasks), exist_ok=True)
    tasks_made(inside.settings["FOUNDRY_HUB_URL"], seed=3, count=SHARDS * SHARD_SIZE, to=tasks)
    with shards_ask_a_slow_model(inside, latency_s=0.0) as model:
        yield Annotation(inside, tasks, inside.address("trajectories", "retried"), model)


def settled(run: FlowRun) -> None:
    """Wait until its worker has done with it, as a person does who reads before clicking."""
    assert run.state is not None
    age_s = (datetime.now(UTC) - run.state.timestamp).total_seconds()
    time.sleep(max(0.0, SETTLED_AFTER_S - age_s))


def test_failed_shards_are_done_again_in_four_ways_and_nothing_that_is_finished_is_paid_twice(
    annotation: Annotation,
) -> None:
    parameters = {
        "instructions": annotation.tasks,
        "trajectories": annotation.address,
        "concurrency": CONCURRENCY,
        "shard_size": SHARD_SIZE,
        "run_id": "test-retry",
    }
    work = Work("annotate/annotate", "test-retry", "annotate", {"parameters": parameters}, (PROJECT,))
    annotation.hold(0, 1, 2, 3)
    (parent,) = start([work])
    for each in range(SHARDS):
        annotation.kill(each, times_run=1, published=True)
    failed = ended(parent)
    assert "4 of 4 shards" in why(failed) and "(number 0, 1, 2, 3)" in why(failed)
    assert annotation.run_counts() == [1, 1, 1, 1]
    kills = SHARDS

    with cockpit(annotation.clone) as ui:
        # 1: Retry on the shard's page
        before = Before(annotation)
        shard = annotation.shards()[0]
        settled(shard)
        annotation.hold(1, 2, 3)
        ui.retry(shard.id)
        run = again(shard)
        assert succeeded(run), why(run)
        assert (run.run_count, run.parameters) == (2, shard.parameters)
        assert annotation.run_counts() == [2, 1, 1, 1]
        assert not succeeded(ended(parent)), "the parent stays red: its report is still to be made"
        before.prove_only([0])

        # 2: Retry on the parent, of whose shards two are killed once more
        before = Before(annotation)
        annotation.hold(2, 3)
        ui.retry(parent)
        for each in (2, 3):
            annotation.kill(each, times_run=2, published=False)
            kills += 1
        failed = again(failed)
        assert "2 of 4 shards" in why(failed) and "(number 2, 3)" in why(failed)
        assert failed.parameters["parameters"] == parameters
        assert annotation.run_counts() == [2, 2, 2, 2]
        before.prove_only([1, 2, 3])

        # 3: the same parameters in the form, a shard of which is killed a third time
        before = Before(annotation)
        settled(annotation.shards()[3])
        annotation.hold(3)
        ui.run_with("annotate", annotation.fields)
        annotation.kill(3, times_run=3, published=False)
        kills += 1
        second = until(lambda: by_hand(parent))
        assert "1 of 4 shards" in why(ended(second)) and "(number 3)" in why(ended(second))
        assert annotation.run_counts() == [2, 2, 3, 3]
        before.prove_only([2, 3])

        # 4: a shell
        before = Before(annotation)
        shell = {name: text for name, text in os.environ.items() if name != "FOUNDRY_LEDGER"}
        options = ["--instructions", annotation.tasks, "--trajectories", annotation.address]
        options += ["--shard-size", str(SHARD_SIZE), "--concurrency", str(CONCURRENCY), "--json"]
        ran("flows", ["annotate", *options], env=shell)
        assert Table.open(annotation.address).unfinished() == []
        assert annotation.run_counts() == [2, 2, 3, 3]
        before.prove_only([3])

        # What is red still makes its report when it is retried, and touches no shard.
        before = Before(annotation)
        settled(ended(parent))
        ui.retry(parent)
        run = again(failed)
        assert succeeded(run), why(run)
        ui.state_of(parent, "Completed")
        assert annotation.run_counts() == [2, 2, 3, 3]
        before.prove_only([])

    calls = annotation.calls()
    repeated = sum(each for _, _, each in calls)
    print(f"{len(calls)} model calls, {repeated} asked twice, after {kills} kills")
    table = Table.open(annotation.address)
    rejected = {row.subject_id for row in table.records(Reject, "rejects")}
    assert not annotation.finished() & rejected
    assert len(annotation.finished() | rejected) == SHARDS * SHARD_SIZE, "each instruction once"
    assert repeated <= kills * CONCURRENCY, "no more than were in the air at the kills"


class Before:
    """What was finished before something was retried."""

    def __init__(self, annotation: Annotation):
        self._annotation = annotation
        self._published = annotation.published()
        self._finished = annotation.finished()
        self._last = max(call for call, _, _ in annotation.calls())

    def prove_only(self, shards: list[int]) -> None:
        """No other shard was published anew, and no finished instruction has a further call."""
        now = self._annotation.published()
        assert {n: now[n] for n in now if n not in shards} == {
            n: self._published[n] for n in self._published if n not in shards
        }
        assert self._finished <= self._annotation.finished(), "nothing that was published is lost"
        asked = {subject for _, subject, _ in self._annotation.calls(after=self._last)}
        assert not asked & self._finished
        assert bool(asked) == bool(shards)


def ended(run: UUID) -> FlowRun:
    (found,) = wait([run])
    return found


def again(before: FlowRun) -> FlowRun:
    """The same flow run, once it has ended another time."""

    def found() -> FlowRun | None:
        run = ended(before.id)
        return run if run.run_count > before.run_count else None

    return until(found)


def by_hand(parent: UUID) -> UUID | None:
    """The flow run of `annotate` that was started from the form."""
    from prefect.client.orchestration import get_client
    from prefect.client.schemas.filters import FlowFilter, FlowFilterName

    with get_client(sync_client=True) as client:
        runs = client.read_flow_runs(flow_filter=FlowFilter(name=FlowFilterName(any_=["annotate"])))
    told = [run.id for run in runs if run.parameters["parameters"].get("run_id") == "test-retry"]
    return next((run for run in told if run != parent), None)
