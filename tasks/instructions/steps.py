"""Instructions as Prefect tasks: the stage's functions, and what is retried."""

from prefect import task

from tasks.instructions import stage
from tasks.storage.stage import Progress, Report
from tasks.storage.steps import transient


@task(name="plan", retries=2, retry_delay_seconds=[2, 10], retry_condition_fn=transient)
def plan(parameters: stage.Parameters) -> str:
    """Look at the catalogue, cut the groups into shards, give the address."""
    return stage.plan(parameters)


@task(name="write", retries=3, retry_delay_seconds=[5, 30, 120], retry_condition_fn=transient)
def run_shard(address: str, shard: int, progress: Progress) -> None:
    """Have a shard's instructions written; a retry replays what has been paid."""
    stage.run_shard(address, shard, progress)


@task(name="report", retries=2, retry_delay_seconds=[2, 10], retry_condition_fn=transient)
def finish(address: str) -> Report:
    """Count what was accepted."""
    return stage.finish(address)
