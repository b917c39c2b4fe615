import pytest

from tasks.errors import ConfigurationError
from tasks.search.dfsdt import Limits
from tasks.search.methods import method
from tasks.search.react import ChainLimits
from tests.tasks.search.played import ANSWER, play, problem, says


def test_a_name_says_the_algorithm_and_its_size():
    assert method("DFS_woFilter_w3").limits == Limits(width=3)
    assert method("CoT@5").limits == ChainLimits(attempts=5)


@pytest.mark.parametrize("name", ["DFS_woFilter_w2", "CoT@1"])
def test_every_method_searches(name: str):
    assert play(method(name).search(problem()), [says(None, ANSWER)]).tree.win


@pytest.mark.parametrize("name", ["", "DFS", "DFS_w2", "DFS_woFilter_w0", "CoT@0", "CoT", "cot@1", "CoT@1 "])
def test_an_unknown_name_is_answered_by_what_there_is(name: str):
    with pytest.raises(ConfigurationError, match=r"DFS_woFilter_w<width.*CoT@<attempts"):
        method(name)
