"""The arithmetic of the search benchmark, on outcomes made by hand."""

import math
import xml.etree.ElementTree as ElementTree

import pytest

from tests.bench.search.cells import CHAIN, EQUAL_COST, OURS, OURS_SINGLE, TREE, Outcome
from tests.bench.search.figures import difference, figures_of, ratio
from tests.bench.search.picture import drawn
from tests.bench.search.sheets import cells_sheet, levers_sheet


def outcomes(*rows: tuple[bool, int]) -> list[Outcome]:
    return [
        Outcome(f"t{number}", correct, tokens, 3, 2, tokens / 1e6, "give_answer")
        for number, (correct, tokens) in enumerate(rows)
    ]


CHEAP = outcomes((True, 100), (True, 100), (False, 200), (True, 100))
DEAR = outcomes((True, 1_000), (False, 2_000), (False, 1_000), (True, 1_000))


def test_tokens_of_unsolved_tasks_are_counted_too():
    figures = figures_of(CHEAP)
    assert figures.tokens == 125
    assert figures.tokens_per_solved == pytest.approx(500 / 3)
    assert figures.usd_per_thousand_solved == pytest.approx(1_000 * 0.0005 / 3)
    assert figures.solved.low < 0.75 < figures.solved.high


def test_a_searcher_that_solves_nothing_has_no_price():
    assert math.isinf(figures_of(outcomes((False, 5))).tokens_per_solved)


def test_a_ratio_is_of_totals_and_its_interval_holds_it():
    found = ratio(CHEAP, DEAR)
    assert found.value == pytest.approx((500 / 3) / (5_000 / 2))
    assert found.low <= found.value <= found.high


def test_a_ratio_of_a_searcher_with_itself_is_one_without_doubt():
    found = ratio(DEAR, DEAR)
    assert (found.value, found.low, found.high) == (1, 1, 1)


def test_a_difference_is_paired_by_task_whatever_the_order():
    found = difference(CHEAP, DEAR[::-1])
    assert found.value == pytest.approx(0.25)
    assert difference(CHEAP, CHEAP).low == difference(CHEAP, CHEAP).high == 0


def test_only_tasks_that_both_have_are_compared():
    assert difference(CHEAP[:2], DEAR).value == pytest.approx(0.5)


def test_a_bar_is_missed_where_the_lower_end_of_the_difference_is_too_low():
    many = outcomes(*[(True, 1_000)] * 200)
    worse = outcomes(*[(True, 100)] * 190, *[(False, 100)] * 10)
    found = {
        TREE: many,
        CHAIN: many,
        EQUAL_COST: many,
        OURS: worse,
        OURS_SINGLE: outcomes(*[(True, 100)] * 200),
    }
    _, bars = cells_sheet("m", found)
    assert [row[-1] for row in bars.rows] == ["MISSED", "met"]


def test_levers_are_held_against_what_they_are_taken_from():
    found = {OURS: CHEAP, "foundry-lean": DEAR, "foundry-all": DEAR, "foundry-all+lean": DEAR}
    rows = {row[0]: row for row in levers_sheet("m", found).rows}
    assert str(rows["foundry-all+lean"][-1]).startswith("1.00")
    assert not str(rows["foundry-lean"][-1]).startswith("1.00")


def test_the_picture_shows_every_searcher_and_is_well_formed():
    picture = ElementTree.fromstring(drawn("<m>", {OURS: CHEAP, "CoT@3": DEAR}))
    said = [each.text for each in picture.iter("{http://www.w3.org/2000/svg}text")]
    assert {"foundry", "CoT@3"} <= set(said)
    assert any("<m>" in (each or "") for each in said)
