"""What the Prefect UI shows of a stage: how far it is, what came out, what was rejected, what was spent."""

import re
import time
from collections import defaultdict
from typing import Any
from uuid import UUID

from prefect.artifacts import (
    create_markdown_artifact,
    create_progress_artifact,
    create_table_artifact,
    update_progress_artifact,
)

from tasks.records import Spend
from tasks.storage.stage import Report
from tasks.storage.table import Table

NOW: dict[str, Any] = {"_sync": True}
"""Prefect would give a coroutine where an event loop runs, as it does inside a shard."""


class ProgressArtifact:
    """One progress artifact for each kind of work shown; meets `tasks.storage.stage.Progress`."""

    def __init__(self, every_s: float = 3.0):
        """Send at most one figure in `every_s` seconds, and the last one."""
        self._every_s = every_s
        self._known: dict[str, UUID] = {}
        self._sent: dict[str, float] = {}

    def show(self, what: str, done: int, total: int) -> None:
        """`done` of `total` units of `what` are finished."""
        percent = 100.0 * done / total if total else 100.0
        now = time.monotonic()
        if what not in self._known:
            self._known[what] = UUID(str(create_progress_artifact(percent, description=what, **NOW)))
        elif done < total and now - self._sent[what] < self._every_s:
            return
        else:
            update_progress_artifact(self._known[what], percent, **NOW)
        self._sent[what] = now


def publish(report: Report) -> None:
    """Artifacts of a finished stage, one version of each a run."""
    name = f"{artifact_key(report.stage)}-{artifact_key(report.address.rpartition('/')[2])}"
    rows = [{"member": member, "rows": count} for member, count in report.rows.items()]
    create_table_artifact(rows, key=f"{name}-rows", description=f"Rows of {report.address}", **NOW)
    if report.rejected:
        rejects = [{"reason": reason, "rows": count} for reason, count in report.rejected.items()]
        create_table_artifact(rejects, key=f"{name}-rejects", description="Rejected, by reason", **NOW)
    if spend := spend_table(report.address):
        create_table_artifact(spend, key=f"{name}-spend", description="Spent, by model", **NOW)
    create_markdown_artifact(markdown(report), key=f"{name}-report", description=report.address, **NOW)


def spend_table(address: str) -> list[dict[str, Any]]:
    """Calls, tokens and USD of each model that a table was made with."""
    table = Table.open(address)
    if "spend" not in table.members():
        return []
    sums: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    for row in table.records(Spend, "spend", partial=True):
        read = row.uncached_tokens + row.cached_tokens + row.cache_write_tokens
        added = (row.calls, read, row.output_tokens, row.cost_nano_usd)
        sums[row.model] = [old + new for old, new in zip(sums[row.model], added, strict=True)]
    names = ("calls", "prompt tokens", "output tokens")
    return [
        {"model": model, **dict(zip(names, each, strict=False)), "USD": each[3] / 1e9}
        for model, each in sorted(sums.items())
    ]


def markdown(report: Report) -> str:
    """The report as a page."""
    lines = [
        f"# {report.stage}",
        f"`{report.address}` (run `{report.run_id}`, {report.shards} shards, {report.cost_usd:.4f} USD)",
        "",
        *(f"* {note}" for note in report.notes),
        "",
        "| figure | value |",
        "|---|---|",
        *(f"| {name.replace('_', ' ')} | {_shown(value)} |" for name, value in report.figures.items()),
    ]
    return "\n".join(lines)


def _shown(value: Any) -> str:
    return f"{value:,.4g}" if isinstance(value, float) else str(value)


def artifact_key(text: str) -> str:
    """Artifact keys hold lower-case letters, digits and dashes."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-") or "table"
