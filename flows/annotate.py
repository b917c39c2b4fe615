"""Annotate: instructions in, trajectories out; each shard is a flow run of its own.

Run it again with the same parameters and only unfinished shards run; a shard that is retried searches only
instructions that are not published, and takes replies that have been paid from its call log.
"""

from prefect import flow

from flows.artifacts import ProgressArtifact, publish
from flows.labels import named, named_shard
from flows.shards import cancel_shards, refuse_outside_root, run_shards
from tasks.annotation import steps
from tasks.annotation.stage import Parameters
from tasks.storage.stage import Report


@flow(name="annotate", flow_run_name=named("annotate", "trajectories"), on_cancellation=[cancel_shards])
def annotate(parameters: Parameters) -> Report:
    """Search a decision tree for every instruction of a table."""
    refuse_outside_root(parameters, "instructions", "trajectories", "toolenv", "equal_cost_to")
    address = steps.plan(parameters)
    run_shards("annotate", address)
    report = steps.finish(address)
    publish(report)
    return report


@flow(name="annotate-shard", flow_run_name=named_shard("annotate"))
def annotate_shard(address: str, shard: int) -> None:
    """Search one shard; everything it needs is read from the address."""
    steps.run_shard(address, shard, ProgressArtifact())
