"""What the Prefect UI shows of a stage: how far it is, what came out, what was rejected, what was spent.

    progress     per cent, on the page of every flow run that works or waits for others
    rows         shards finished and rows published so far, member by member
    rejects      rejected rows by reason, with an example of each
    failures     shards that failed, by reason, with links to their flow runs and to the rejects
    spend        by stage and model, cached tokens and what they saved, from the ledger
    caps         what was settled and is reserved, against the caps that bind
    report       the finished stage

Keys are `<run>-<stage>-<what>`. A parent brings them up to date while its shards work, at most every 30 s.
"""

import re
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from prefect.client.schemas.objects import FlowRun

from flows.forecasts import said
from flows.keeping import (
    EVERY_S,
    Pace,
    artifact_key,
    harmless,
    keep_page,
    keep_table,
    page_of,
    page_of_artifact,
    send,
)
from flows.losses import Losses, Standing
from flows.money import cap_rows, spend_rows
from flows.pages import escaped, grid, link
from flows.runs import succeeded, why
from tasks.annotation.forecast.record import LABELS, Forecast, shown
from tasks.storage.stage import Report
from tasks.storage.table import Table


class ProgressArtifact:
    """One progress artifact for each kind of work shown; meets `tasks.storage.stage.Progress`."""

    def __init__(self, every_s: float = EVERY_S):
        """Send at most one figure in `every_s` seconds, and the last one."""
        self._every_s = every_s
        self._known: dict[str, UUID] = {}
        self._paces: dict[str, Pace] = {}

    def show(self, what: str, done: int, total: int) -> None:
        """`done` of `total` units of `what` are finished."""
        due = self._paces.setdefault(what, Pace(self._every_s)).due()
        if not due and done < total:
            return
        percent = 100.0 * done / total if total else 100.0
        with harmless():
            self._known[what] = send(self._known.get(what), "progress", None, percent, what)


class StageArtifacts:
    """The artifacts of one stage's table, as its parent's flow run shows them."""

    def __init__(self, table: Table):
        self._table = table
        self._run, self._stage = table.manifest.run_id, table.manifest.stage
        self._losses = Losses(table)
        self._pace = Pace()

    def seen(self, runs: Sequence[FlowRun]) -> None:
        """Bring them up to date where it is time; `runs` are the flow runs of shards."""
        if self._pace.due():
            self.publish(runs)
            self._pace.done()

    def publish(self, runs: Sequence[FlowRun] = ()) -> None:
        """Bring them up to date."""
        with harmless():
            now = self._losses.look()
            keep_table(self._key("rows"), _rows(now), f"Rows of {self._table.address}")
            keep_table(self._key("rejects"), _rejects(now), f"Rejected rows of {self._table.address}")
            failed = [run for run in runs if run.state and run.state.is_final() and not succeeded(run)]
            page = failures(failed, now, page_of_artifact(self._key("rejects")), self._table.address)
            keep_page(self._key("failures"), page, f"Failures of {self._table.address}")
        publish_spend(self._run, [self._stage], self._key())

    def report(self, report: Report) -> None:
        """The report of the finished stage, and all others as they are in the end."""
        self.publish()
        keep_page(self._key("report"), markdown(report), report.address)

    def _key(self, *what: str) -> str:
        return artifact_key(self._run, self._stage, *what)


def publish_forecast(forecast: Forecast) -> None:
    """A dry run's figures."""
    rows = [
        {
            "measure": LABELS[measure],
            "expected": shown(measure, span.expected),
            f"{forecast.level:.0%} low": shown(measure, span.low),
            f"{forecast.level:.0%} high": shown(measure, span.high),
        }
        for measure, span in forecast.spans.items()
    ]
    key = artifact_key("annotate", forecast.address.rpartition("/")[2], "forecast")
    keep_table(key, rows, "\n".join(said(forecast)))


def publish(report: Report) -> None:
    """Artifacts of a finished stage."""
    StageArtifacts(Table.open(report.address)).report(report)


def publish_spend(run: str, stages: Sequence[str], key: str) -> None:
    """Spend of a run, or of one stage of it, and its caps."""
    with harmless():
        rows = spend_rows(run, stages[0] if len(stages) == 1 else "")
        keep_table(f"{key}-spend", rows, f"Spend of {run}, from the ledger")
        if rows:
            keep_table(f"{key}-caps", cap_rows(run, stages), f"Caps of {run}, from the ledger")


def failures(failed: Sequence[FlowRun], now: Standing, rejects_page: str, address: str) -> str:
    """Flow runs that failed, grouped by reason with links to them, and rejected rows by reason, as a page."""
    lines = ["# Failures", f"Table {escaped(address)}.", ""]
    if failed:
        reasons: dict[str, list[FlowRun]] = {}
        for run in failed:
            reasons.setdefault(_kind(why(run)), []).append(run)
        rows = [
            (str(len(runs)), escaped(why(runs[0])), ", ".join(map(_named, _in_order(runs))))
            for runs in sorted(reasons.values(), key=len, reverse=True)
        ]
        lines += ["## Flow runs that failed", *grid(("flow runs", "reason", "retry them there"), rows), ""]
    if now.losses:
        rows = [(f"{loss.rows:,}", escaped(loss.reason), escaped(loss.evidence)) for loss in now.losses]
        lines += ["## Rejected rows", *grid(("rows", "reason", "an example"), rows), ""]
        lines += [
            f"{link('All reasons with ids', rejects_page)}; the rows are the member rejects of the table."
        ]
    if not failed and not now.losses:
        lines.append("None so far.")
    return "\n".join(lines)


def markdown(report: Report) -> str:
    """The report as a page."""
    lines = [
        f"# {escaped(report.stage)}",
        f"{escaped(report.address)} (run {escaped(report.run_id)}, {report.shards} shards, "
        f"{report.cost_usd:.4f} USD)",
        "",
        *(f"* {escaped(note, 1000)}" for note in report.notes),
        "",
        *grid(
            ("figure", "value"),
            [
                (escaped(name.replace("_", " ")), escaped(_shown(value)))
                for name, value in report.figures.items()
            ],
        ),
    ]
    return "\n".join(lines)


def _rows(now: Standing) -> list[dict[str, Any]]:
    shards = {"what": "shards finished", "rows": now.finished, "of": now.shards}
    return [shards, *({"what": member, "rows": count, "of": ""} for member, count in now.rows.items())]


def _rejects(now: Standing) -> list[dict[str, Any]]:
    return [
        {
            "reason": loss.reason,
            "rows": loss.rows,
            "example": loss.example,
            "evidence": loss.evidence,
        }
        for loss in now.losses
    ]


def _named(run: FlowRun) -> str:
    return link(run.name, page_of(run.id))


def _in_order(runs: Sequence[FlowRun]) -> list[FlowRun]:
    return sorted(
        runs, key=lambda run: [int(part) if part.isdigit() else 0 for part in re.split(r"(\d+)", run.name)]
    )


def _kind(reason: str) -> str:
    """A reason without the numbers that tell one shard's from another's."""
    return re.sub(r"\d+", "N", reason)


def _shown(value: Any) -> str:
    return f"{value:,.4g}" if isinstance(value, float) else str(value)
