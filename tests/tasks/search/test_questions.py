import json

import pytest

from tasks.search.dfsdt import dfsdt
from tasks.search.effects import FunctionCall, Reply
from tasks.search.questions import (
    compare,
    failures,
    learnt,
    lesson,
    number,
    preferred,
    rate,
    reminder,
    told,
    vote,
)
from tasks.search.react import react
from tests.tasks.search.played import ANSWER, GIVE_UP, RAIN, calls, play, problem, says


def path():
    script = [says("look", FunctionCall(RAIN, '{"day": 1}')), says(None, ANSWER)]
    return play(dfsdt(problem()), script).tree.answers[0].path()


def test_an_attempt_is_told_as_thoughts_calls_and_results():
    assert told(path()[:4]).splitlines() == [
        "Thought: look",
        f"Call: {RAIN}",
        'Arguments: {"day": 1}',
        'Result: {"error": "unknown argument \'day\'; known: none", "response": ""}',
    ]
    assert told(path()[:1]) == ""


def test_long_texts_are_cut():
    tree = play(dfsdt(problem()), [says("x" * 5000, FunctionCall(RAIN, "y" * 5000)), says(None, ANSWER)]).tree
    assert len(told(tree.answers[0].path())) < 5000


@pytest.mark.parametrize(
    "asked",
    [
        compare(problem(text="Rain {or} wind?"), [], path(), path()),
        vote(problem(text="Rain {or} wind?"), [path(), path()]),
        rate(problem(text="Rain {or} wind?"), path()),
        lesson(problem(text="Rain {or} wind?"), path()),
    ],
    ids=["compare", "vote", "rate", "lesson"],
)
def test_a_question_names_the_task_and_the_functions_and_needs_none(asked: list[dict[str, str]]):
    assert [message["role"] for message in asked] == ["system", "user"]
    assert "Rain {or} wind?" in asked[0]["content"]
    assert RAIN in asked[0]["content"]
    assert "Finish" not in asked[0]["content"]
    assert json.dumps(asked).count("look") >= 1


@pytest.mark.parametrize(
    ("said", "read"),
    [
        *[("A", "A"), ("b", "B"), (' "B". ', "B"), ("**A**", "A"), ("A: it has the date", "A")],
        *[("Answer: B", "B"), ("B\nbecause it is nearer", "B"), ("The better one is B.", "B")],
        *[("A is better than B", None), ("", None), (None, None), ("neither", None), ("both a and b", None)],
    ],
)
def test_a_comparison_is_read_or_counts_for_neither(said: str | None, read: str | None):
    assert preferred(Reply(said)) == read


@pytest.mark.parametrize(
    ("said", "read"),
    [
        *[("7", 7), (" 7.", 7), ("7/10", 7), ("7 out of 10", 7), ("8 (on a scale of 1-10)", 8)],
        *[("I would say 3", 3), ("Attempt 2 of 6: 4", 4), ("**9**", 9), ("10", 10), ("3.5", None)],
        *[("0", None), ("11", None), ("2026", None), ("", None), (None, None), ("many", None), ("-4", None)],
    ],
)
def test_a_rating_is_the_number_it_begins_or_ends_with(said: str | None, read: int | None):
    assert number(Reply(said), 1, 10) == read


def test_a_failed_reply_has_no_opinion():
    assert preferred(Reply("A", failed=True)) is None
    assert number(Reply("5", failed=True), 1, 10) is None
    assert learnt(Reply("no context left", failed=True)) == ""


def test_a_lesson_is_one_line_of_bounded_length():
    assert learnt(says(" Ask for\n the city first. ")) == "Ask for the city first."
    assert len(learnt(says("x" * 1_000_000))) == 600


def test_lessons_are_reminded_of_in_their_order():
    message = reminder(["first {calls}", "second"], [("f", str(number)) for number in range(8)])
    assert message is not None
    assert message["role"] == "user"
    assert "- first {calls}\n- second" in message["content"]
    listed, _ = json.JSONDecoder().raw_decode(message["content"][message["content"].index("[") :])
    assert [call["arguments"] for call in listed] == ["2", "3", "4", "5", "6", "7"]
    assert reminder([], [("f", "{}")]) is None


def test_the_calls_that_failed_are_told_else_the_last_one():
    failed = [says("a", FunctionCall(RAIN, "{")), says(None, FunctionCall("snow", "{}")), says(None, GIVE_UP)]
    end = play(react(problem()), [calls(RAIN), *failed]).tree.give_ups[0]
    assert failures(end.path()) == [(RAIN, "{"), ("snow", "{}"), ("Finish", GIVE_UP.arguments)]
    tree = play(react(problem()), lambda ask: calls(RAIN)).tree
    assert failures(tree.nodes[-1].path()) == [(RAIN, "{}")]
    assert failures([tree.root]) == []
