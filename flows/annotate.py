"""Annotate: instructions in, trajectories out; each shard is a flow run of its own.

Run it again with the same parameters and only unfinished shards run; a shard that is retried searches only
instructions that are not published, and takes replies that have been paid from its call log.
"""

from prefect import flow

from flows.alerts import look_back
from flows.artifacts import publish, publish_forecast
from flows.labels import named, named_shard
from flows.schedules import one_at_a_time
from flows.shards import ShardNumber, cancel_shards, one_shard, refuse_outside_root, run_shards
from tasks.annotation import steps
from tasks.annotation.stage import Parameters
from tasks.llm.protocol import REHEARSAL_PREFIX
from tasks.storage.stage import Report
from tasks.storage.table import Table


@flow(
    name="annotate",
    flow_run_name=named("annotate", "trajectories"),
    on_cancellation=[cancel_shards("trajectories")],
)
@one_at_a_time
def annotate(parameters: Parameters) -> Report | None:
    """Search a decision tree for every instruction of a table; a dry run only says what that will cost."""
    refuse_outside_root(parameters, "since", "instructions", "trajectories", "toolenv", "equal_cost_to")
    if not (parameters.pilot.isdigit() or parameters.pilot.startswith(REHEARSAL_PREFIX)):
        refuse_outside_root(parameters, "pilot")
    if parameters.dry_run:
        publish_forecast(steps.forecast(parameters))
        return None
    address = steps.plan(parameters)
    run_shards("annotate", address)
    report = steps.finish(address)
    publish(report)
    look_back(Table.open(address))
    return report


@flow(name="annotate-shard", flow_run_name=named_shard("annotate"))
def annotate_shard(address: str, shard: ShardNumber) -> None:
    """Search one shard; everything it needs is read from the address.

    Args:
        address: Address of the stage's table, which its parent has planned
        shard: Number of the shard
    """
    with one_shard("annotate", address, shard) as progress:
        steps.run_shard(address, shard, progress)
