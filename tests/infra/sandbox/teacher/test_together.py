import json
from typing import Any

import pytest

from infra.sandbox.teacher.skills import SKILLS
from tests.infra.sandbox.teacher.conftest import flawless_skill
from tests.infra.sandbox.teacher.conversations import FLAWLESS, body, opening, reply
from tests.infra.sandbox.teacher.marketplace import functions, observation
from tests.infra.sandbox.teacher.test_planner import BOTH, CHAIN, MONEY, TOWN, TWO_THINGS, tried


@pytest.fixture(autouse=True)
def combines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(SKILLS, FLAWLESS, flawless_skill(together=1.0))


def calls_of(messages: list[dict[str, Any]], **more: Any) -> list[tuple[str, dict[str, Any]]]:
    """All calls of a reply."""
    made = reply(body(messages, functions(), **more))["choices"][0]["message"].get("tool_calls", [])
    assert len({call["id"] for call in made}) == len(made)
    return [(call["function"]["name"], json.loads(call["function"]["arguments"])) for call in made]


def test_steps_that_are_ready_go_out_in_one_reply_where_the_request_allows_it() -> None:
    assert calls_of(opening(TWO_THINGS), parallel_tool_calls=True) == BOTH


@pytest.mark.parametrize("said", [{}, {"parallel_tool_calls": False}])
def test_one_call_a_reply_unless_several_are_asked_for(said: dict[str, bool]) -> None:
    assert calls_of(opening(TWO_THINGS), **said) == BOTH[:1]


def test_a_step_that_waits_for_an_answer_is_not_called_with_it() -> None:
    assert [name for name, _ in calls_of(opening(CHAIN), parallel_tool_calls=True)] == [TOWN]


def test_what_a_further_attempt_lists_is_not_made_beside_another_call_either() -> None:
    listed = [*opening(TWO_THINGS), tried(BOTH[1])]
    assert calls_of(listed, parallel_tool_calls=True)[:1] == BOTH[:1]
    assert BOTH[1] not in calls_of(listed, parallel_tool_calls=True)


def test_the_answers_of_calls_made_together_are_all_told() -> None:
    messages = opening(TWO_THINGS)
    said = reply(body(messages, functions(), parallel_tool_calls=True))["choices"][0]["message"]
    messages.append(said)
    for call in said["tool_calls"]:
        name, arguments = call["function"]["name"], json.loads(call["function"]["arguments"])
        messages.append({"role": "tool", "tool_call_id": call["id"], "content": observation(name, arguments)})
    ((name, arguments),) = calls_of(messages, parallel_tool_calls=True)
    assert name == "Finish"
    assert "NOK" in arguments["final_answer"]


def test_usage_counts_every_call_of_a_reply() -> None:
    one = reply(body(opening(TWO_THINGS), functions()))["usage"]["completion_tokens"]
    both = reply(body(opening(TWO_THINGS), functions(), parallel_tool_calls=True))["usage"]
    assert both["completion_tokens"] > one


def test_a_reply_of_several_calls_is_cut_at_max_tokens_in_the_call_that_reaches_it() -> None:
    cut = reply(body(opening(TWO_THINGS), functions(), parallel_tool_calls=True, max_tokens=17))
    made = cut["choices"][0]["message"]["tool_calls"]
    assert cut["choices"][0]["finish_reason"] == "length"
    assert [call["function"]["name"] for call in made][:1] == [MONEY]
    assert made[-1]["function"]["arguments"] != json.dumps(BOTH[-1][1])
