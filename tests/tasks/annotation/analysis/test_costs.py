"""What replies, APIs and solved instructions cost."""

import pytest

from tasks.annotation.analysis.costs import costliest, turn_costs, yields
from tasks.annotation.analysis.sheets import Share, Usd
from tasks.annotation.analysis.turns import Searched
from tests.tasks.annotation.analysis.grown import DEAD, WIND, answer, call, give_up, searched, trajectory
from tests.tasks.annotation.test_published import a_published_tree


def test_a_reply_costs_what_its_bill_says():
    tree = searched([call(thought="look"), answer()], searcher="CoT@1")
    costs = turn_costs(tree)
    assert [(cost.prompt, cost.completion, cost.measured) for cost in costs.values()] == [(10, 10, True)] * 2
    assert sum(cost.tokens for cost in costs.values()) == tree.tokens


def test_the_bill_of_a_tree_is_shared_out_where_replies_have_none():
    tree = Searched(a_published_tree())
    costs = turn_costs(tree)
    assert not any(cost.measured for cost in costs.values())
    assert sum(cost.tokens for cost in costs.values()) == pytest.approx(tree.tokens)
    prompts = [cost.prompt for cost in costs.values()]
    assert prompts == sorted(prompts), "a longer path is read at a higher price"


def test_the_costliest_api_comes_first():
    tree = searched([call(), call(), call(WIND), answer()], [DEAD], searcher="CoT@1")
    sheet = costliest([tree], top=1)
    row = dict(zip(sheet.columns, sheet.rows[0], strict=True))
    assert row["API"] == "toolbench/weather/rain"
    assert (row["calls"], row["searches"], row["repeats"]) == (2, 1, Share(1, 2))
    assert (row["tokens"], row["of all tokens"]) == (40, Share(40.0, 80.0))
    assert sheet.note.endswith("The first 1 of 2.")


def test_unsolved_searches_are_paid_by_the_solved_ones():
    solved = searched([answer()], searcher="CoT@1", instruction_id="a")
    lost = searched([give_up()], searcher="CoT@1", instruction_id="b")
    for each, right in ((solved, True), (lost, False)):
        each.known.usd, each.known.correct = 0.5, right
    sheet = yields([solved, lost])[0]
    row = dict(zip(sheet.columns, sheet.rows[0], strict=True))
    assert row["answered"] == row["right"] == Share(1, 2)
    assert row["tokens an answer"] == row["tokens a right one"] == 40
    assert row["USD an answer"] == row["USD a right one"] == Usd(1.0)


def test_what_nobody_knows_has_no_column():
    sheet = yields([searched([answer()], searcher="CoT@1")])[0]
    assert not {"right", "USD an answer"} & set(sheet.columns)


def test_yields_are_split_by_what_is_known():
    searches = [searched([answer()], searcher="CoT@1", instruction_id=str(n)) for n in range(3)]
    searches[0].known.relevant = ("x/y/a", "x/y/b")
    by_relevant = {sheet.name: sheet for sheet in yields(searches)}["yield_by_relevant_APIs"]
    assert [row[1:3] for row in by_relevant.rows] == [("2", 1), ("unknown", 2)]
    assert trajectory([answer()], searcher="CoT@1").prompt_tokens == 10
