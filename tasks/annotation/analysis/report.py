"""All that is counted about searches, in one report (pure)."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from tasks.annotation.analysis.aftermath import recovery, repeats
from tasks.annotation.analysis.chains import beyond
from tasks.annotation.analysis.costs import costliest, yields
from tasks.annotation.analysis.errors import (
    by_api,
    by_category,
    by_depth,
    by_kind,
    by_tool,
)
from tasks.annotation.analysis.losses import Loss, by_reason, losses
from tasks.annotation.analysis.sheets import Sheet, as_json, as_markdown
from tasks.annotation.analysis.turns import Searched


@dataclass(frozen=True, slots=True)
class Report:
    """Tables, and the reason of loss of each unsolved search."""

    sheets: tuple[Sheet, ...]
    lost: tuple[Loss, ...]
    notes: tuple[str, ...] = ()

    def to_markdown(self) -> str:
        """The tables, readable in a terminal and in a page."""
        notes = "".join(f"\n\nNote: {note}" for note in self.notes)
        return as_markdown(self.sheets) + notes

    def to_plain(self) -> dict[str, Any]:
        """The same as one JSON object; `lost` names each unsolved search."""
        return {
            "sheets": as_json(self.sheets),
            "lost": [asdict(loss) for loss in self.lost],
            "notes": list(self.notes),
        }


def analysis(
    searches: Sequence[Searched], categories: Mapping[str, str], notes: Sequence[str] = (), top: int = 15
) -> Report:
    """Count everything.

    Args:
        searches: any.
        categories: api_id to category.
        notes: to be printed with the report.
        top: rows of the tables of categories, tools and APIs.
    """
    lost = losses(searches)
    searchers = {searched.trajectory.method for searched in searches}
    if len(searchers) > 1:
        pooled = "all but yields and losses is counted over all searchers together"
        notes = [*notes, f"{pooled}: {', '.join(sorted(searchers))}"]
    sheets = [
        *yields(searches),
        beyond(searches),
        by_kind(searches),
        by_depth(searches),
        by_category(searches, categories, top),
        by_tool(searches, top),
        by_api(searches, top),
        recovery(searches),
        repeats(searches),
        costliest(searches, top),
        by_reason(lost, searches),
    ]
    return Report(tuple(sheets), tuple(lost), tuple(notes))
