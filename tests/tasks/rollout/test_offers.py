"""APIs that write are offered live where somebody allows it, and to searches that do not leak it."""

import pytest

from tasks.errors import ConfigurationError
from tasks.records import Instruction
from tasks.rollout.offers import offered, require_writes, withheld
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
    require_writes("live", "task_board", ALL, DFSDT)
    require_writes("live", "all", ALL, REACT)
    require_writes("live", "", ALL, DFSDT)
    for allowed in ("mail", "all"):
        with pytest.raises(ConfigurationError, match=r"DFS_woFilter_w2 may come back .* toolbench/mail/send"):
            require_writes("live", allowed, ALL, DFSDT)


@pytest.mark.parametrize(
    ("environment", "allow_writes", "sentence"),
    [
        ("live", "todo_list", "'todo_list', which is no tool offered; those that write are hub/task_board"),
        ("proxy", "task_board", "--allow-writes goes with --environment live"),
    ],
)
def test_what_cannot_be_allowed_is_refused(environment: str, allow_writes: str, sentence: str):
    with pytest.raises(ConfigurationError, match=sentence):
        require_writes(environment, allow_writes, ALL, REACT)
    with pytest.raises(ConfigurationError, match="none writes"):
        require_writes("live", "todo_list", [READ], REACT)


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
