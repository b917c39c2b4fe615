import pytest

from tasks.errors import ConfigurationError
from tasks.search.equal_cost import CostLimits, until_spent
from tests.tasks.search.played import ANSWER, GIVE_UP, RAIN, calls, play, problem, says


def test_chains_are_tried_until_the_budget_of_the_problem_is_spent():
    played = play(until_spent(problem(token_budget=100)), lambda ask: says(None, GIVE_UP, tokens=10))
    assert played.tree.tokens == 100
    assert len(played.tree.give_ups) == 5
    assert all(node.parent_id == 0 for node in played.tree.records() if node.kind == "action")


def test_the_reply_that_crosses_the_budget_is_followed_and_is_the_last():
    script = [says(None, GIVE_UP, tokens=10), says(None, ANSWER, tokens=10)]
    assert play(until_spent(problem(token_budget=21)), script).tree.win
    cut = play(until_spent(problem(token_budget=21)), lambda ask: says("hm", tokens=10))
    assert (cut.tree.query_count, cut.tree.tokens) == (2, 40)
    assert cut.tree.records()[-1].pruned


def test_an_answer_ends_it_whatever_is_left():
    played = play(until_spent(problem(token_budget=10**9)), [calls(RAIN), says(None, ANSWER, tokens=1)])
    assert (played.tree.win, played.tree.query_count) == (True, 2)


def test_a_budget_in_the_name_is_everybodys():
    played = play(
        until_spent(problem(token_budget=5), CostLimits(tokens=40)), lambda ask: says("hm", tokens=10)
    )
    assert played.tree.tokens == 40


def test_a_server_that_reports_no_usage_is_stopped_by_the_cap():
    played = play(until_spent(problem(token_budget=1)), lambda ask: says(None, GIVE_UP))
    assert played.tree.query_count == 200


def test_a_budget_of_nothing_asks_nothing():
    tree = play(until_spent(problem(token_budget=0)), []).tree
    assert (tree.query_count, len(tree.nodes), tree.root.pruned) == (0, 1, False)


def test_a_search_at_equal_cost_without_a_cost_is_refused():
    with pytest.raises(ConfigurationError, match="--equal-cost-to"):
        next(until_spent(problem()))
