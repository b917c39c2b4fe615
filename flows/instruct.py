"""Instruct: a catalogue in, instructions out; each shard is a flow run of its own.

Run it again with the same parameters and only unfinished shards run; replies that were paid are replayed.
"""

from prefect import flow

from flows.artifacts import ProgressArtifact, publish
from flows.labels import named, named_shard
from flows.shards import cancel_shards, refuse_outside_root, run_shards
from tasks.instructions import steps
from tasks.instructions.stage import Parameters
from tasks.storage.stage import Report


@flow(name="instruct", flow_run_name=named("instruct", "instructions"), on_cancellation=[cancel_shards])
def instruct(parameters: Parameters) -> Report:
    """Sample APIs together and have instructions written for them."""
    refuse_outside_root(parameters, "catalog", "instructions")
    address = steps.plan(parameters)
    run_shards("instruct", address)
    report = steps.finish(address)
    publish(report)
    return report


@flow(name="instruct-shard", flow_run_name=named_shard("instruct"))
def instruct_shard(address: str, shard: int) -> None:
    """Write one shard's instructions; everything it needs is read from the address."""
    steps.run_shard(address, shard, ProgressArtifact())
