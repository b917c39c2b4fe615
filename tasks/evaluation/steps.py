"""Tooleval as Prefect tasks: the stage's functions, and what is retried."""

from prefect import task

from tasks.evaluation import stage
from tasks.storage.stage import Progress, Report
from tasks.storage.steps import transient


@task(name="plan", retries=2, retry_delay_seconds=[2, 10], retry_condition_fn=transient)
def plan(parameters: stage.Parameters) -> str:
    """Look at candidates and judge, cut the held-out instructions into shards, give the address."""
    return stage.plan(parameters)


@task(name="examine", retries=3, retry_delay_seconds=[5, 30, 120], retry_condition_fn=transient)
def run_shard(address: str, shard: int, progress: Progress) -> None:
    """Answer and judge a shard's instructions; a retry does not ask again for what is published."""
    stage.run_shard(address, shard, progress)


@task(name="report", retries=2, retry_delay_seconds=[2, 10], retry_condition_fn=transient)
def finish(address: str) -> Report:
    """Pass rates with their intervals."""
    return stage.finish(address)
