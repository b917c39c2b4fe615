"""Crawl: a marketplace in, a catalogue of APIs that answer out; each shard is a flow run of its own.

Run it again with the same parameters and only unfinished shards run. The hub's key is read from
FOUNDRY_HUB_KEY where workers run: a parameter would be stored with the flow run.
"""

from prefect import flow

from flows.artifacts import ProgressArtifact, publish
from flows.labels import named, named_shard
from flows.shards import cancel_shards, refuse_outside_root, run_shards
from tasks.catalog import steps
from tasks.catalog.stage import Parameters
from tasks.storage.stage import Report


@flow(name="crawl", flow_run_name=named("crawl", "catalog"), on_cancellation=[cancel_shards])
def crawl(parameters: Parameters) -> Report:
    """Collect the APIs of a marketplace and keep those that answer well."""
    refuse_outside_root(parameters, "catalog")
    address = steps.plan(parameters)
    run_shards("crawl", address)
    report = steps.finish(address)
    publish(report)
    return report


@flow(name="crawl-shard", flow_run_name=named_shard("crawl"))
def crawl_shard(address: str, shard: int) -> None:
    """Crawl one shard; everything it needs is read from the address."""
    steps.run_shard(address, shard, ProgressArtifact())
