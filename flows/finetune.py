"""Finetune: training samples in, a student out; on the pool `train`, under torchrun with DeepSpeed.

Run it again after an interruption and it continues, on the same host from its newest checkpoint.
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
from tasks.training.finetune import Parameters


@flow(name="finetune", flow_run_name=named("finetune", "student"))
@one_at_a_time
def finetune(parameters: Parameters) -> Report:
    """Train a student on solution paths."""
    refuse_outside_root(parameters, "samples", "student", "base")
    address = steps.plan_student(parameters)
    for shard in unfinished("finetune", address):
        with watched(ProgressArtifact(), watch_of(Table.open(address))) as progress:
            steps.train_student(address, shard, progress)
    report = steps.report_student(address)
    publish(report)
    return report
