"""Shards as flow runs, on a real server with real workers."""

import os
import signal

import pytest
from prefect.client.schemas.objects import FlowRun, StateType

from flows.labels import PROJECT
from flows.runs import Work, find, start, succeeded, wait, why
from flows.shards import refuse_outside_root, shard_key
from tasks.catalog import stage as crawl
from tasks.errors import AddressError
from tasks.storage.table import Table
from tests.flows.conftest import Clone
from tests.flows.waiting import pid_of, until

pytestmark = pytest.mark.prefect


def crawl_of(clone: Clone, name: str) -> crawl.Parameters:
    """The hub in three shards: each costs a process that imports Prefect, and probing would cost more."""
    return crawl.Parameters(
        location=clone.settings["FOUNDRY_HUB_URL"],
        catalog=clone.address("catalog", name),
        probe=False,
        shard_size=40,
        run_id=f"test-{name}",
    )


def parent_of(parameters: crawl.Parameters) -> Work:
    return Work(
        deployment="crawl/crawl",
        key=f"parent of {parameters.catalog}",
        name="crawl",
        parameters={"parameters": parameters.model_dump(mode="json")},
        tags=(PROJECT, "crawl"),
    )


def attempts(address: str) -> dict[int, str]:
    return {shard: commit.attempt for shard, commit in Table.open(address).newest().items()}


def test_a_shard_that_is_killed_fails_its_parent_by_name_and_the_parents_retry_does_only_that_shard(
    inside: Clone,
) -> None:
    parameters = crawl_of(inside, "killed")
    (parent,) = start([parent_of(parameters)])

    def begun_shard() -> FlowRun | None:
        if not Table.exists(parameters.catalog):
            return None
        table = Table.open(parameters.catalog)
        runs = find([shard_key("crawl", table, shard) for shard in table.unfinished()])
        return next((run for run in runs if run.state and not run.state.is_final() and pid_of(run)), None)

    victim = until(begun_shard)
    os.kill(pid_of(victim), signal.SIGKILL)
    shard = victim.parameters["shard"]
    (ended,) = wait([parent])
    assert not succeeded(ended)
    assert f"failed (number {shard})" in why(ended) and "run 'crawl' again" in why(ended)
    finished = attempts(parameters.catalog)
    assert finished and shard not in finished
    assert start([parent_of(parameters)]) == [parent]
    (ended,) = wait([parent])
    assert succeeded(ended), why(ended)
    assert ended.name == "crawl killed"
    assert {PROJECT, "crawl", "test-killed"} <= set(ended.tags)
    assert Table.open(parameters.catalog).unfinished() == []
    assert {each: attempts(parameters.catalog)[each] for each in finished} == finished
    table = Table.open(parameters.catalog)
    runs = find([shard_key("crawl", table, each) for each in table.shards])
    begun = {run.parameters["shard"]: run.run_count for run in runs}
    assert begun.pop(shard) in (1, 2), "it was killed before it had begun, or after"
    assert set(begun.values()) == {1}


def test_an_address_outside_the_root_ends_the_flow_run_in_one_sentence(inside: Clone) -> None:
    parameters = crawl_of(inside, "outside").model_copy(update={"catalog": "/tmp/elsewhere/v1"})
    (ended,) = wait(start([parent_of(parameters)]))
    assert ended.state is not None and ended.state.type is StateType.FAILED
    assert why(ended).startswith("catalog '/tmp/elsewhere/v1' lies outside ")
    assert not os.path.exists("/tmp/elsewhere")


def test_the_root_itself_and_what_lies_below_it_is_accepted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FOUNDRY_ROOT", "s3://factory/tables")
    for address in ("s3://factory/tables", "s3://factory/tables/catalog/v1", ""):
        refuse_outside_root(crawl.Parameters(location="x", catalog=address), "catalog")
    for address in ("s3://factory/tables-of-others/v1", "s3://factory", "/tables", "catalog/v1"):
        with pytest.raises(AddressError, match="lies outside s3://factory/tables; a deployment"):
            refuse_outside_root(crawl.Parameters(location="x", catalog=address), "catalog")


def test_flow_runs_that_never_existed_are_not_found(inside: Clone) -> None:
    assert find(["no such key"]) == []
    assert find([]) == []
    assert wait([]) == []
    assert start([]) == []
