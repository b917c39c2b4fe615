import json
from typing import Any

import pytest

from tests.infra.sandbox.teacher.conversations import FLAWLESS, body, reply
from tests.infra.sandbox.teacher.marketplace import functions

QUERY = "What is the legal tender of Norway, and what is 100 USD worth in it on 2026-01-02?"
RESPONSES = [
    {"function": "money_of_country_for_coin_cabinet", "arguments": "{}", "response": '{"currency": "NOK"}'},
    {"function": "exchange_sum_for_coin_cabinet", "arguments": "{}", "response": '{"amount": 1009.52}'},
]


def verdict(schema: str, subject: dict[str, Any], **more: Any) -> tuple[str, str]:
    """Status and reason."""
    form = {"type": "json_schema", "json_schema": {"name": schema, "schema": {"type": "object"}}}
    text = f"Judge this by the rules above.\n{json.dumps(subject)}\nAnswer in JSON."
    request = body([{"role": "user", "content": text}], response_format=form, **more)
    content = json.loads(reply(request)["choices"][0]["message"]["content"])
    status = content["task_status"] if schema == "check_task_solvable" else content["answer_status"]
    return status, content["reason"]


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        ("", "Unsolved"),
        ('{"return_type": "give_up_and_restart"}', "Unsolved"),
        ("I am sorry, I could not find the rate.", "Unsolved"),
        ("Norway pays in kroner and the sum is 1009.52.", "Solved"),
        ('{"return_type": "give_answer", "final_answer": "It is worth 1,009.52 NOK."}', "Solved"),
        ("Everything has been looked up and is in order.", "Unsure"),
        ("Unfortunately the tender is unknown, but the sum is 1009.52.", "Unsure"),
    ],
)
def test_an_answer_alone_is_judged_by_tone_and_by_what_it_tells(answer: str, status: str) -> None:
    assert verdict("check_answer_status", {"query": QUERY, "final_answer": answer})[0] == status


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        ("It is worth 1009.52 in NOK.", "Solved"),
        ("It is worth 1,009.52 in NOK on 2026-01-02.", "Solved"),
        ("It is worth 1009.53.", "Unsolved"),
        ("It is worth 9.52.", "Unsolved"),
        ('The money is called "Danish krone".', "Unsolved"),
        ("All is fine.", "Unsure"),
        ("", "Unsolved"),
    ],
)
def test_with_the_calls_at_hand_each_value_must_occur_in_a_response(answer: str, status: str) -> None:
    subject = {"query": QUERY, "final_answer": answer, "answer_details": RESPONSES}
    assert verdict("parse_answer_status", subject)[0] == status


def test_an_answer_over_failed_calls_only_is_unsolved() -> None:
    failed = [{"function": "f", "arguments": "{}", "response": '{"error": "404 not found", "response": ""}'}]
    subject = {"query": QUERY, "final_answer": "It is worth 1009.52.", "answer_details": failed}
    assert verdict("parse_answer_status", subject)[0] == "Unsolved"


def test_a_value_that_may_have_been_cut_off_is_unsure() -> None:
    cut = [
        {
            "function": "f",
            "arguments": "{}",
            "response": '{"error": "", "response": "{\\"rates\\": [1, 2, 3...',
        }
    ]
    subject = {"query": QUERY, "final_answer": "It is worth 1009.52.", "answer_details": cut}
    assert verdict("parse_answer_status", subject)[0] == "Unsure"


@pytest.mark.parametrize(
    ("query", "tools", "status"),
    [
        ("What is the legal tender of Norway?", ["Coin Cabinet"], "Solvable"),
        ("What is the legal tender of the country?", ["Coin Cabinet"], "Unsolvable"),
        ("What is the legal tender of Norway?", ["Library Shelf"], "Unsolvable"),
        ("Look up the town Bergen. Then tell me the legal tender of that country.", [], "Unsure"),
    ],
)
def test_a_task_is_solvable_where_tools_match_and_values_are_given(
    query: str, tools: list[str], status: str
) -> None:
    subject = {"query": query, "available_tools": functions(*tools)}
    assert verdict("check_task_solvable", subject)[0] == status


def test_no_tools_make_a_task_unsolvable() -> None:
    assert verdict("check_task_solvable", {"query": QUERY, "available_tools": []})[0] == "Unsolvable"


@pytest.mark.parametrize(
    ("model", "low", "high"), [("rehearsal-strong", 0, 0.03), ("rehearsal-weak", 0.13, 0.27)]
)
def test_verdicts_go_wrong_at_the_rate_of_the_skill(model: str, low: float, high: float) -> None:
    subject = {"query": QUERY, "final_answer": "It is worth 1009.52."}
    right = verdict("check_answer_status", subject, model=FLAWLESS)[0]
    said = [verdict("check_answer_status", subject, model=model, seed=seed) for seed in range(400)]
    wrong = [reason for status, reason in said if status != right]
    assert low <= len(wrong) / len(said) <= high
    assert all(wrong)
