"""Annotation as Prefect tasks: the stage's functions, and what is retried."""

from prefect import task

from tasks.annotation import stage
from tasks.annotation.forecast import dry_run
from tasks.annotation.forecast.record import Forecast
from tasks.storage.stage import Progress, Report, Silent
from tasks.storage.steps import transient


@task(name="plan", retries=2, retry_delay_seconds=[2, 10], retry_condition_fn=transient)
def plan(parameters: stage.Parameters) -> str:
    """Check what can be checked for nothing, cut the instructions into shards, give the address."""
    return stage.plan(parameters)


@task(name="search", retries=3, retry_delay_seconds=[5, 30, 120], retry_condition_fn=transient)
def run_shard(address: str, shard: int, progress: Progress) -> None:
    """Search a shard's instructions; a retry continues after what is published and replays the call log."""
    stage.run_shard(address, shard, progress)


@task(name="forecast", retries=2, retry_delay_seconds=[2, 10], retry_condition_fn=transient)
def forecast(parameters: stage.Parameters) -> Forecast:
    """Say what a run will take, from a pilot."""
    return dry_run.forecast(parameters, Silent())


@task(name="report", retries=2, retry_delay_seconds=[2, 10], retry_condition_fn=transient)
def finish(address: str) -> Report:
    """Count what came out."""
    return stage.finish(address)
