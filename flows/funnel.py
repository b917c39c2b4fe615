"""What a journey came to: for each stage rows in and out, rejects, seconds waiting and working, USD."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from prefect.artifacts import create_markdown_artifact, create_table_artifact

from flows.artifacts import NOW, artifact_key
from flows.journey import STAGES, Stage
from flows.runs import find
from flows.shards import shard_key, stage_key
from tasks.llm.ledger import open_ledger, summary
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


def publish_journey(run_id: str, made: Sequence[Passage]) -> None:
    """Artifacts of a journey so far: funnel, spend, and where the tables lie."""
    name = artifact_key(run_id)
    funnel = [*(each.row() for each in made), total(made)]
    create_table_artifact(funnel, key=f"{name}-funnel", description=f"Funnel of {run_id}", **NOW)
    if spent := spend_rows(run_id):
        create_table_artifact(spent, key=f"{name}-spend", description=f"Spend of {run_id}", **NOW)
    places = [f"* {each.verb}: [`{each.report.address}`]({_link(each.report.address)})" for each in made]
    create_markdown_artifact("\n".join(places), key=f"{name}-tables", description="Addresses", **NOW)


def spend_rows(run_id: str) -> list[dict[str, Any]]:
    """What a run has cost, by stage and model, from the ledger."""
    return summary(open_ledger(), run_id)


def total(made: Sequence[Passage]) -> dict[str, Any]:
    """The funnel's last row."""
    return {
        "stage": "all",
        "rejected": sum(sum(each.report.rejected.values()) for each in made),
        "waiting [s]": round(sum(each.waiting_s for each in made), 1),
        "working [s]": round(sum(each.working_s for each in made), 1),
        "USD": round(sum(each.report.cost_usd for each in made), 6),
    }


def _rows_in(stage: Stage, table: Table, report: Report) -> int:
    """Rows a stage reads; its own count where it reads a marketplace, or only a part of a table."""
    if stage.verb == "crawl":
        return int(report.figures["apis_in"])
    if stage.verb == "tooleval":
        return sum(report.figures.get(f"{each}_judged", 0) for each in ("teacher", "student"))
    source, writer = next(iter(stage.reads.items()))
    member = stage.takes or next(each.member for each in STAGES if each.verb == writer)
    return Table.open(table.manifest.inputs[source]).rows(member)


def _link(address: str) -> str:
    """Folders become file links, which only a browser on this machine can follow."""
    return address if is_s3(address) else f"file://{address}"
