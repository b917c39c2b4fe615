"""The retriever as Prefect tasks: the stage's functions, and what is retried."""

from prefect import task

from tasks.retrieval import stage
from tasks.storage.stage import Progress, Report
from tasks.storage.steps import transient


@task(name="plan", retries=2, retry_delay_seconds=[2, 10], retry_condition_fn=transient)
def plan(parameters: stage.Parameters) -> str:
    """Check what can be checked for nothing, give the address."""
    return stage.plan(parameters)


@task(name="train", retries=1, retry_delay_seconds=10, retry_condition_fn=transient)
def run_shard(address: str, shard: int, progress: Progress) -> None:
    """Train, measure, publish; a retry starts over, because it takes a minute."""
    stage.run_shard(address, shard, progress)


@task(name="report", retries=2, retry_delay_seconds=[2, 10], retry_condition_fn=transient)
def finish(address: str) -> Report:
    """Figures of the held-out queries."""
    return stage.finish(address)
