"""`foundry`: what nothing speaks against, what is doubted and asked again, and what is believed."""

import json

import pytest

from tasks.search.effects import Act, FunctionCall, Observation
from tasks.search.foundry import NOT_SENT
from tasks.search.react import react
from tests.tasks.search.foundry_played import (
    ANSWERED,
    BROKEN,
    CLOUDY,
    FAILED,
    GAVE_UP,
    GOOD,
    SUN,
    UNFOLLOWED,
    UNTOLD,
    call,
    finish,
    found,
    inputs,
    ordinals,
    pruned,
    sent,
    sky,
)
from tests.tasks.search.played import RAIN, WIND, api, calls, parameter, play, problem, says

# What nothing speaks against


def test_a_clean_chain_costs_what_react_costs():
    script = [calls(RAIN), says("hm", call(SUN, city="Oslo")), says("I know", GOOD)]
    ours, theirs = found(script), play(react(sky()), script, CLOUDY)
    assert ours.shape == theirs.shape
    assert (ours.tree.query_count, ours.tree.api_calls) == (theirs.tree.query_count, 2) == (3, 2)
    assert set(ours.rounds) == {1}
    assert (ours.tree.win, ours.tree.final_answer) == (True, "It is cloudy.")
    assert not pruned(ours)


def test_its_requests_are_smaller_than_those_of_react():
    script = [calls(RAIN), ANSWERED]
    ours, theirs = found(script), play(react(sky()), script, CLOUDY)
    for mine, other in zip(ours.asks, theirs.asks, strict=True):
        assert len(str((mine.messages, mine.functions))) < len(str((other.messages, other.functions)))
        assert (mine.max_tokens, mine.temperature) == (other.max_tokens, other.temperature) == (1024, None)
        assert (mine.parallel, other.parallel) == (True, False)


def test_the_functions_are_one_object_for_a_whole_search():
    played = found([calls(RAIN), UNTOLD, ANSWERED])
    assert len({id(ask.functions) for ask in played.asks}) == 1


def test_an_error_of_an_api_is_no_doubt_and_such_a_call_may_be_made_again():
    played = found([calls(RAIN), calls(RAIN), calls(WIND), says(None, finish("Gateway"))], observation=BROKEN)
    assert sent(played) == [(RAIN, "{}"), (RAIN, "{}"), (WIND, "{}")]
    assert ordinals(played) == [0, 0, 0, 0]
    assert [act.ordinal for act in played.acts] == [0, 1, 0]


# Calls that were made before


def test_a_repeated_call_is_asked_again_and_never_sent_twice():
    played = found([calls(RAIN), calls(RAIN), calls(WIND), ANSWERED])
    assert sent(played) == [(RAIN, "{}"), (WIND, "{}")]
    assert played.asks[1].messages == played.asks[2].messages
    assert ordinals(played) == [0, 0, 1, 0]
    first, again, *_ = inputs(played)
    assert (again.pruned, again.repeats, again.observation) == (True, first.node_id, first.observation)
    assert RAIN not in json.dumps(played.asks[3].messages[3:]), "the pruned one is in no history"
    assert played.tree.api_calls == 2


@pytest.mark.parametrize("name", [RAIN, f"functions.{RAIN}", "n_for_weather"])
@pytest.mark.parametrize("arguments", ["", " {} ", "{ }"])
def test_a_call_is_the_same_by_what_it_means_not_by_how_it_is_written(name: str, arguments: str):
    played = found([calls(RAIN), says(None, FunctionCall(name, arguments)), ANSWERED])
    assert sent(played) == [(RAIN, "{}")]
    assert played.tree.query_count == 3


def test_a_call_repeated_twice_ends_the_chain_and_a_new_one_begins_at_the_root():
    played = found([calls(RAIN), calls(RAIN), calls(RAIN), calls(WIND), ANSWERED])
    assert sent(played) == [(RAIN, "{}"), (WIND, "{}")]
    assert played.asks[3].messages == played.asks[0].messages
    assert pruned(played) == [4, 6]
    assert played.tree.win


def test_what_another_chain_has_brought_is_no_doubt_and_not_sent_again():
    played = found([calls(RAIN), FAILED, calls(RAIN), ANSWERED])
    assert sent(played) == [(RAIN, "{}")]
    first, again, _ = inputs(played)
    assert (again.repeats, again.observation, again.pruned) == (first.node_id, CLOUDY.text, False)
    assert (played.tree.query_count, played.tree.api_calls) == (4, 1)
    assert played.tree.win


# Calls that have failed


@pytest.mark.parametrize("code", [7, 8, 11])
def test_a_call_that_was_refused_for_good_is_asked_again_and_not_sent_again(code: int):
    def answer(act: Act) -> Observation:
        return Observation('{"error": "refused", "response": ""}', code) if act.function == RAIN else CLOUDY

    played = found([calls(RAIN), calls(RAIN), calls(WIND), ANSWERED], observation=answer)
    assert sent(played) == [(RAIN, "{}"), (WIND, "{}")]
    assert ordinals(played) == [0, 0, 1, 0]
    first, again, *_ = inputs(played)
    assert (again.pruned, again.repeats) == (True, first.node_id)
    assert (again.observation, again.observation_code) == (first.observation, code)
    without = found([calls(RAIN), calls(RAIN), calls(WIND), ANSWERED], "foundry-failures", observation=answer)
    assert [act.function for act in without.acts] == [RAIN, RAIN, WIND]


