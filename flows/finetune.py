"""Finetune: training samples in, a student out; on the pool `train`, under torchrun with DeepSpeed.

Run it again after an interruption and it continues, on the same host from its newest checkpoint.
"""

from prefect import flow

from flows.artifacts import ProgressArtifact, publish
from flows.labels import named
from flows.shards import refuse_outside_root, unfinished
from tasks.storage.stage import Report
from tasks.training import steps
from tasks.training.finetune import Parameters


@flow(name="finetune", flow_run_name=named("finetune", "student"))
def finetune(parameters: Parameters) -> Report:
    """Train a student on solution paths."""
    refuse_outside_root(parameters, "samples", "student", "base")
    address = steps.plan_student(parameters)
    for shard in unfinished("finetune", address):
        steps.train_student(address, shard, ProgressArtifact())
    report = steps.report_student(address)
    publish(report)
    return report
