"""Factory: a marketplace in, an evaluated student out; each stage is a flow run of its own deployment.

It hands addresses on and does no work itself. Run it again with the same parameters: stages whose tables are
finished are not started, others continue; all of it counts under one budget.
"""

from collections.abc import Callable, Sequence
from typing import Any

from prefect import flow
from prefect.client.orchestration import get_client
from prefect.client.schemas.objects import FlowRun
from prefect.runtime import flow_run as this_flow_run

from flows.artifacts import ProgressArtifact
from flows.funnel import JourneyArtifacts, Passage, passage
from flows.journey import (
    LEGS,
    STAGES,
    UNNAMED,
    FactoryParameters,
    Stage,
    begun,
    legs_of,
    planned,
    run_id_of,
    stages_of,
)
from flows.labels import PROJECT, label, last_part, remember, remembered
from flows.runs import Work, cancel, children, find, open_runs_of, start, succeeded, wait, why
from flows.schedules import due, one_at_a_time
from flows.shards import refuse_outside_root, stage_key
from flows.since import LATEST
from flows.suspension import passed_on
from tasks.errors import FactoryError, ShardsFailed
from tasks.storage.stage import Report, StageParameters
from tasks.storage.table import Table

_CRAWL = STAGES[0].verb


def cancel_stages(flow: Any, flow_run: Any, state: Any) -> None:
    """Hook of a factory that is cancelled: its stages would go on without it.

    Those that it found going on, started by another flow run of the same journey, are stopped with its own;
    what other journeys have started goes on, though its tables may be the same.
    """
    with get_client(sync_client=True) as client:
        known = client.read_flow_run(flow_run.id)
        journeys = _journeys(known)
        joined = [
            run
            for run in open_runs_of(client, [stage.verb for stage in STAGES], PROJECT)
            if run.idempotency_key and run.parameters.get("parameters", {}).get("run_id") in journeys
        ]
        cancel(client, {run.id: run for run in [*children(client, known.id), *joined]}.values())


def _journeys(factory: FlowRun) -> list[str]:
    """Runs that a factory's flow run has worked for: 'latest' may have meant others before."""
    parameters = FactoryParameters(**factory.parameters["parameters"])
    if parameters.since == LATEST and not parameters.run_id:
        return [tag for tag in factory.tags if tag.startswith(UNNAMED)]
    return [run_id_of(begun(parameters))]


def factory_name() -> str:
    """First name of a factory's flow run: the run its money is counted under, if nothing ends meanwhile."""
    asked = this_flow_run.get_parameters()["parameters"]
    try:
        return run_id_of(_first_told(asked) or begun(asked))
    except FactoryError:
        return "factory"  # the flow itself says what is wrong, and fails in order


@flow(name="factory", flow_run_name=factory_name, on_cancellation=[cancel_stages])
@one_at_a_time
def factory(parameters: FactoryParameters) -> list[Report]:
    """Crawl, instruct, annotate, assemble, train retriever and student, evaluate."""
    refuse_outside_root(parameters, "root", "location", "since", names=[LATEST])
    parameters = _told(parameters)
    label(run_id_of(parameters), name=run_id_of(parameters))
    progress, artifacts = ProgressArtifact(), JourneyArtifacts(run_id_of(parameters))
    addresses: dict[str, str] = {}
    made: list[Passage] = []
    stages = len(stages_of(parameters))
    for leg in legs_of(parameters):
        progress.show("stages", len(made), stages)
        addresses |= run_leg(leg, parameters, addresses, artifacts.seen)
        if leg is LEGS[0]:
            # Paying begins. A try that got no further has nothing to lose: retried days later, it had better
            # carry over from what others have made since.
            remember(since=parameters.since, edition=parameters.edition, **{_CRAWL: addresses[_CRAWL]})
        made += [passage(stage, addresses[stage.verb]) for stage in leg]
        artifacts.passed(made)
    progress.show("stages", len(made), stages)
    return [each.report for each in made]


def _first_told(parameters: FactoryParameters) -> FactoryParameters | None:
    """A journey as an earlier try of this flow run went it: with its crawl, and what it carried over from.

    Once its samples are made its crawl counts as used, and 'latest' is those samples: told anew, a retry
    would crawl and train again, and leave the stage that failed where it was.
    """
    first = remembered() if parameters.since else {}
    told: dict[str, Any] = {name: first[name] for name in ("since", "edition") if name in first}
    return parameters.model_copy(update=told) if told else None


def _told(parameters: FactoryParameters) -> FactoryParameters:
    """What this try of the flow run is told: as an earlier one, as long as the crawl is still that one's.

    Where the marketplace documents other APIs by now, or a tool was retired, there is nothing to continue,
    and the newest samples leave less to pay for than those it began with.
    """
    first = _first_told(parameters)
    if first is not None and _place_of_crawl(first) == remembered()[_CRAWL]:
        return first
    return begun(parameters, due())


def _place_of_crawl(journey: FactoryParameters) -> str:
    crawl = STAGES[0]
    return str(getattr(planned(crawl, journey, {}), crawl.writes))


def run_leg(
    leg: tuple[Stage, ...],
    journey: FactoryParameters,
    addresses: dict[str, str],
    seen: Callable[[Sequence[FlowRun]], None],
) -> dict[str, str]:
    """Run the stages of a leg side by side, those that are finished left out; give verb to address.

    `seen` gets their flow runs, again and again until all have ended.

    A stage whose table was finished behind its back (its shards were retried one by one) is started as long
    as its own flow run has not ended well: it finds nothing to do, and publishes its report.

    Raises:
        ShardsFailed: a stage ended without its table being finished.
    """
    told = {stage: planned(stage, journey, addresses) for stage in leg}
    tables = {stage: Table.open(getattr(parameters, stage.writes)) for stage, parameters in told.items()}
    work = {stage: _work(stage, tables[stage], told[stage], run_id_of(journey)) for stage in leg}
    red = {run.idempotency_key for run in find([each.key for each in work.values()]) if not succeeded(run)}
    wanted = [work[stage] for stage in leg if tables[stage].unfinished() or work[stage].key in red]
    with passed_on():
        runs = wait(start(wanted), seen)
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
