"""Tooleval: answers of teacher and student in, pass rates out; each shard is a flow run of its own.

Run it again with the same parameters and only unfinished shards run; verdicts that are published stand.
"""

from prefect import flow

from flows.artifacts import publish
from flows.labels import named, named_shard
from flows.schedules import one_at_a_time
from flows.shards import ShardNumber, cancel_shards, one_shard, refuse_outside_root, run_shards
from tasks.evaluation import steps
from tasks.evaluation.stage import Parameters
from tasks.storage.stage import Report


@flow(name="tooleval", flow_run_name=named("tooleval", "results"), on_cancellation=[cancel_shards("results")])
@one_at_a_time
def tooleval(parameters: Parameters) -> Report:
    """Judge answers to held-out instructions."""
    refuse_outside_root(parameters, "instructions", "trajectories", "student", "results")
    address = steps.plan(parameters)
    run_shards("tooleval", address)
    report = steps.finish(address)
    publish(report)
    return report


@flow(name="tooleval-shard", flow_run_name=named_shard("tooleval"))
def tooleval_shard(address: str, shard: ShardNumber) -> None:
    """Examine one shard; everything it needs is read from the address.

    Args:
        address: Address of the stage's table, which its parent has planned
        shard: Number of the shard
    """
    with one_shard("tooleval", address, shard) as progress:
        steps.run_shard(address, shard, progress)
