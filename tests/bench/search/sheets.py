"""Tables of the search benchmark (pure)."""

from collections.abc import Mapping, Sequence

from tasks.annotation.analysis.sheets import Cell, Sheet, sheet
from tests.bench.search.cells import CHAIN, EQUAL_COST, METHODS, OURS, OURS_SINGLE, TREE, Outcome
from tests.bench.search.figures import Figures, Interval, difference, figures_of, ratio
from tests.bench.search.limit import Limit

Found = Mapping[str, Sequence[Outcome]]
_COLUMNS = ("", "solved", "95 % interval", "tokens a task", "tokens a solved task", "USD per 1,000 solved")
NAMES = {
    TREE: "DFSDT",
    CHAIN: "ReACT",
    EQUAL_COST: "ReACT@N, DFSDT's tokens",
    OURS: "foundry",
    OURS_SINGLE: "foundry, one call a reply",
}
BAR_TREE, BAR_CHAIN, BAR_RATE = 0.6, 0.9, -2.0
"""Ours by DFSDT, ours by the better chain, and the least lower end of the difference in points."""


def cells_sheet(model: str, found: Found) -> list[Sheet]:
    """A cell: the searchers, and ours held against the bars."""
    rows = [(NAMES[method], *_figures(figures_of(found[method]))) for method in METHODS]
    better = min((CHAIN, EQUAL_COST), key=lambda method: figures_of(found[method]).tokens_per_solved)
    held: list[list[Cell]] = []
    for method in (OURS, OURS_SINGLE):
        by_tree, by_chain = ratio(found[method], found[TREE]), ratio(found[method], found[better])
        gained = difference(found[method], found[TREE])
        met = by_tree.value <= BAR_TREE and by_chain.value <= BAR_CHAIN and 100 * gained.low > BAR_RATE
        points = Interval(100 * gained.value, 100 * gained.low, 100 * gained.high)
        held.append(
            [
                NAMES[method],
                _said(by_tree),
                f"{_said(by_chain)} {NAMES[better]}",
                _said(points, 1, "+"),
                "met" if met else "MISSED",
            ]
        )
    count = len(found[TREE])
    title = f"{model}, {count:,} tasks"
    columns = ("", "tokens a solved task / DFSDT's", "/ the better chain's", "points over DFSDT", "")
    return [
        sheet("cell", title, (*_COLUMNS, "replies", "API calls"), rows),
        sheet("bars", f"{model}: the bars", columns, held, "Bars: at most 0.6; at most 0.9; above -2."),
    ]


def frontier_sheet(model: str, found: Found) -> Sheet:
    """Every searcher of one cell, the cheapest solved task first."""
    rows = [(NAMES.get(method, method), figures_of(outcomes)) for method, outcomes in found.items()]
    rows.sort(key=lambda row: row[1].tokens_per_solved)
    return sheet(
        "frontier",
        f"Every searcher on {model}, {rows[0][1].tasks:,} tasks",
        (*_COLUMNS, "replies", "API calls"),
        [(name, *_figures(figures)) for name, figures in rows],
        "The rehearsal teacher holds no opinion of its own trees: what ranks, votes or reflects pays for it "
        "and decides nothing here.",
    )


def levers_sheet(model: str, found: Found) -> Sheet:
    """Each lever of ours, by what it changes."""
    rows: list[tuple[Cell, ...]] = []
    for method, outcomes in found.items():
        base = found["foundry-all" if method.startswith("foundry-all") else OURS]
        figures, gained = figures_of(outcomes), difference(outcomes, base)
        rows.append(
            (
                method,
                f"{100 * figures.solved.value:.1f} %",
                _said(Interval(100 * gained.value, 100 * gained.low, 100 * gained.high), 1, "+"),
                round(figures.tokens),
                round(figures.tokens_per_solved),
                _said(ratio(outcomes, base)),
            )
        )
    return sheet(
        "levers",
        f"Levers of foundry on {model}, {len(found[OURS]):,} tasks",
        ("", "solved", "points", "tokens a task", "tokens a solved task", "ratio"),
        rows,
        "Points and ratio are against `foundry`, of the last block against `foundry-all` (one ReACT chain).",
    )


def limit_sheet(found: Limit) -> Sheet:
    """What the shortest right path costs."""
    rows = [
        ("ToolBench's requests, one call a reply", round(found.published)),
        ("lean requests, one call a reply", round(found.lean)),
        ("lean requests, calls that are ready in one reply (lower bound)", round(found.lean_parallel)),
    ]
    title = f"The limit: tokens of the shortest right path, mean of {found.tasks:,} solvable tasks"
    return sheet("limit", title, ("", "tokens"), rows)


def _figures(figures: Figures) -> tuple[Cell, ...]:
    solved = figures.solved
    return (
        f"{100 * solved.value:.1f} %",
        f"{100 * solved.low:.1f} to {100 * solved.high:.1f}",
        round(figures.tokens),
        round(figures.tokens_per_solved) if figures.tokens_per_solved < float("inf") else "-",
        round(figures.usd_per_thousand_solved, 2),
        round(figures.replies, 1),
        round(figures.api_calls, 1),
    )


def _said(found: Interval, digits: int = 2, sign: str = "") -> str:
    value, low, high = (f"{each:{sign}.{digits}f}" for each in (found.value, found.low, found.high))
    return f"{value} ({low} to {high})"
