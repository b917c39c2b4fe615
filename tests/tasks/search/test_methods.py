import pytest

from tasks.errors import ConfigurationError
from tasks.search.dfsdt import Limits
from tasks.search.effects import Ask, Reply
from tasks.search.equal_cost import CostLimits
from tasks.search.methods import FAMILIES, method
from tasks.search.react import ChainLimits
from tests.tasks.search.played import ANSWER, METHODS, play, problem, says

UNKNOWN = [
    *("", "DFS", "DFS_w", "DFS_w0", "DFS_woFilter_w0", "CoT@0", "CoT", "cot@1", "CoT@1 ", "CoT@0tokens"),
    *("CoT-SC", "ToT", "ToT-BFS ", "Reflect@", "DFSDT"),
]


def test_a_name_says_the_algorithm_and_its_size():
    assert method("DFS_woFilter_w3").limits == Limits(width=3)
    assert method("DFSDT_w2").limits == Limits(keep_last_reply=True)
    assert method("CoT@5").limits == ChainLimits(attempts=5)
    assert method("CoT@9000tokens").limits == CostLimits(tokens=9000)


@pytest.mark.parametrize("name", METHODS)
def test_every_method_searches(name: str):
    asked = problem(token_budget=100)
    played = play(method(name).search(asked), lambda ask: says(None, ANSWER), opinions=lambda ask: says("A"))
    assert played.tree.win
    assert played.tree.final_answer == "It rains."


@pytest.mark.parametrize("name", METHODS)
def test_the_worst_case_of_a_method_is_what_a_model_that_only_thinks_costs(name: str):
    """A thought alone costs the least depth; breadth first, a vote on late answers comes on top."""
    thoughts = iter(range(10_000))

    def model(ask: Ask) -> Reply:
        deep = len(ask.messages) == 2 + 11
        return says(None, ANSWER) if deep and ask.ordinal and name == "ToT-BFS" else says(f"{next(thoughts)}")

    asked = problem(token_budget=10_000)
    played = play(method(name).search(asked), model, opinions=lambda ask: says("10"))
    assert played.tree.query_count == method(name).most_replies
    assert len(played.asks) + len(played.questions) == played.tree.query_count


def test_a_method_that_may_come_back_to_a_state_says_so():
    assert [name for name in METHODS if not method(name).branches] == ["CoT@1"]
    narrow = ("DFS_woFilter_w1", "DFSDT_w1", "CoT@2")
    assert [method(name).branches for name in narrow] == [False, False, True]


def test_every_family_is_tried():
    assert all(any(family.pattern.fullmatch(name) for name in METHODS) for family in FAMILIES)


@pytest.mark.parametrize("name", UNKNOWN)
def test_an_unknown_name_is_answered_by_what_there_is(name: str):
    with pytest.raises(ConfigurationError, match=r"DFS_woFilter_w<width.*CoT@<attempts"):
        method(name)


@pytest.mark.parametrize("name", ["DFS_woFilter_w2", "CoT@2"])
def test_published_methods_want_one_thing_at_a_time_and_ask_no_questions(name: str):
    played = play(method(name).search(problem()), lambda ask: Reply("hm"))
    assert set(played.rounds) == {1}
    assert not played.questions
    assert not method(name).decides
