import pytest

from tasks.evaluation.shortened import shortened
from tasks.search.methods import method
from tests.tasks.evaluation.made import SOLVED
from tests.tasks.search.played import play, problem


@pytest.mark.parametrize("searcher", ["CoT@1", "DFS_woFilter_w2"])
def test_the_tree_is_the_same_and_replies_are_short(searcher: str) -> None:
    plain = play(method(searcher).search(problem()), SOLVED)
    short = play(shortened(method(searcher).search(problem()), 64), SOLVED)
    assert short.tree.records() == plain.tree.records()
    assert {ask.max_tokens for ask in plain.asks} == {1024}
    assert {ask.max_tokens for ask in short.asks} == {64}


def test_a_preset_that_is_shorter_already_stays() -> None:
    asks = play(shortened(method("CoT@1").search(problem()), 5_000), SOLVED).asks
    assert {ask.max_tokens for ask in asks} == {1024}
