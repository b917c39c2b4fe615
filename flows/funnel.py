"""What a journey comes to: for each stage rows in and out, rejects, seconds waiting and working, USD."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from prefect.client.schemas.objects import FlowRun

from flows.artifacts import publish_spend
from flows.journey import STAGES, Stage
from flows.keeping import Pace, artifact_key, harmless, keep_page, keep_table, page_of
from flows.pages import escaped, grid, link
from flows.runs import find, succeeded, why
from flows.shards import shard_key, stage_key
from tasks.llm.accounts import NANO
from tasks.records import Spend
from tasks.storage.addresses import is_s3
from tasks.storage.stage import Report
from tasks.storage.table import Table


@dataclass(frozen=True, slots=True)
class Passage:
    """A finished stage of a journey."""

    verb: str
    report: Report
    rows_in: int
    rows_out: int
    waiting_s: float
    """From when its flow runs were due to their starts, added up: free slots, processes that start."""
    working_s: float
    """Run time of the flow runs that do its work, added up; those that wait for shards are left out."""

    def row(self) -> dict[str, Any]:
        """A row of the funnel."""
        return {
            "stage": self.verb,
            "state": "finished",
            "rows in": self.rows_in,
            "rows out": self.rows_out,
            "rejected": sum(self.report.rejected.values()),
            "waiting [s]": round(self.waiting_s, 1),
            "working [s]": round(self.working_s, 1),
            "USD": round(self.report.cost_usd, 6),
            "address": self.report.address,
        }


def passage(stage: Stage, address: str) -> Passage:
    """What is known of a finished stage: its report, and how long its flow runs took, as the server knows."""
    table = Table.open(address)
    report: Report = stage.load().finish(address)
    parents = find([stage_key(stage.verb, table)])
    shards = find([shard_key(stage.verb, table, shard) for shard in table.shards])
    delays = [run.estimated_start_time_delta.total_seconds() for run in [*parents, *shards]]
    return Passage(
        verb=stage.verb,
        report=report,
        rows_in=_rows_in(stage, table, report),
        rows_out=report.rows.get(stage.member, 0),
        waiting_s=sum(max(0.0, delay) for delay in delays),
        working_s=sum(run.total_run_time.total_seconds() for run in shards or parents),
    )


def so_far(stage: Stage, run: FlowRun) -> dict[str, Any]:
    """A row of the funnel for a stage that is not finished, by its flow run: what is published by now.

    Raises:
        FactoryError: its table cannot be read now.
    """
    table = Table.open(run.parameters["parameters"][stage.writes])
    usd = sum(row.cost_nano_usd for row in table.records(Spend, "spend", partial=True)) / NANO
    return {
        "stage": stage.verb,
        "state": run.state.name.lower() if run.state and run.state.name else "",
        "rows in": "",
        "rows out": table.rows(stage.member),
        "rejected": table.rows("rejects"),
        "waiting [s]": "",
        "working [s]": round(run.estimated_run_time.total_seconds(), 1),
        "USD": round(usd, 6),
        "address": table.address,
    }


class JourneyArtifacts:
    """What the factory's flow run shows: its funnel, its stages, its spend; at most every 30 s."""

    def __init__(self, run_id: str):
        self._run_id = run_id
        self._made: list[Passage] = []
        self._seen: dict[str, FlowRun] = {}
        self._pace = Pace()

    def seen(self, runs: Sequence[FlowRun]) -> None:
        """Bring them up to date where it is time; `runs` are flow runs of stages."""
        self._seen |= {str(run.id): run for run in runs}
        if self._pace.due():
            self.publish()
            self._pace.done()

    def passed(self, made: Sequence[Passage]) -> None:
        """Stages that are finished, all of them so far."""
        self._made = list(made)
        self.publish()

    def publish(self) -> None:
        """Bring them up to date."""
        name = artifact_key(self._run_id)
        with harmless():
            keep_table(f"{name}-funnel", self._funnel(), f"Funnel of {self._run_id}")
        publish_spend(self._run_id, [stage.verb for stage in STAGES], name)
        keep_page(f"{name}-stages", self._stages(), f"Stages of {self._run_id}: flow runs and addresses")

    def _funnel(self) -> list[dict[str, Any]]:
        passed = {each.verb for each in self._made}
        going_on = [(_stage_of(run), run) for run in self._seen.values()]
        rows = [
            *(each.row() for each in self._made),
            *(so_far(stage, run) for stage, run in going_on if stage and stage.verb not in passed),
        ]
        return [*rows, total(rows)] if rows else []

    def _stages(self) -> str:
        runs = [
            (
                link(run.name, page_of(run.id)),
                escaped(run.state.name or "") if run.state else "",
                _reason(run),
            )
            for run in self._seen.values()
        ]
        lines = ["# Stages", *(grid(("flow run", "state", "why"), runs) if runs else ()), ""]
        places = [(each.verb, _place(each.report.address)) for each in self._made]
        return "\n".join([*lines, *(grid(("stage", "table"), places) if places else ())])


def total(rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The funnel's last row."""
    digits = {"rejected": None, "waiting [s]": 1, "working [s]": 1, "USD": 6}
    sums = {name: round(sum(row[name] or 0 for row in rows), places) for name, places in digits.items()}
    return {"stage": "all", **sums}


def _stage_of(run: FlowRun) -> Stage | None:
    """Whose flow run it is, by its key: names and tags may be changed by people."""
    key = f":{run.idempotency_key}"
    return next((each for each in STAGES if f":{each.verb}:" in key), None)


def _rows_in(stage: Stage, table: Table, report: Report) -> int:
    """Rows a stage reads; its own count where it reads a marketplace, or only a part of a table."""
    if stage.verb == "crawl":
        return int(report.figures["apis_in"])
    if stage.verb == "tooleval":
        return sum(report.figures.get(f"{each}_judged", 0) for each in ("teacher", "student"))
    source, writer = next(iter(stage.reads.items()))
    member = stage.takes or next(each.member for each in STAGES if each.verb == writer)
    return Table.open(table.manifest.inputs[source]).rows(member)


def _place(address: str) -> str:
    """Folders become file links, which only a browser on this machine can follow."""
    return link(address, address if is_s3(address) else f"file://{address}")


def _reason(run: FlowRun) -> str:
    over = run.state is not None and run.state.is_final() and not succeeded(run)
    return escaped(why(run)) if over else ""
