import json
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from tasks.search.dfsdt import dfsdt
from tasks.search.effects import FunctionCall
from tasks.search.text_form import NO_CALL, written
from tests.tasks.search.played import ANSWER, RAIN, Play, calls, play, problem, says

SCRIPT = [says("look", FunctionCall(RAIN, "{}")), says("think"), calls("snow"), says(None, ANSWER)]


def answered() -> Play:
    return play(dfsdt(problem()), SCRIPT)


def test_calls_are_lines_of_the_assistant_and_results_are_told_by_the_user():
    ask = answered().asks[1]
    told = written(ask.messages, ask.functions)
    assert [message["role"] for message in told] == ["system", "user", "assistant", "user"]
    assert told[2]["content"] == f"Thought: look\nAction: {RAIN}\nAction Input: {{}}"
    assert told[3]["content"] == 'Observation: {"error": "", "response": "x"}'
    assert all(set(message) == {"role", "content"} for message in told)


def test_functions_are_described_in_the_system_message():
    ask = answered().asks[0]
    lines = written(ask.messages, ask.functions)[0]["content"].splitlines()
    assert [json.loads(line) for line in lines[-3:]] == list(ask.functions)
    assert written(ask.messages, ()) == list(ask.messages)


def test_roles_take_turns_even_after_a_thought_alone_or_a_passing_message():
    ask = answered().asks[2]
    told = written([*ask.messages, {"role": "user", "content": "Do otherwise."}], ask.functions)
    assert [message["role"] for message in told] == [
        "system",
        "user",
        "assistant",
        "user",
        "assistant",
        "user",
    ]
    assert told[-1]["content"] == f"{NO_CALL}\nDo otherwise."


def test_every_request_begins_what_the_path_is_written_as():
    played = answered()
    functions = played.asks[0].functions
    whole = written(
        [*played.tree.opening, *(m for node in played.tree.answers[0].path() for m in node.said)], functions
    )
    for ask in played.asks:
        told = written(ask.messages, functions)
        assert whole[: len(told)] == told


@given(st.lists(st.sampled_from(["system", "user", "assistant", "tool"]), max_size=8))
def test_no_two_neighbours_have_one_role(roles: list[str]):
    told = written([{"role": role, "content": "x"} for role in roles], [{"name": "f"}])
    assert all(one["role"] != other["role"] for one, other in pairwise(told))
