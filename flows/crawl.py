"""Crawl: a marketplace in, a catalogue of APIs that answer out; each shard is a flow run of its own.

Run it again with the same parameters and only unfinished shards run; a run that a schedule has made crawls
anew, into the next version. The hub's key is read from FOUNDRY_HUB_KEY where workers run: a parameter would
be stored with the flow run.
"""

from prefect import flow

from flows.artifacts import publish
from flows.labels import named, named_shard
from flows.schedules import due, one_at_a_time
from flows.shards import ShardNumber, cancel_shards, one_shard, refuse_outside_root, run_shards
from tasks.catalog import steps
from tasks.catalog.stage import Parameters
from tasks.storage.stage import Report


@flow(name="crawl", flow_run_name=named("crawl", "catalog"), on_cancellation=[cancel_shards("catalog")])
@one_at_a_time
def crawl(parameters: Parameters) -> Report:
    """Collect the APIs of a marketplace and keep those that answer well."""
    refuse_outside_root(parameters, "since", "catalog", "location")
    address = steps.plan(edition_of_schedule(parameters))
    run_shards("crawl", address)
    report = steps.finish(address)
    publish(report)
    return report


def edition_of_schedule(parameters: Parameters) -> Parameters:
    """Have a scheduled run crawl anew: its edition is the time it was due, in a version of its own.

    A retry has the same edition and continues it. Other flow runs are told all by their parameters.
    """
    edition = due()
    if not edition or parameters.edition:
        return parameters
    return parameters.model_copy(update={"edition": edition, "as_new_version": True})


@flow(name="crawl-shard", flow_run_name=named_shard("crawl"))
def crawl_shard(address: str, shard: ShardNumber) -> None:
    """Crawl one shard; everything it needs is read from the address.

    Args:
        address: Address of the stage's table, which its parent has planned
        shard: Number of the shard
    """
    with one_shard("crawl", address, shard) as progress:
        steps.run_shard(address, shard, progress)
