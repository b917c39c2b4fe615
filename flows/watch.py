"""A journey followed from a terminal: its flow runs, as the Prefect server tells of them once a second."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.filters import (
    ArtifactFilter,
    ArtifactFilterFlowRunId,
    ArtifactFilterType,
)
from prefect.client.schemas.objects import FlowRun
from prefect.client.schemas.sorting import ArtifactSort
from rich.console import Console
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table as Grid

from flows.journey import STAGES, FactoryParameters, run_id_of
from flows.labels import PROJECT, is_shard
from flows.runs import POLL_S, Work, all_of, cancel_all_of, pages, start, succeeded

EARLIEST = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Sight:
    """What is seen of one stage."""

    verb: str
    state: str
    """State of its flow run; empty where there is none: not begun, or finished in an earlier run."""
    done: int
    """Shards that ended well."""
    shards: int
    """Shards that were started as flow runs; none where the stage does its work itself."""
    percent: float
    """Of the work that was started."""
    running_s: float


def follow(journey: FactoryParameters, console: Console, ui: str) -> FlowRun:
    """Start the factory's flow run, or join the one that goes on, and show it until it has ended.

    Args:
        journey: what the factory is told.
        console: where it is shown.
        ui: address of the Prefect UI, for whoever wants to watch it there.

    Ctrl-C cancels it with all its stages before it goes on as `KeyboardInterrupt`.
    """
    run_id = run_id_of(journey)
    work = Work(
        deployment="factory/factory",
        key=f"{run_id}:factory",
        name=run_id,
        parameters={"parameters": journey.model_dump(mode="json")},
        tags=(PROJECT, "factory", run_id),
    )
    try:
        (factory,) = start([work])
        console.print(f"{run_id}: watch it at {ui}/runs/flow-run/{factory}", soft_wrap=True)
        show = _show_live if console.is_terminal else _show_changes
        show(_sights(factory, run_id), console)
    except KeyboardInterrupt:
        console.print("cancelling what runs")
        cancel_all_of(run_id)
        raise
    with get_client(sync_client=True) as client:
        return client.read_flow_run(factory)


def _sights(factory: UUID, run_id: str) -> Iterator[list[Sight]]:
    """All stages, once a second, until the factory's flow run has ended."""
    with get_client(sync_client=True) as client:
        while True:
            main = client.read_flow_run(factory)
            runs = all_of(client, run_id)
            percents = _percents(client, [run.id for run in runs if _runs(run)])
            yield [_sight(stage.verb, runs, percents) for stage in STAGES]
            if main.state is not None and main.state.is_final():
                return
            time.sleep(POLL_S)


def _show_live(seen: Iterator[list[Sight]], console: Console) -> None:
    began = time.monotonic()
    with Live(console=console, refresh_per_second=4) as live:
        for sights in seen:
            live.update(_grid(sights, time.monotonic() - began))


def _show_changes(seen: Iterator[list[Sight]], console: Console) -> None:
    """A line for each change, for logs."""
    last: dict[str, str] = {}
    for sights in seen:
        for sight in sights:
            line = f"{sight.verb:<16} {sight.state.lower()} {_shards(sight)}".rstrip()
            if sight.state and last.get(sight.verb) != line:
                last[sight.verb] = line
                console.print(line)


def _grid(sights: Sequence[Sight], elapsed_s: float) -> Grid:
    grid = Grid(title=f"{elapsed_s:.0f} s", title_justify="left", box=None)
    for heading in ("stage", "state", "", "shards", "runs for"):
        grid.add_column(heading, min_width=10)
    for sight in sights:
        bar = ProgressBar(100, 100 if sight.state == "Completed" else sight.percent, width=24)
        runtime = f"{sight.running_s:.0f} s" if sight.state else ""
        grid.add_row(sight.verb, sight.state.lower(), bar if sight.state else "", _shards(sight), runtime)
    return grid


def _shards(sight: Sight) -> str:
    return f"{sight.done} of {sight.shards}" if sight.shards else ""


def _sight(verb: str, every: Sequence[FlowRun], percents: dict[UUID, float]) -> Sight:
    parents = [run for run in every if verb in run.tags and not is_shard(run.name)]
    parent = max(parents, key=lambda run: run.expected_start_time or EARLIEST, default=None)
    shards = [run for run in every if parent and is_shard(run.name, of=parent.name)]
    workers = shards or ([parent] if parent else [])
    told = [100.0 if succeeded(run) else percents.get(run.id, 0.0) for run in workers]
    return Sight(
        verb=verb,
        state=parent.state.name or "" if parent and parent.state else "",
        done=sum(map(succeeded, shards)),
        shards=len(shards),
        percent=sum(told) / len(told) if told else 0.0,
        running_s=parent.estimated_run_time.total_seconds() if parent else 0.0,
    )


def _percents(client: SyncPrefectClient, running: list[UUID]) -> dict[UUID, float]:
    """What the newest progress artifact of each flow run says."""
    kind, found = ArtifactFilterType(any_=["progress"]), dict[UUID, float]()
    for page in pages(running):
        # A flow run has one for each time it was run; of more than the server gives at once the newest count.
        told = client.read_artifacts(
            artifact_filter=ArtifactFilter(type=kind, flow_run_id=ArtifactFilterFlowRunId(any_=page)),
            sort=ArtifactSort.UPDATED_DESC,
        )
        found |= {each.flow_run_id: float(str(each.data)) for each in reversed(told) if each.flow_run_id}
    return found


def _runs(run: FlowRun) -> bool:
    return run.state is not None and run.state.is_running()
