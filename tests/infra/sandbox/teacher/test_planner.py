import json
from typing import Any

import pytest

from tests.infra.sandbox.teacher.conversations import body, called, first_call, opening, reply, solve, turn
from tests.infra.sandbox.teacher.marketplace import answer, functions, observation

HOLIDAY = "next_day_off_for_work_calendar"
WORKDAYS = "count_working_days_for_work_calendar"
MONEY = "money_of_country_for_coin_cabinet"
EXCHANGE = "exchange_sum_for_coin_cabinet"
TOWN = "find_town_for_town_register"
TWO_THINGS = (
    "What is the legal tender of Norway?"
    " Besides that, tell me the first public holiday in France after 2026-07-01."
)
CHAIN = (
    "Please look up the town Bergen. Then tell me the next public holiday in that country after 2026-02-01."
)
BOTH = [(MONEY, {"country": "NO"}), (HOLIDAY, {"country": "FR", "after": "2026-07-01"})]


def failing(name: str, error: str, response: str = "") -> Any:
    """An environment in which one function fails."""

    def observe(function: str, arguments: dict[str, Any]) -> str:
        if function == name:
            return json.dumps({"error": error, "response": response})
        return observation(function, arguments)

    return observe


def tried(*attempts: tuple[str, dict[str, Any]]) -> dict[str, str]:
    """The user message that lists earlier attempts from the same state, and the observation of that state."""
    listed = [
        {
            "name": name,
            "arguments": json.dumps(arguments),
            "function_output": "{}",
            "mento-carlo-action-value": 0.0,
        }
        for name, arguments in attempts
    ]
    text = json.dumps(listed, indent=2)
    return {
        "role": "user",
        "content": f"All of these failed:\n{text}\nAgain, the result was [1, 2].\nDiffer from them.",
    }


def test_each_clause_gets_its_call_in_the_order_asked_and_the_answer_quotes_both() -> None:
    calls, end = solve(TWO_THINGS, functions())
    assert calls == BOTH
    assert end is not None
    assert end["return_type"] == "give_answer"
    assert "NOK" in end["final_answer"]
    assert str(answer(*BOTH[1])["result"]) in end["final_answer"]


def test_nonsense_names_of_functions_do_not_stop_it() -> None:
    renamed = functions()
    new_names = {schema["name"]: f"zq{number}x" for number, schema in enumerate(renamed[:-1])}
    for schema in renamed[:-1]:
        schema["name"] = new_names[schema["name"]]
    old_names = {new: old for old, new in new_names.items()}
    calls, end = solve(TWO_THINGS, renamed, lambda name, arguments: observation(old_names[name], arguments))
    assert [(old_names[name], arguments) for name, arguments in calls] == BOTH
    assert end is not None
    assert end["return_type"] == "give_answer"


def test_swapped_descriptions_make_it_call_the_wrong_one() -> None:
    swapped = functions()
    by_name = {schema["name"]: schema for schema in swapped}
    one, other = by_name[MONEY], by_name["largest_towns_for_town_register"]
    one["description"], other["description"] = other["description"], one["description"]
    name, _ = first_call("What is the legal tender that the country Norway uses?", swapped)
    assert name == "largest_towns_for_town_register"


def test_the_order_of_the_offered_functions_does_not_matter() -> None:
    mixed = functions()
    calls, _ = solve(TWO_THINGS, [*reversed(mixed[:-1]), mixed[-1]])
    assert calls == BOTH


def test_a_listed_attempt_is_not_made_again() -> None:
    name, arguments = called(reply(body([*opening(TWO_THINGS), tried(BOTH[0])], functions())))
    assert (name, arguments) == BOTH[1]


def test_with_everything_listed_something_new_is_still_said() -> None:
    attempts = list(BOTH)
    for _ in range(6):
        said = called(reply(body([*opening(TWO_THINGS), tried(*attempts)], functions())))
        assert said not in attempts
        attempts.append(said)


def test_a_value_left_out_is_taken_from_an_earlier_answer() -> None:
    calls, _ = solve(CHAIN, functions())
    assert calls == [(TOWN, {"name": "Bergen"}), (HOLIDAY, {"country": "NO", "after": "2026-02-01"})]


def test_a_missing_value_makes_it_look_for_a_call_that_brings_it() -> None:
    text = "I want to exchange 100 USD to the currency of Norway at the rate of 2026-01-02, what is it worth?"
    calls, _ = solve(text, functions())
    assert calls == [
        (MONEY, {"country": "NO"}),
        (EXCHANGE, {"amount": 100, "from_currency": "USD", "to_currency": "NOK", "date": "2026-01-02"}),
    ]