def test_any_other_failure_may_be_tried_once_more():
    script = [calls(RAIN), calls(RAIN), calls(RAIN), calls(WIND), says(None, finish("Gateway"))]
    played = found(script, observation=BROKEN)
    assert [act.function for act in played.acts] == [RAIN, RAIN, WIND]
    assert ordinals(played) == [0, 0, 0, 1, 0]
    without = found(script, "foundry-failures", observation=BROKEN)
    assert [act.function for act in without.acts] == [RAIN, RAIN, RAIN, WIND]


def test_a_failure_said_twice_ends_its_chain_and_another_chain_may_try_anew():
    script = [calls(RAIN), calls(RAIN), calls(RAIN), calls(RAIN), says(None, finish("refused"))]
    played = found(script, observation=Observation('{"error": "refused", "response": ""}', 11))
    assert [act.function for act in played.acts] == [RAIN, RAIN]
    assert [act.ordinal for act in played.acts] == [0, 1]
    assert played.tree.win


# Values that nobody gave


def test_a_made_up_value_is_not_sent():
    played = found([calls(SUN, city="Narvik"), calls(SUN, city="Oslo"), ANSWERED])
    assert sent(played) == [(SUN, '{"city": "Oslo"}')]
    held = inputs(played)[0]
    assert (held.pruned, held.observation, held.observation_code) == (True, NOT_SENT.text, 2)
    assert "Narvik" not in json.dumps(played.asks[2].messages)
    assert ordinals(played) == [0, 1, 0]


def test_a_made_up_value_is_believed_when_it_is_said_twice():
    played = found([calls(SUN, city="Narvik"), calls(SUN, city="Narvik"), ANSWERED])
    assert sent(played) == [(SUN, '{"city": "Narvik"}')]
    first, second, _ = inputs(played)
    assert (first.pruned, first.observation) == (False, CLOUDY.text)
    assert (second.pruned, second.observation) == (True, NOT_SENT.text)
    assert played.asks[2].messages[-1]["content"] == CLOUDY.text


def test_of_two_made_up_values_the_first_is_believed():
    played = found([calls(SUN, city="Narvik"), calls(SUN, city="Tromsø"), ANSWERED])
    assert sent(played) == [(SUN, '{"city": "Narvik"}')]


def test_what_a_result_has_told_is_not_made_up():
    played = found([calls(RAIN), calls(SUN, city="Bergen"), ANSWERED])
    assert (played.tree.query_count, len(played.acts)) == (3, 2)


def test_what_another_chain_was_told_is_made_up():
    script = [calls(RAIN), FAILED, calls(SUN, city="Bergen"), calls(WIND), ANSWERED]
    assert sent(found(script)) == [(RAIN, "{}"), (WIND, "{}")]


def test_documented_members_are_not_made_up():
    apis = [
        api(
            "sun",
            "weather",
            parameter("unit", enum=("metric", "imperial")),
            parameter("lang", default="norsk", required=False),
            source="sandbox",
        )
    ]
    played = found([calls(SUN, unit="imperial", lang="norsk"), ANSWERED], asked=problem(*apis))
    assert (played.tree.query_count, len(played.acts)) == (2, 1)


# Replies that cannot be followed


@pytest.mark.parametrize("wrong", UNFOLLOWED)
def test_what_cannot_be_followed_is_asked_for_again(wrong: str):
    played = found([calls(RAIN), UNFOLLOWED[wrong], ANSWERED])
    assert (played.tree.win, played.tree.query_count) == (True, 3)
    assert played.asks[1].messages == played.asks[2].messages
    assert sent(played) == [(RAIN, "{}")]
    assert pruned(played) == [3 if "thought" in wrong or "nothing" in wrong else 4]


@pytest.mark.parametrize("wrong", UNFOLLOWED)
def test_said_twice_it_is_followed_and_the_model_told_what_is_wrong(wrong: str):
    played = found([calls(RAIN), UNFOLLOWED[wrong], UNFOLLOWED[wrong], ANSWERED])
    assert (played.tree.win, played.tree.query_count) == (True, 4)
    assert sent(played) == [(RAIN, "{}")]
    followed = played.asks[3].messages[len(played.asks[1].messages) :]
    assert [message["role"] for message in followed] == ["assistant", "tool"][: len(followed)]
    assert len(followed) == (1 if "thought" in wrong or "nothing" in wrong else 2)
    assert all('"error": "' in message["content"] for message in followed[1:])


def test_of_two_doubtful_replies_the_lighter_is_believed():
    heavy_first = [GAVE_UP, calls("snow"), says("hm"), calls(SUN, city="Narvik"), ANSWERED]
    played = found(heavy_first)
    assert sent(played) == [(SUN, '{"city": "Narvik"}')], "it waited until it was believed"
    assert [node.observation_code for node in inputs(played)] == [4, 1, 0, 3]
    light_first = found([calls(SUN, city="Narvik"), GAVE_UP, ANSWERED])
    assert sent(light_first) == [(SUN, '{"city": "Narvik"}')]
