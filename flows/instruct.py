"""Instruct: a catalogue in, instructions out; each shard is a flow run of its own.

Run it again with the same parameters and only unfinished shards run; replies that were paid are replayed.
"""

from prefect import flow

from flows.artifacts import publish
from flows.labels import named, named_shard
from flows.schedules import one_at_a_time
from flows.shards import ShardNumber, cancel_shards, one_shard, refuse_outside_root, run_shards
from tasks.instructions import steps
from tasks.instructions.stage import Parameters
from tasks.storage.stage import Report


@flow(
    name="instruct",
    flow_run_name=named("instruct", "instructions"),
    on_cancellation=[cancel_shards("instructions")],
)
@one_at_a_time
def instruct(parameters: Parameters) -> Report:
    """Sample APIs together and have instructions written for them."""
    refuse_outside_root(parameters, "since", "catalog", "instructions")
    address = steps.plan(parameters)
    run_shards("instruct", address)
    report = steps.finish(address)
    publish(report)
    return report


@flow(name="instruct-shard", flow_run_name=named_shard("instruct"))
def instruct_shard(address: str, shard: ShardNumber) -> None:
    """Write one shard's instructions; everything it needs is read from the address.

    Args:
        address: Address of the stage's table, which its parent has planned
        shard: Number of the shard
    """
    with one_shard("instruct", address, shard) as progress:
        steps.run_shard(address, shard, progress)
