from datetime import timedelta

import pytest

from tasks.llm.spending import figures
from tasks.llm.spending.calls import LOST, RESERVED, Scope
from tests.tasks.llm.spending.booked import a_row, sums_of, time


def test_totals_tell_what_is_open_lost_and_failed_apart():
    found = figures.total(
        sums_of(
            a_row(cost=10, calls=2),
            a_row(cost=20, state=RESERVED, status=""),
            a_row(cost=30, state=LOST, status=""),
            a_row(cost=0, status="ModelOverloaded"),
        )
    )
    assert (found["cost"], found["reserved"], found["lost"]) == (60, 20, 30)
    assert (found["calls"], found["failed"]) == (5, 2)


def test_a_time_line_has_no_gaps_and_loses_nothing():
    sums = sums_of(
        a_row(at="2026-11-21T10", cost=1, stage="a"),
        a_row(at="2026-11-21T13", cost=2, stage="b"),
        a_row(at="2026-11-21T13", cost=4, stage="a"),
    )
    line = figures.time_line(sums, "stage")
    assert line.totals == (1, 0, 0, 6)
    assert line.series == {"a": (1, 0, 0, 4), "b": (0, 0, 0, 2)}
    assert line.starts[0] == time("2026-11-21T10:00")


def test_a_long_time_is_shown_in_days_and_many_series_as_others():
    rows = [
        a_row(at=f"2026-{month:02}-{day:02}T05", stage=f"s{day}", cost=day)
        for month in (10, 11)
        for day in range(1, 29)
    ]
    line = figures.time_line(sums_of(*rows), "stage", most_series=3)
    assert line.step == timedelta(days=1)
    assert len(line.starts) <= figures.MOST_BARS
    assert list(line.series) == ["s28", "s27", figures.REST]
    assert sum(line.totals) == sum(row["cost"] for row in rows)


def test_a_cap_is_burnt_down_and_its_end_foretold():
    rows = [a_row(at=f"2026-11-21T{hour:02}", cost=10) for hour in range(6)]
    scope = Scope("run:r/annotate", settled=55, reserved=5, cap=100)
    found = figures.burn_down(scope, sums_of(*rows, a_row(run="else", cost=99)), time("2026-11-21T06:00"))
    assert found is not None
    assert [left for _, left in found.left_after] == [90, 80, 70, 60, 50, 40]
    assert found.left == 40
    assert found.rate == pytest.approx(10)
    assert found.reached == time("2026-11-21T10:00")


def test_a_cap_in_tokens_is_burnt_down_in_tokens():
    rows = [a_row(at=f"2026-11-21T{hour:02}", cost=10, tokens=1_000) for hour in range(6)]
    scope = Scope("run:r", settled=6_000, reserved=0, cap=10_000, unit="tokens")
    found = figures.burn_down(scope, sums_of(*rows), time("2026-11-21T06:00"))
    assert found is not None
    assert [left for _, left in found.left_after][-1] == found.left == 4_000
    assert found.reached == time("2026-11-21T10:00")
    assert figures.in_units(found.left, found.unit) == "4,000 tokens"


def test_only_models_that_billed_more_than_was_reserved_are_named():
    sums = sums_of(a_row(), a_row(model="b", overrun=5, overrun_tokens=1), a_row(model="c", overrun=9))
    assert [row["model"] for row in figures.overruns(sums)] == ["c", "b"]


def test_a_run_that_has_ended_reaches_no_cap():
    scope = Scope("run:r", settled=10, reserved=0, cap=100)
    found = figures.burn_down(scope, sums_of(a_row(cost=10)), time("2026-11-25T10:00"))
    assert found is not None
    assert (found.rate, found.reached, found.left) == (0.0, None, 90)


def test_a_scope_without_a_cap_has_no_burn_down_and_one_without_calls_no_line():
    assert figures.burn_down(Scope("run:r", 1, 0, None), sums_of(a_row()), time("2026-11-21T12:00")) is None
    found = figures.burn_down(Scope("run:none", 0, 0, 5), sums_of(a_row()), time("2026-11-21T12:00"))
    assert found is not None
    assert found.left_after == ()


def test_every_days_cap_is_todays_and_the_fullest_comes_first():
    scopes = [
        Scope("day", 0, 0, 100),
        Scope("day:2026-11-20", 90, 0, None),
        Scope("day:2026-11-21", 40, 10, None),
        Scope("run:r", 60, 0, 100),
        Scope("run:r/annotate", 60, 0, None),
    ]
    found = figures.capped(scopes, time("2026-11-21T12:00"))
    assert [(each.scope, each.cap) for each in found] == [("run:r", 100), ("day:2026-11-21", 100)]


def test_what_the_cache_saved_is_known_only_where_a_price_is():
    sums = sums_of(a_row(cached=100, model="known"), a_row(cached=50, model="new"), a_row(model="free"))
    found = figures.cache_use(sums, {"known": 2.0}.get)
    assert (found.cached, found.prompt, found.saved, found.unpriced) == (150, 450, 200, ("new",))
    assert figures.cache_use(sums_of(a_row(cached=1, model="new")), {}.get).saved is None


def test_choices_and_periods_narrow_what_is_shown():
    sums = sums_of(a_row(model="a"), a_row(model="b", at="2026-11-22T10"))
    assert figures.chosen(sums, model=["a"], stage=[], team=["x"]).num_rows == 1
    assert figures.since(sums, time("2026-11-22T10:30"))["model"].to_pylist() == ["b"]


def test_failures_are_counted_by_what_ended_the_call():
    sums = sums_of(
        a_row(status="cut", calls=2), a_row(status="", state=LOST, calls=3), a_row(), a_row(state=RESERVED)
    )
    assert [(row["status"], row["calls"]) for row in figures.failures(sums)] == [
        ("lost (process died)", 3),
        ("cut", 2),
    ]


def test_nothing_at_all_has_figures_too():
    empty = sums_of()
    assert figures.total(empty)["cost"] == 0
    assert figures.time_line(empty, "stage").starts == ()
    assert figures.cache_use(empty, {}.get).share == 0


@pytest.mark.parametrize(
    ("nano", "text"), [(0, "$0"), (1, "$1e-09"), (1_234_000, "$0.0012"), (1_234_500_000_000, "$1,234.50")]
)
def test_amounts_read_well_from_a_nano_to_a_fortune(nano, text):
    assert figures.usd(nano) == text
