import json

from tasks.evaluation.answers import ARGUMENTS_CHARS, answer_of_trajectory, missing
from tests.tasks.evaluation.made import (
    EMPTY,
    GAVE_UP,
    OBSERVED,
    SOLVED,
    SUNRISE,
    TALK,
    call_of,
    finish,
    instruction,
    trajectory,
)
from tests.tasks.search.played import GIVE_UP, calls, says


def test_an_answer_holds_the_calls_before_it_and_the_functions_without_finish() -> None:
    answer = answer_of_trajectory(trajectory(instruction(1), SOLVED))
    assert answer.text == "In Lima the sun rises at 06:12."
    assert answer.finish_type == "give_answer"
    assert answer.query_count == 2
    assert [schema["name"] for schema in answer.functions] == [SUNRISE]
    (call,) = answer.calls
    assert call == {"function": SUNRISE, "arguments": '{"city": "Lima"}', "response": OBSERVED}


def test_calls_of_abandoned_branches_are_left_out() -> None:
    # The first branch calls with Quito and gives up, which climbs to the root; the second one answers.
    replies = (
        calls(SUNRISE, city="Quito"),
        says(None, GIVE_UP),
        calls(SUNRISE, city="Lima"),
        finish("At 06:12."),
    )
    found = trajectory(instruction(1), replies, "DFS_woFilter_w2")
    answer = answer_of_trajectory(found)
    assert [json.loads(call["arguments"]) for call in answer.calls] == [{"city": "Lima"}]


def test_thoughts_do_not_hide_calls() -> None:
    replies = (says("I look it up.", call_of(SUNRISE, '{"city": "Lima"}')), finish("At 06:12."))
    assert len(answer_of_trajectory(trajectory(instruction(1), replies)).calls) == 1


def test_without_an_answer_there_are_no_calls_to_show() -> None:
    gave_up = answer_of_trajectory(trajectory(instruction(1), (SOLVED[0], *GAVE_UP)))
    assert (gave_up.text, gave_up.finish_type, gave_up.calls) == ("", "give_up", ())
    talk = answer_of_trajectory(trajectory(instruction(1), TALK))
    assert (talk.finish_type, talk.calls) == (None, ())
    assert answer_of_trajectory(trajectory(instruction(1), EMPTY)).finish_type == "give_answer"


def test_arguments_of_a_broken_model_are_cut() -> None:
    long = call_of(SUNRISE, json.dumps({"city": "L" * 20_000}))
    answer = answer_of_trajectory(trajectory(instruction(1), (says(None, long), finish("At 06:12."))))
    assert len(answer.calls[0]["arguments"]) == ARGUMENTS_CHARS


def test_a_missing_search_says_why() -> None:
    assert missing("never searched").absent == "never searched"
    assert missing("never searched").finish_type is None
