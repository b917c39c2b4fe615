"""Samples and student as Prefect tasks: the stages' functions, and what is retried."""

from prefect import task

from tasks.storage.stage import Progress, Report
from tasks.storage.steps import transient
from tasks.training import assemble, finetune


@task(name="plan samples", retries=2, retry_delay_seconds=[2, 10], retry_condition_fn=transient)
def plan_samples(parameters: assemble.Parameters) -> str:
    """Look at trajectories and instructions, give the address."""
    return assemble.plan(parameters)


@task(name="assemble", retries=3, retry_delay_seconds=[5, 30, 120], retry_condition_fn=transient)
def make_samples(address: str, shard: int, progress: Progress) -> None:
    """Make the samples or pairs of a shard."""
    assemble.run_shard(address, shard, progress)


@task(name="report samples", retries=2, retry_delay_seconds=[2, 10], retry_condition_fn=transient)
def count_samples(address: str) -> Report:
    """Count what there is to train on."""
    return assemble.finish(address)


@task(name="plan student", retries=2, retry_delay_seconds=[2, 10], retry_condition_fn=transient)
def plan_student(parameters: finetune.Parameters) -> str:
    """Check what can be checked for nothing, give the address."""
    return finetune.plan(parameters)


@task(name="train student", retries=1, retry_delay_seconds=10, retry_condition_fn=transient)
def train_student(address: str, shard: int, progress: Progress) -> None:
    """Train under torchrun; a retry on the same host continues from the newest checkpoint."""
    finetune.run_shard(address, shard, progress)


@task(name="report student", retries=2, retry_delay_seconds=[2, 10], retry_condition_fn=transient)
def report_student(address: str) -> Report:
    """Losses, first and last."""
    return finetune.finish(address)
