"""Factory: a marketplace in, an evaluated student out; each stage is a flow run of its own deployment.

It hands addresses on and does no work itself. Run it again with the same parameters: stages whose tables are
finished are not started, others continue; all of it counts under one budget.
"""

from typing import Any

from prefect import flow
from prefect.runtime import flow_run as this_flow_run

from flows.artifacts import ProgressArtifact
from flows.funnel import Passage, passage, publish_journey
from flows.journey import LEGS, STAGES, FactoryParameters, Stage, planned, run_id_of
from flows.labels import PROJECT, label, last_part
from flows.runs import Work, cancel_all_of, find, start, succeeded, wait, why
from flows.shards import refuse_outside_root, stage_key
from tasks.errors import ShardsFailed
from tasks.storage.stage import Report, StageParameters
from tasks.storage.table import Table


def cancel_stages(flow: Any, flow_run: Any, state: Any) -> None:
    """Hook of a factory that is cancelled: its stages would go on without it."""
    cancel_all_of(run_id_of(FactoryParameters(**flow_run.parameters["parameters"])))


def factory_name() -> str:
    """Name of a factory's flow run: the run its money is counted under."""
    return run_id_of(this_flow_run.get_parameters()["parameters"])


@flow(name="factory", flow_run_name=factory_name, on_cancellation=[cancel_stages])
def factory(parameters: FactoryParameters) -> list[Report]:
    """Crawl, instruct, annotate, assemble, train retriever and student, evaluate."""
    refuse_outside_root(parameters, "root")
    label(run_id_of(parameters))
    progress = ProgressArtifact()
    addresses: dict[str, str] = {}
    made: list[Passage] = []
    for leg in LEGS:
        progress.show("stages", len(made), len(STAGES))
        addresses |= run_leg(leg, parameters, addresses)
        made += [passage(stage, addresses[stage.verb]) for stage in leg]
        publish_journey(run_id_of(parameters), made)
    progress.show("stages", len(made), len(STAGES))
    return [each.report for each in made]


def run_leg(leg: tuple[Stage, ...], journey: FactoryParameters, addresses: dict[str, str]) -> dict[str, str]:
    """Run the stages of a leg side by side, those that are finished left out; give verb to address.

    A stage whose table was finished behind its back (its shards were retried one by one) is started as long
    as its own flow run has not ended well: it finds nothing to do, and publishes its report.

    Raises:
        ShardsFailed: a stage ended without its table being finished.
    """
    told = {stage: planned(stage, journey, addresses) for stage in leg}
    tables = {stage: Table.open(getattr(parameters, stage.writes)) for stage, parameters in told.items()}
    work = {stage: _work(stage, tables[stage], told[stage], run_id_of(journey)) for stage in leg}
    red = {run.idempotency_key for run in find([each.key for each in work.values()]) if not succeeded(run)}
    runs = wait(start([work[stage] for stage in leg if tables[stage].unfinished() or work[stage].key in red]))
    failed = [f"{run.name}: {why(run)}" for run in runs if not succeeded(run)]
    if failed:
        raise ShardsFailed("; ".join(failed))
    return {stage.verb: table.address for stage, table in tables.items()}


def _work(stage: Stage, table: Table, parameters: StageParameters, run_id: str) -> Work:
    return Work(
        deployment=f"{stage.verb}/{stage.verb}",
        key=stage_key(stage.verb, table),
        name=f"{stage.verb} {last_part(table.address)}",
        parameters={"parameters": parameters.model_dump(mode="json")},
        tags=(PROJECT, stage.verb, *dict.fromkeys((run_id, table.manifest.run_id))),
    )
