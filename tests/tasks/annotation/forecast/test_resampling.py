"""Intervals that hold, and openings that are known."""

import numpy as np
import pytest

from tasks.annotation.forecast import hours, resampling
from tasks.annotation.forecast.costs import Searched, Waiting
from tasks.annotation.forecast.hours import Schedule, makespan, waits
from tasks.annotation.forecast.resampling import UnitPrices, covered, interval, totals

PRICES = UnitPrices(1.0, 0.5, 1.0, 4.0)


def a_row(
    number: int, group: str = "I1", calls: int = 4, prompt: int = 4_000, opening: int = 2_000, run: str = ""
) -> Searched:
    return Searched(
        str(number),
        group,
        run,
        opening,
        prompt // calls,
        calls,
        prompt,
        0,
        0,
        100,
        prompt + 400,
        float(calls),
    )


def a_population(count: int, seed: int) -> list[Searched]:
    """Long tails, and groups that differ, as searches have."""
    rng = np.random.default_rng(seed)
    calls = np.ceil(rng.lognormal(1.2, 0.9, count)).astype(int)
    return [
        a_row(number, f"I{number % 3 + 1}", int(each) * (number % 3 + 1), 1_000 * int(each))
        for number, each in enumerate(calls)
    ]


@pytest.fixture(autouse=True)
def few_draws(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resampling, "DRAWS", 300)
    monkeypatch.setattr(hours, "DRAWS", 300)


def test_nine_of_ten_intervals_hold_the_truth_of_a_long_tailed_population() -> None:
    held = 0
    trials = 60
    for trial in range(trials):
        everyone = a_population(240, trial)
        chosen = np.random.default_rng(trial).choice(240, 40, replace=False)
        pilot = [everyone[place] for place in chosen]
        rest = [row for place, row in enumerate(everyone) if place not in set(chosen)]
        waiting = [Waiting(row.instruction_id, row.group, row.opening) for row in rest]
        _, low, high = interval(totals(pilot, waiting, PRICES, trial).nano_usd)
        held += low <= sum(row.cost for row in rest) <= high
    assert held >= 0.85 * trials


def test_intervals_narrow_as_the_pilot_grows() -> None:
    everyone = a_population(400, 5)
    waiting = [Waiting(str(number), f"I{number % 3 + 1}", 2_000) for number in range(2_000)]

    def width(size: int) -> float:
        expected, low, high = interval(totals(everyone[:size], waiting, PRICES, 1).calls)
        return (high - low) / expected

    assert width(300) < width(60) < width(15)


def test_groups_of_other_cost_count_by_their_number_and_not_by_their_share_of_the_pilot() -> None:
    pilot = [a_row(n, "I1", calls=2) for n in range(30)] + [a_row(n, "I3", calls=20) for n in range(30, 40)]
    waiting = [Waiting(str(n), "I1" if n < 10 else "I3", 2_000) for n in range(100)]
    expected, low, high = interval(totals(pilot, waiting, PRICES, 1).calls)
    assert expected == pytest.approx(10 * 2 + 90 * 20)
    assert low == high == expected, "within a group all are alike"


def test_a_longer_opening_is_paid_in_every_call() -> None:
    pilot = [a_row(n) for n in range(20)]
    known = totals(pilot, [Waiting("x", "I1", 2_000)] * 50, PRICES, 1)
    longer = totals(pilot, [Waiting("x", "I1", 3_000)] * 50, PRICES, 1)
    per_character = 1_000 / 2_000
    assert known.uncached.mean() == pytest.approx(50 * 4_000)
    assert longer.uncached.mean() == pytest.approx(50 * (4_000 + 4 * per_character * 1_000))
    assert longer.nano_usd.mean() - known.nano_usd.mean() == pytest.approx(50 * 4 * per_character * 1_000)
    assert longer.calls.mean() == known.calls.mean()


def test_several_runs_that_differ_make_a_wider_interval_than_one_of_their_size() -> None:
    apart = [a_row(n, calls=2 + 4 * (n % 4), run=str(n % 4)) for n in range(80)]
    mixed = [a_row(n, calls=2 + 4 * (n % 4), run="one") for n in range(80)]
    waiting = [Waiting(str(n), "I1", 2_000) for n in range(500)]
    widths = []
    for pilot in (apart, mixed):
        _, low, high = interval(totals(pilot, waiting, PRICES, 1).calls)
        widths.append(high - low)
    assert widths[0] > 2 * widths[1]


def test_a_cap_covers_a_share_and_never_more_than_all() -> None:
    draws = np.linspace(90.0, 110.0, resampling.DRAWS)
    share, low, high = covered(draws, 50.0)
    assert share == pytest.approx(0.5, abs=0.01) and low < share < high
    assert covered(draws, 200.0) == (1.0, 1.0, 1.0)


def test_a_pilot_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="pilot"):
        totals([], [Waiting("x", "I1", 1)], PRICES, 1)


def test_a_shard_ends_with_its_last_instruction() -> None:
    assert makespan(np.array([3.0, 1.0, 1.0, 1.0]), 2) == 3.0
    assert makespan(np.array([1.0, 1.0, 1.0, 3.0]), 2) == 4.0
    assert makespan(np.array([1.0, 2.0]), 100) == 2.0


def test_hours_follow_concurrency_and_shards_at_once() -> None:
    pilot = [a_row(n) for n in range(30)]
    waiting = [Waiting(str(n), "I1", 2_000) for n in range(400)]
    busy = totals(pilot, waiting, PRICES, 1).busy_s

    def mean(**changed: int) -> float:
        schedule = Schedule(**{"instructions": 400, "shard_size": 100, "concurrency": 10, **changed})
        return float(np.median(waits(pilot, busy, schedule, 1)))

    assert mean() == pytest.approx(400 * 4.0 / 10, rel=0.05)
    assert mean(concurrency=20) == pytest.approx(mean() / 2, rel=0.05)
    assert mean(shards_at_once=4) == pytest.approx(mean() / 4, rel=0.05)