def test_a_value_in_a_cut_answer_is_found_by_its_key() -> None:
    whole = json.dumps({"name": "Bergen", "country": "NO", "towns_near": ["x" * 50] * 40})
    cut = json.dumps({"error": "", "response": whole})[:1024] + "..."
    messages = opening(CHAIN) + turn(TOWN, {"name": "Bergen"}, cut)
    assert called(reply(body(messages, functions()))) == (HOLIDAY, {"country": "NO", "after": "2026-02-01"})


def test_an_answer_in_python_spelling_is_read_too() -> None:
    content = json.dumps({"error": "", "response": "{'name': 'Bergen', 'country': 'NO', 'harbour': True}"})
    messages = opening(CHAIN) + turn(TOWN, {"name": "Bergen"}, content)
    assert called(reply(body(messages, functions()))) == (HOLIDAY, {"country": "NO", "after": "2026-02-01"})


def test_a_failure_that_may_pass_is_tried_once_more_then_given_up() -> None:
    calls, end = solve(
        "Tell me the legal tender of Kenya.", functions(), failing(MONEY, "Internal server error (500)")
    )
    assert calls[:2] == [(MONEY, {"country": "KE"})] * 2
    assert calls.count((MONEY, {"country": "KE"})) == 2
    assert end is not None
    assert end["return_type"] == "give_up_and_restart"


@pytest.mark.parametrize(
    ("error", "response"),
    [
        ("", '{"error": "quota exceeded"}'),
        ("", "<!DOCTYPE html><html><body>Please log in</body></html>"),
        ("", ""),
        ("not found (404)", ""),
        ("", '{"message": "This endpoint does not exist"}'),
    ],
)
def test_an_error_under_any_guise_is_no_answer(error: str, response: str) -> None:
    _, end = solve(
        "Tell me the legal tender of Kenya.", functions("Coin Cabinet"), failing(MONEY, error, response)
    )
    assert end is not None
    assert end["return_type"] == "give_up_and_restart"


def test_refused_arguments_are_sent_again_without_what_is_optional() -> None:
    def observe(name: str, arguments: dict[str, Any]) -> str:
        if "limit" in arguments:
            return json.dumps({"error": "400 Bad Request", "response": "limit is not allowed"})
        return observation(name, arguments)

    calls, end = solve("List the 4 largest towns of Peru.", functions("Town Register"), observe)
    name = "largest_towns_for_town_register"
    assert calls == [(name, {"country": "PE", "limit": 4}), (name, {"country": "PE"})]
    assert end is not None
    assert end["return_type"] == "give_answer"


def test_a_call_with_broken_arguments_in_the_history_is_made_again() -> None:
    messages = opening("Tell me the legal tender of Kenya.")
    messages += turn(MONEY, {}, json.dumps({"error": "invalid JSON", "response": ""}))
    messages[2]["tool_calls"][0]["function"]["arguments"] = '{"country": "K'
    assert called(reply(body(messages, functions()))) == (MONEY, {"country": "KE"})


def test_a_required_value_that_nobody_gives_is_named_in_giving_up() -> None:
    calls, end = solve(
        "How many business days lie between 2026-07-01 and 2026-07-31?", functions("Work Calendar")
    )
    assert calls == []
    assert end is not None
    assert end["return_type"] == "give_up_and_restart"
    assert "country" in end["final_answer"]


def test_a_request_that_no_function_fits_is_given_up_without_a_call() -> None:
    calls, end = solve("Please write a poem about my cat for her birthday.", functions())
    assert calls == []
    assert end is not None
    assert end["return_type"] == "give_up_and_restart"


def test_without_finish_the_end_is_plain_text() -> None:
    messages = opening("Tell me the legal tender of Kenya.") + turn(
        MONEY, {"country": "KE"}, observation(MONEY, {"country": "KE"})
    )
    choice = reply(body(messages, functions()[:-1]))["choices"][0]
    assert choice["finish_reason"] == "stop"
    assert "KES" in choice["message"]["content"]


def share_of_thoughts(messages: list[dict[str, Any]]) -> float:
    """Share of replies with a thought beside the call."""
    contents = [
        reply(body(messages, functions(), seed=seed))["choices"][0]["message"]["content"]
        for seed in range(100)
    ]
    return sum(content is not None for content in contents) / len(contents)


def test_thoughts_are_rare_at_first_and_the_rule_at_a_further_attempt() -> None:
    first_done = opening(TWO_THINGS) + turn(*BOTH[0], observation(*BOTH[0]))
    assert share_of_thoughts(opening(TWO_THINGS)) < 0.06
    assert 0.02 < share_of_thoughts(first_done) < 0.25
    assert share_of_thoughts([*first_done, tried(BOTH[1])]) > 0.9
