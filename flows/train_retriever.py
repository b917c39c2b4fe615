"""Train retriever: query-API pairs in, an encoder and its index out; on the pool `train`.

Run it again after an interruption and it starts over: what is published is finished.
"""

from prefect import flow

from flows.alerts import watch_of
from flows.artifacts import ProgressArtifact, publish
from flows.labels import named
from flows.schedules import one_at_a_time
from flows.shards import refuse_outside_root, unfinished
from flows.watched import watched
from tasks.retrieval import steps
from tasks.retrieval.encoder import MINILM
from tasks.retrieval.stage import Parameters
from tasks.storage.stage import Report
from tasks.storage.table import Table


@flow(name="train-retriever", flow_run_name=named("train-retriever", "retriever"))
@one_at_a_time
def train_retriever(parameters: Parameters) -> Report:
    """Train the API retriever and measure it beside its rivals."""
    refuse_outside_root(parameters, "samples", "retriever", "base", names=(MINILM,))
    address = steps.plan(parameters)
    for shard in unfinished("train-retriever", address):
        with watched(ProgressArtifact(), watch_of(Table.open(address))) as progress:
            steps.run_shard(address, shard, progress)
    report = steps.finish(address)
    publish(report)
    return report
