"""Assemble: trajectories in; chat samples for the student and query-API pairs for the retriever out.

It is quick, so its shards run here. Run it again and only unfinished ones run.
"""

from prefect import flow

from flows.artifacts import ProgressArtifact, publish
from flows.labels import named
from flows.shards import refuse_outside_root, unfinished
from tasks.storage.stage import Report
from tasks.training import steps
from tasks.training.assemble import Parameters


@flow(name="assemble", flow_run_name=named("assemble", "samples"))
def assemble(parameters: Parameters) -> Report:
    """Make training samples and pairs of solution paths."""
    refuse_outside_root(parameters, "trajectories", "instructions", "samples")
    address = steps.plan_samples(parameters)
    for shard in unfinished("assemble", address):
        steps.make_samples(address, shard, ProgressArtifact())
    report = steps.count_samples(address)
    publish(report)
    return report
