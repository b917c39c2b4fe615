"""From a pilot to totals of what is left, with how far they may be off (pure).

A total over N instructions that nobody has searched is uncertain for two reasons: the pilot's mean is not
the true one, and the N differ among themselves. Both are drawn: in each of `DRAWS` rounds the pilot is
resampled within its groups (and, where it has several runs, run by run), and N instructions are drawn from
what came out. Few rows make a bootstrap too narrow, so draws are spread about their middle by what a t
distribution is wider than a normal one, in logarithms, where a long tail on the upper side stays long.

An instruction that is left has its own opening, whose size is known. A prompt is the opening and a history,
so a pilot row that stands in for another instruction keeps its history and takes the other's opening.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from tasks.annotation.forecast.costs import CLASSES, Searched, Waiting

Numbers = npt.NDArray[np.float64]

DRAWS = 2_000
LEVEL = 0.9
"""Share of runs whose truth an interval is to hold."""
LEAST_ROWS = 8
"""A group with fewer pilot rows is drawn from the rows of all groups."""
TAILS = 1.15
"""What costs with long tails need beyond that: fitted on seeds of the bench that it does not report."""
_LEAST_SHARE = 0.2
"""Of a row's prompt that stays, however much smaller the other opening is."""
_Z = 1.6448536269514722
"""Quantile of the standard normal distribution at 95 %."""


@dataclass(frozen=True, slots=True)
class UnitPrices:
    """nano-USD of a further token of each class, at the length of the pilot's prompts."""

    uncached: float
    cached: float
    cache_write: float
    output: float


@dataclass(frozen=True, slots=True)
class Totals:
    """Draws of what all that is left will take, shape (`DRAWS`,) each."""

    calls: Numbers
    uncached: Numbers
    cached: Numbers
    cache_write: Numbers
    output: Numbers
    nano_usd: Numbers
    busy_s: Numbers


def totals(pilot: Sequence[Searched], rest: Sequence[Waiting], prices: UnitPrices, seed: int) -> Totals:
    """Draw the totals of `rest`.

    Raises:
        ValueError: the pilot is empty.
    """
    if not pilot:
        raise ValueError("a forecast needs a pilot")
    rng = np.random.default_rng(seed)
    sums = np.zeros((DRAWS, 7))
    per_character = _tokens_per_character(pilot)
    of_group: dict[str, list[int]] = defaultdict(list)
    for each in rest:
        of_group[each.group].append(each.opening)
    strata = _strata(pilot, of_group)
    weights = {group: _weights(rows, rng) for group, rows in strata.items()}
    for group, openings in sorted(of_group.items()):
        place = group if group in strata else ""
        counts = rng.multinomial(len(openings), weights[place])
        sizes = np.array(openings, dtype=np.float64)
        sums += _summed(strata[place], counts, sizes, per_character, prices, rng)
    spread = _spread([len(rows) for rows in strata.values()])
    return Totals(*(_spread_out(column, spread) for column in sums.T))


def interval(draws: Numbers) -> tuple[float, float, float]:
    """Median, which spreading leaves where it is, and the ends between which `LEVEL` of the draws lie."""
    tail = (1 - LEVEL) / 2
    low, middle, high = np.quantile(draws, [tail, 0.5, 1 - tail])
    return float(middle), float(low), float(high)


def covered(draws: Numbers, room: float) -> tuple[float, float, float]:
    """Share of the work that `room` of the same unit pays for: as `interval`."""
    with np.errstate(divide="ignore"):
        return interval(np.minimum(1.0, room / np.maximum(draws, 1e-12)))


def _strata(pilot: Sequence[Searched], groups: Collection[str]) -> dict[str, list[Searched]]:
    """Pilot rows by group; all under "" where some group has too few of its own."""
    own = {group: [row for row in pilot if row.group == group] for group in sorted(groups)}
    return own if min(map(len, own.values())) >= LEAST_ROWS else {"": list(pilot)}


def _weights(rows: Sequence[Searched], rng: np.random.Generator) -> Numbers:
    """Shares of the rows in resampled pilots, shape (`DRAWS`, rows)."""
    runs = sorted({row.run for row in rows})
    drawn: npt.NDArray[Any] = np.ones((DRAWS, 1))
    if len(runs) > 1:
        drawn = rng.multinomial(len(runs), np.full(len(runs), 1 / len(runs)), DRAWS)
    weights = np.zeros((DRAWS, len(rows)))
    for place, run in enumerate(runs):
        member = np.array([at for at, row in enumerate(rows) if row.run == run])
        within = rng.multinomial(len(member), np.full(len(member), 1 / len(member)), DRAWS)
        weights[:, member] = within * drawn[:, [place]]
    shares: Numbers = weights / weights.sum(axis=1, keepdims=True)
    return shares


def _summed(
    rows: Sequence[Searched],
    counts: npt.NDArray[np.int64],
    openings: Numbers,
    per_character: float,
    prices: UnitPrices,
    rng: np.random.Generator,
) -> Numbers:
    """Totals of a group, columns as in `Totals`."""
    calls, cost, busy = (_column(rows, name) for name in ("calls", "cost", "busy_s"))
    classes = np.stack([_column(rows, name) for name in CLASSES])
    prompt = classes[:3].sum(axis=0)
    known = np.array([row.opening > 0 and row.calls > 0 for row in rows])
    shift = np.where(known, per_character * calls * (openings.mean() - _column(rows, "opening")), 0.0)
    grown = np.maximum(prompt + shift, _LEAST_SHARE * prompt)
    share = np.divide(classes[:3], prompt, out=np.zeros_like(classes[:3]), where=prompt > 0)
    added = share * (grown - prompt)
    cost = np.maximum(0.0, cost + np.array([prices.uncached, prices.cached, prices.cache_write]) @ added)
    # Which opening falls to which row is chance too: it moves prompts by the openings' own differences.
    each = per_character * calls * float(openings.std())
    noise = rng.standard_normal(len(counts)) * np.sqrt(counts @ each**2)
    mixed = counts @ (share * grown).T
    prompts = np.maximum(mixed.sum(axis=1), 1e-9)
    factor = np.maximum(0.0, 1 + noise / prompts)
    prompt_cost = np.array([prices.uncached, prices.cached, prices.cache_write])
    costs = np.maximum(0.0, counts @ cost + (mixed @ prompt_cost) * (factor - 1))
    return np.column_stack(
        [counts @ calls, mixed * factor[:, None], counts @ classes[3], costs, counts @ busy]
    )


def _column(rows: Sequence[Searched], name: str) -> Numbers:
    return np.array([getattr(row, name) for row in rows], dtype=np.float64)


def _tokens_per_character(pilot: Sequence[Searched]) -> float:
    known = [row for row in pilot if row.opening and row.first_prompt]
    characters = sum(row.opening for row in known)
    return sum(row.first_prompt for row in known) / characters if characters else 0.0


def _spread(sizes: Sequence[int]) -> float:
    """How much wider draws from so few rows ought to be: t for normal, n - 1 for n, and `TAILS`."""
    freedom = max(sum(sizes) - len(sizes), 1)
    quantile = _Z + (_Z**3 + _Z) / (4 * freedom) + (5 * _Z**5 + 16 * _Z**3 + 3 * _Z) / (96 * freedom**2)
    return TAILS * quantile / _Z * float(np.sqrt(sum(sizes) / freedom))


def _spread_out(draws: Numbers, spread: float) -> Numbers:
    """Draws spread about their median in logarithms; those that are 0 stay."""
    middle = float(np.median(draws))
    if middle <= 0:
        return draws
    return middle * (np.maximum(draws, 1e-12) / middle) ** spread
