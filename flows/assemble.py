"""Assemble: trajectories in; chat samples for the student and query-API pairs for the retriever out.

It is quick, so its shards run here. Run it again and only unfinished ones run.
"""

from prefect import flow

from flows.alerts import watch_of
from flows.artifacts import ProgressArtifact, publish
from flows.labels import named
from flows.schedules import one_at_a_time
from flows.shards import refuse_outside_root, unfinished
from flows.watched import watched
from tasks.storage.stage import Report
from tasks.storage.table import Table
from tasks.training import steps
from tasks.training.assemble import Parameters


@flow(name="assemble", flow_run_name=named("assemble", "samples"))
@one_at_a_time
def assemble(parameters: Parameters) -> Report:
    """Make training samples and pairs of solution paths."""
    refuse_outside_root(parameters, "since", "trajectories", "instructions", "samples")
    address = steps.plan_samples(parameters)
    for shard in unfinished("assemble", address):
        with watched(ProgressArtifact(), watch_of(Table.open(address))) as progress:
            steps.make_samples(address, shard, progress)
    report = steps.count_samples(address)
    publish(report)
    return report
