import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.evaluation.questions import ANSWER, PATH, REASON_CHARS, TASK, Question, read_reply

ALL = (ANSWER, PATH, TASK)


@pytest.mark.parametrize("question", ALL, ids=lambda each: each.name)
def test_every_status_is_read(question: Question) -> None:
    for status in question.statuses:
        reply = json.dumps({"reason": "because", question.status_key: status})
        decision = read_reply(question, reply)
        assert (decision.question, decision.status, decision.reason) == (question.name, status, "because")


@pytest.mark.parametrize(
    "reply",
    [
        '```json\n{"reason": "so", "answer_status": "Solved"}\n```',
        'Here it is: {"reason": "so", "answer_status": "solved"} I hope this helps.',
        '{"answer_status": " SOLVED ", "reason": "so", "more": [1]}',
    ],
)
def test_wrapped_replies_are_read(reply: str) -> None:
    assert read_reply(ANSWER, reply).status == "Solved"


@pytest.mark.parametrize(
    ("reply", "why"),
    [
        (None, "empty"),
        ("  ", "empty"),
        ("Solved", "no JSON object"),
        ('{"reason": "so", "answer_status": "Sol', "no JSON object"),
        ("[1, 2]", "no JSON object"),
        ('{"reason": "so"}', "answer_status is None"),
        ('{"reason": "so", "answer_status": "Solvable"}', "answer_status is 'Solvable'"),
        ('{"reason": "so", "answer_status": ["Solved"]}', "answer_status is"),
        ('{"task_status": "Solvable"}', "answer_status is None"),
    ],
)
def test_unreadable_replies_have_no_status_and_a_reason(reply: str | None, why: str) -> None:
    decision = read_reply(ANSWER, reply)
    assert decision.status is None
    assert decision.reason.startswith("unreadable reply: ")
    assert why in decision.reason


@given(
    st.text(max_size=300) | st.binary(max_size=300).map(lambda raw: raw.decode("utf-8", "surrogateescape"))
)
def test_nothing_a_judge_says_raises(reply: str) -> None:
    decision = read_reply(TASK, reply)
    decision.reason.encode()
    assert decision.status is None or decision.status in TASK.statuses


def test_long_reasons_are_cut_and_other_kinds_of_reasons_dropped() -> None:
    long = read_reply(ANSWER, json.dumps({"reason": "x" * 5_000, "answer_status": "Unsure"}))
    assert len(long.reason) == REASON_CHARS
    assert read_reply(ANSWER, '{"reason": 7, "answer_status": "Unsure"}').reason == ""


@pytest.mark.parametrize("question", ALL, ids=lambda each: each.name)
def test_the_user_message_holds_the_case_as_one_json_object(question: Question) -> None:
    subject = {"query": 'Is "{" a brace?', "final_answer": "Yes, like }."}
    system, user = question.messages(subject)
    assert system["role"] == "system"
    text = user["content"]
    assert json.loads(text[text.index("{") : text.rindex("}") + 1]) == subject


@pytest.mark.parametrize("question", ALL, ids=lambda each: each.name)
def test_the_reply_schema_is_strict_and_asks_for_the_reason_first(question: Question) -> None:
    form = question.response_format()["json_schema"]
    assert (form["name"], form["strict"]) == (question.name, True)
    schema = form["schema"]
    assert schema["required"] == list(schema["properties"]) == ["reason", question.status_key]
    assert schema["additionalProperties"] is False
    assert schema["properties"][question.status_key]["enum"] == list(question.statuses)
