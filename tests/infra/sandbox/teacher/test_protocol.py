import json

import pytest

from infra.sandbox.teacher.protocol import read_request
from infra.sandbox.teacher.usage import CACHE_BLOCK_TOKENS
from tests.infra.sandbox.teacher.conversations import SYSTEM, body, called, opening, reply, turn
from tests.infra.sandbox.teacher.marketplace import functions, observation

ASK = "What is the first public holiday of France after 2026-07-01? I need it for my calendar."
CALL = ("next_day_off_for_work_calendar", {"country": "FR", "after": "2026-07-01"})


def test_ids_of_calls_change_nothing() -> None:
    one, other = (
        body(opening(ASK) + turn(*CALL, observation(*CALL), call_id), functions()) for call_id in ("a", "b")
    )
    assert one != other
    assert reply(one) == reply(other)


def test_another_seed_can_change_the_reply_at_temperature_one() -> None:
    texts = {
        json.dumps(
            reply(body(opening(ASK), functions(), temperature=1.0, seed=seed, model="rehearsal-weak"))[
                "choices"
            ]
        )
        for seed in range(30)
    }
    assert len(texts) > 2


def test_another_server_seed_can_change_the_reply() -> None:
    request = body(opening(ASK), functions(), model="rehearsal-weak")
    assert len({json.dumps(reply(request, seed)["choices"][0]["message"]) for seed in range(20)}) > 1


@pytest.mark.parametrize("changed", [{"seed": 2}, {"temperature": 0.5}, {"model": "rehearsal-weak"}])
def test_seed_temperature_and_model_enter_the_generator(changed: dict[str, object]) -> None:
    one = read_request(body(opening(ASK), functions(), temperature=1.0), 7)
    other = read_request(body(opening(ASK), functions(), **{"temperature": 1.0, **changed}), 7)
    assert one.digest != other.digest


def test_functions_of_the_old_protocol_are_answered_by_a_function_call() -> None:
    request = json.loads(body(opening(ASK)))
    choice = reply(json.dumps({**request, "functions": functions("Work Calendar")}).encode())["choices"][0]
    assert choice["finish_reason"] == "function_call"
    assert choice["message"]["function_call"]["name"] == CALL[0]
    assert "tool_calls" not in choice["message"]


def test_a_forced_function_is_called_with_the_values_that_fit() -> None:
    choice = {"type": "function", "function": {"name": "money_of_country_for_coin_cabinet"}}
    name, arguments = called(
        reply(body(opening("Tell me about Kenya and its people."), functions(), tool_choice=choice))
    )
    assert (name, arguments) == ("money_of_country_for_coin_cabinet", {"country": "KE"})


def test_forbidden_calls_are_not_made() -> None:
    message = reply(body(opening(ASK), functions(), tool_choice="none"))["choices"][0]["message"]
    assert "tool_calls" not in message
    assert message["content"]


def test_prompt_tokens_are_a_quarter_of_the_characters() -> None:
    message = {"role": "user", "content": "x" * 99}
    usage = reply(body([message]))["usage"]
    assert usage["prompt_tokens"] == (len("user") + 99 + 3) // 4
    assert usage["total_tokens"] == usage["prompt_tokens"] + usage["completion_tokens"]
    assert usage["prompt_tokens_details"]["cached_tokens"] == 0


def test_the_prefix_sent_before_counts_as_cached_in_whole_blocks() -> None:
    system = {"role": "system", "content": "y" * 8_000}
    messages = [system, opening(ASK)[1]]
    first = reply(body(messages, functions()))["usage"]
    second = reply(body(messages + turn(*CALL, observation(*CALL)), functions()))["usage"]
    again = reply(body([*messages, diversity(*CALL)], functions()))["usage"]
    assert first["prompt_tokens_details"]["cached_tokens"] == 0
    whole_blocks = first["prompt_tokens"] // CACHE_BLOCK_TOKENS * CACHE_BLOCK_TOKENS
    assert second["prompt_tokens_details"]["cached_tokens"] == whole_blocks
    assert again["prompt_tokens_details"]["cached_tokens"] == whole_blocks


def test_a_short_prefix_is_never_cached() -> None:
    few = functions("Work Calendar")[:1]
    usage = reply(body([SYSTEM, opening(ASK)[1], *turn(*CALL, observation(*CALL))], few))["usage"]
    assert usage["prompt_tokens"] < 1_024
    assert usage["prompt_tokens_details"]["cached_tokens"] == 0


def test_a_reply_longer_than_max_tokens_is_cut_and_says_so() -> None:
    choice = reply(body(opening(ASK), max_tokens=5))["choices"][0]
    assert len(choice["message"]["content"]) == 20
    assert choice["finish_reason"] == "length"


def diversity(name: str, arguments: dict[str, object]) -> dict[str, str]:
    tried = [
        {
            "name": name,
            "arguments": json.dumps(arguments),
            "function_output": "[]",
            "mento-carlo-action-value": 0,
        }
    ]
    return {"role": "user", "content": f"You were here before:\n{json.dumps(tried)}\nDo something else."}
