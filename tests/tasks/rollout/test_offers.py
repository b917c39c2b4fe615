"""APIs that write are offered live where somebody allows it, and to searches that do not leak it."""

import pytest

from tasks.errors import ConfigurationError
from tasks.records import Instruction
from tasks.rollout.offers import offered, require_forks, require_known, withheld
from tasks.search.methods import method
from tests.tasks.search.played import api

READ = api("list", "task_board", source="hub")
WRITE = api("add", "task_board", source="hub", method="POST")
COMPUTE = api("sum", "math", source="hub", method="POST", writes=False)
ELSEWHERE = api("send", "mail", method="POST")
ALL = (READ, WRITE, COMPUTE, ELSEWHERE)
DFSDT, REACT = method("DFS_woFilter_w2"), method("CoT@1")


def names(environment: str, allow_writes: str) -> tuple[list[str], list[str]]:
    """Functions offered without `Finish`, and those of them that write."""
    found = offered(ALL, environment, allow_writes)
    return [schema["name"].split("_")[0] for schema in found.schemas[:-1]], [
        name.split("_")[0] for name in sorted(found.writing)
    ]


@pytest.mark.parametrize(
    ("allow_writes", "functions", "writing"),
    [
        ("", ["list", "sum"], []),
        ("task_board", ["list", "add", "sum"], ["add"]),
        (" hub/task_board , ", ["list", "add", "sum"], ["add"]),
        ("mail,task_board", ["list", "add", "sum", "send"], ["add", "send"]),
        ("all", ["list", "add", "sum", "send"], ["add", "send"]),
    ],
)
def test_live_offers_what_only_reads_and_what_is_allowed(allow_writes: str, functions: list, writing: list):
    assert names("live", allow_writes) == (functions, writing)


def test_behind_a_proxy_everything_is_offered_and_nothing_is_taken_to_write():
    assert names("proxy", "") == (["list", "add", "sum", "send"], [])


def test_an_instruction_that_loses_all_its_apis_can_still_finish():
    assert [schema["name"] for schema in offered([WRITE], "live", "").schemas] == ["Finish"]


def test_a_searcher_that_comes_back_takes_only_what_can_be_forked():
    require_forks("live", "task_board", ALL, DFSDT)
    require_forks("live", "all", ALL, REACT)
    require_forks("live", "", ALL, DFSDT)
    require_forks("proxy", "", ALL, DFSDT)
    for allowed in ("mail", "all"):
        with pytest.raises(ConfigurationError, match=r"DFS_woFilter_w2 may come back .* toolbench/mail/send"):
            require_forks("live", allowed, ALL, DFSDT)


def test_tools_are_known_by_id_slug_and_standard_name():
    require_known("all, task_board, hub/task_board", ALL)
    with pytest.raises(ConfigurationError, match="'todo', which is no tool here; those that write are"):
        require_known("task_board,todo", ALL)
    with pytest.raises(ConfigurationError, match="none writes"):
        require_known("todo", [READ])


def test_behind_a_proxy_there_is_nothing_to_allow():
    with pytest.raises(ConfigurationError, match="--allow-writes goes with --environment live"):
        require_forks("proxy", "task_board", ALL, REACT)


def test_what_is_left_out_is_noted_with_the_instructions_that_want_it():
    def asks(*relevant: str) -> Instruction:
        offer = tuple(each.api_id for each in ALL)
        return Instruction("i", "I1", "?", offer, relevant, "", "test", "t", "model")

    apis = {each.api_id: each for each in (*ALL, api("drop", "database", method="DELETE"))}
    asked = [asks(READ.api_id), asks(READ.api_id, WRITE.api_id)]
    found = withheld(asked, apis, "live", "")
    assert (found.api_ids, found.instructions) == ((WRITE.api_id, ELSEWHERE.api_id), 1)
    left_out, wanted = found.notes()
    assert "2 APIs write" in left_out and WRITE.api_id in left_out and "--allow-writes" in left_out
    assert wanted.endswith(": 1")
    assert withheld(asked, apis, "live", "all").notes() == withheld(asked, apis, "proxy", "").notes() == []
