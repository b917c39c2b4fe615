"""Work in this process whose caps are watched; in a shell, alerts are lines on stderr."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tasks.errors import BudgetExceeded
from tasks.llm.spending.alerts import Alert
from tasks.llm.spending.watch import Watch
from tasks.storage.stage import Progress, Report, run_here
from tasks.storage.table import Table

CHANNEL = "shell"


def run_watched(stage: Any, parameters: Any, progress: Progress) -> Report:
    """Run a stage as `stage.run` does, and tell of the caps that bind it.

    Raises:
        FactoryError: as the stage.
    """

    def shard(address: str, number: int, seen: Progress) -> None:
        with watched(seen, _watch_of(address)) as looking:
            stage.run_shard(address, number, looking)

    report = run_here(parameters, progress, stage.plan, shard, stage.finish)
    if report.stage == "annotate":
        from tasks.annotation.forecast.projection import per_solved_alerts

        _watch_of(report.address).tell(per_solved_alerts(report.address))
    return report


@contextmanager
def watched(progress: Progress, watch: Watch) -> Iterator[Progress]:
    """Around work: progress that looks at the caps as it goes, and a last look however the work ends."""
    refusals: list[str] = []
    try:
        yield _Watched(progress, watch)
    except BudgetExceeded as error:
        refusals.append(str(error))
        raise
    finally:
        watch.look_now(refusals)


class _Watched:
    """Progress that looks at the caps as it goes; meets `tasks.storage.stage.Progress`."""

    def __init__(self, progress: Progress, watch: Watch):
        self._progress, self._watch = progress, watch

    def show(self, what: str, done: int, total: int) -> None:
        """`done` of `total` units of `what` are finished."""
        self._progress.show(what, done, total)
        self._watch.look()


def _watch_of(address: str) -> Watch:
    table = Table.open(address)
    run, stage = table.manifest.run_id, table.manifest.stage
    if stage != "annotate":
        return Watch(run, stage, _say, CHANNEL)
    from tasks.annotation.forecast.projection import Projection

    return Watch(run, stage, _say, CHANNEL, Projection(table).usd)


def _say(alert: Alert) -> None:
    print(f"foundry: alert: {alert.said}", file=sys.stderr, flush=True)
