"""The crawl as Prefect tasks: the stage's functions, and what is retried."""

from prefect import task

from tasks.catalog import stage
from tasks.storage.stage import Progress, Report
from tasks.storage.steps import transient


@task(name="survey", retries=2, retry_delay_seconds=[2, 10], retry_condition_fn=transient)
def plan(parameters: stage.Parameters) -> str:
    """Look at the marketplace, cut its tools into shards, give the address."""
    return stage.plan(parameters)


@task(name="probe", retries=3, retry_delay_seconds=[5, 30, 120], retry_condition_fn=transient)
def run_shard(address: str, shard: int, progress: Progress) -> None:
    """Read and call the APIs of a shard's tools; a retry continues after what is published."""
    stage.run_shard(address, shard, progress)


@task(name="report", retries=2, retry_delay_seconds=[2, 10], retry_condition_fn=transient)
def finish(address: str) -> Report:
    """Count what was kept."""
    return stage.finish(address)
