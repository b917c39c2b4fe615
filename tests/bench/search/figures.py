"""Figures of searchers side by side: rates, tokens per correctly solved task, their intervals (pure)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from tasks.evaluation.intervals import Z_95, wilson
from tests.bench.search.cells import Outcome

RESAMPLES = 2_000


@dataclass(frozen=True, slots=True)
class Interval:
    """A figure with its 95 % interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Figures:
    """What one searcher did with the tasks of a cell."""

    tasks: int
    solved: Interval
    """Share solved correctly, with Wilson's interval."""
    tokens: float
    """Billed per task."""
    tokens_per_solved: float
    """Billed for all tasks, unsolved ones included, by correctly solved ones; inf where none is."""
    usd_per_thousand_solved: float
    replies: float
    api_calls: float


def figures_of(outcomes: Sequence[Outcome]) -> Figures:
    """Figures of one searcher's outcomes."""
    count, solved = len(outcomes), sum(each.correct for each in outcomes)
    tokens, usd = sum(each.tokens for each in outcomes), sum(each.usd for each in outcomes)
    return Figures(
        tasks=count,
        solved=Interval(solved / count, *wilson(solved, count)),
        tokens=tokens / count,
        tokens_per_solved=tokens / solved if solved else float("inf"),
        usd_per_thousand_solved=1_000 * usd / solved if solved else float("inf"),
        replies=sum(each.replies for each in outcomes) / count,
        api_calls=sum(each.api_calls for each in outcomes) / count,
    )


def ratio(ours: Sequence[Outcome], theirs: Sequence[Outcome], seed: int = 0) -> Interval:
    """Ours by theirs in tokens per correctly solved task; the interval by a bootstrap over paired tasks."""
    mine, other = _paired(ours, theirs)
    rng = np.random.default_rng(seed)
    drawn = rng.integers(0, len(mine), size=(RESAMPLES, len(mine)))
    with np.errstate(divide="ignore", invalid="ignore"):
        resampled = _per_solved(mine[drawn]) / _per_solved(other[drawn])
        value = float(_per_solved(mine[None])[0] / _per_solved(other[None])[0])
    # Draws of few tasks may hold no solved one; what they cost is no number.
    low, high = np.percentile(resampled[np.isfinite(resampled)], [2.5, 97.5])
    return Interval(value, float(low), float(high))


def difference(ours: Sequence[Outcome], theirs: Sequence[Outcome]) -> Interval:
    """Ours minus theirs in the share solved, paired by task, with the normal interval of a paired mean."""
    mine, other = _paired(ours, theirs)
    gained = mine[:, 0] - other[:, 0]
    half = Z_95 * float(gained.std(ddof=1)) / len(gained) ** 0.5
    value = float(gained.mean())
    return Interval(value, value - half, value + half)


def _paired(ours: Sequence[Outcome], theirs: Sequence[Outcome]) -> tuple[np.ndarray, np.ndarray]:
    """Rows of (correct, tokens), shape (tasks, 2) each, of the tasks that both have."""
    other: Mapping[str, Outcome] = {each.task: each for each in theirs}
    shared = [(each, other[each.task]) for each in ours if each.task in other]
    rows = np.array([[[o.correct, o.tokens] for o in pair] for pair in shared], dtype=np.float64)
    return rows[:, 0], rows[:, 1]


def _per_solved(rows: np.ndarray) -> np.ndarray:
    """Tokens by solved of each resample, shape (resamples,)."""
    sums = rows.sum(axis=1)
    per_solved: np.ndarray = sums[:, 1] / sums[:, 0]
    return per_solved
