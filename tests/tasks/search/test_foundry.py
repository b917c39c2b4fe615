"""`foundry`: what is doubted, what is sent, what is believed, and that it ends whatever a model does."""

import json
from dataclasses import replace
from typing import Any

import orjson
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.annotation.export import answer_file
from tasks.records import Instruction, Node, Trajectory
from tasks.rollout.trajectories import trajectory_of
from tasks.search.arguments import arguments_of, documented
from tasks.search.effects import Act, Ask, FunctionCall, Observation, Reply
from tasks.search.foundry import MOST_CALLS, NOT_SENT, FoundryLimits, foundry
from tasks.search.functions import offer
from tasks.search.levers import LEFT_OUT, TAKEN
from tasks.search.messages import Message, path_messages, render, turns
from tasks.search.methods import method
from tasks.search.problem import Problem
from tasks.search.react import react
from tasks.tables import to_table
from tests.tasks.search.played import (
    ANSWER,
    GIVE_UP,
    RAIN,
    WIND,
    Play,
    api,
    calls,
    parameter,
    play,
    problem,
    says,
)

SUN, ADD, LIST = "sun_for_weather", "add_for_notes", "list_for_notes"
CLOUDY = Observation('{"error": "", "response": "cloudy over Bergen"}', 0)
BROKEN = Observation('{"error": "Gateway error...", "response": ""}', 6)


def finish(answer: str) -> FunctionCall:
    return FunctionCall("Finish", json.dumps({"return_type": "give_answer", "final_answer": answer}))


GOOD = finish("It is cloudy.")
"""Tells what a result holds; `ANSWER` tells nothing of it."""
ANSWERED, UNTOLD, GAVE_UP = says(None, GOOD), says(None, ANSWER), says(None, GIVE_UP)
FAILED = Reply("context length exceeded", failed=True)


def sky(text: str = "Will it rain in Oslo?", **fields: Any) -> Problem:
    return problem(api("rain"), api("wind"), api("sun", "weather", parameter("city", **fields)), text=text)


def notes(text: str = "Note it: apple, bread.") -> Problem:
    apis = [api("add", "notes", parameter("text"), method="POST"), api("list", "notes")]
    return Problem("i1", text, offer(apis, writes=lambda each: each.method == "POST"))


def found(
    script: Any, name: str = "foundry", asked: Problem | None = None, observation: Any = CLOUDY
) -> Play:
    return play(method(name).search(asked or sky()), script, observation)


def sent(played: Play) -> list[tuple[str, str]]:
    return [(act.function, act.arguments) for act in played.acts]


def ordinals(played: Play) -> list[int]:
    return [ask.ordinal for ask in played.asks]


def inputs(played: Play) -> list[Node]:
    return [node for node in played.tree.records() if node.kind == "action_input"]


def pruned(played: Play) -> list[int]:
    return [node.node_id for node in played.tree.records() if node.pruned]


def call(name: str, **arguments: Any) -> FunctionCall:
    return FunctionCall(name, json.dumps(arguments))


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

UNFOLLOWED = {
    "a thought only": says("Let me see."),
    "nothing at all": Reply(None),
    "an unknown name": calls("snow"),
    "no JSON": says(None, FunctionCall(SUN, "{city: Oslo}")),
    "a missing argument": calls(SUN),
    "an unknown argument": calls(SUN, city="Oslo", mood="good"),
    "a finish without a kind": calls("Finish", final_answer="It is cloudy."),
    "a finish without an answer": calls("Finish", return_type="give_answer"),
}


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


# Give-ups and new beginnings


def test_a_give_up_said_twice_ends_the_search():
    played = found([calls(RAIN), GAVE_UP, GAVE_UP])
    assert (played.tree.query_count, played.tree.finish_type) == (3, "give_up")
    assert len(played.tree.give_ups) == 2
    assert not played.tree.win


def test_one_give_up_and_then_a_call_goes_on():
    played = found([calls(RAIN), GAVE_UP, calls(WIND), ANSWERED])
    assert played.tree.win
    assert played.asks[1].messages == played.asks[2].messages
    assert sent(played) == [(RAIN, "{}"), (WIND, "{}")]


def test_a_give_up_in_each_of_two_states_is_not_agreed():
    played = found([calls(RAIN), GAVE_UP, calls(WIND), GAVE_UP, calls(SUN, city="Oslo"), ANSWERED])
    assert played.tree.win
    assert len(played.tree.give_ups) == 2


def test_a_give_up_beside_a_reply_that_failed_is_not_agreed():
    played = found([calls(RAIN), GAVE_UP, FAILED, calls(WIND), ANSWERED])
    assert played.asks[3].messages == played.asks[0].messages
    assert played.tree.win


def test_a_dead_end_is_begun_again_at_the_root_once():
    played = found([calls(RAIN), FAILED, calls(WIND), FAILED])
    assert [len(ask.messages) for ask in played.asks] == [2, 4, 2, 4]
    assert played.asks[2].messages == played.asks[0].messages
    assert ordinals(played) == [0, 0, 1, 0]
    assert (played.tree.query_count, played.tree.finish_type) == (4, None)


def test_a_failed_reply_ends_its_chain_without_a_second_asking():
    played = found(lambda ask: FAILED)
    assert played.tree.query_count == 2, "one for each chain"
    assert pruned(played) == [1, 2]
    assert not played.acts


def test_a_failed_second_reply_leaves_the_first_to_be_believed():
    played = found([calls(RAIN), says("hm"), FAILED, ANSWERED])
    assert played.tree.win
    assert played.asks[3].messages[-1] == {"role": "assistant", "content": "hm"}


def test_a_chain_that_is_too_deep_is_begun_again():
    script = iter([*[calls(RAIN), calls(WIND), calls(SUN, city="Oslo")], ANSWERED])
    played = play(foundry(sky(), FoundryLimits(max_depth=4)), script, CLOUDY)
    assert [len(ask.messages) for ask in played.asks] == [2, 4, 2, 4]
    assert pruned(played) == [4]
    assert played.tree.win


def test_the_limit_of_replies_ends_a_search_wherever_it_is():
    for most in range(1, 6):
        played = play(foundry(sky(), FoundryLimits(max_queries=most)), lambda ask: says("hm"))
        assert played.tree.query_count == most


# Answers


def test_an_answer_that_tells_nothing_is_asked_again_and_the_better_one_kept():
    played = found([calls(RAIN), UNTOLD, ANSWERED])
    assert (played.tree.final_answer, played.tree.query_count) == ("It is cloudy.", 3)
    first, second = played.tree.answers
    assert (first.score, second.score) == (-2.0, 0.0)
    assert (first.chosen, second.chosen) == (False, True)
    assert not (first.pruned or second.pruned)
    assert played.asks[1].messages == played.asks[2].messages


def test_of_two_answers_that_tell_nothing_the_first_is_kept():
    played = found([calls(RAIN), UNTOLD, says(None, finish("It will."))])
    assert played.tree.final_answer == "It rains."
    assert len(played.tree.answers) == 2


def test_an_answer_before_any_result_tells_nothing():
    assert found([ANSWERED, calls(RAIN), ANSWERED]).tree.query_count == 3


def test_an_answer_once_given_is_never_lost():
    """Neither to a give-up, nor to a failure, nor to a chain that goes on and ends nowhere."""
    for then in ([GAVE_UP], [FAILED], [says("hm")], [calls("snow")], [calls(SUN, city="Narvik")]):
        played = found([calls(RAIN), UNTOLD, *then])
        assert (played.tree.win, played.tree.final_answer, played.tree.query_count) == (True, "It rains.", 3)
    onward = found([calls(RAIN), UNTOLD, calls(WIND), GAVE_UP, GAVE_UP])
    assert (onward.tree.win, onward.tree.final_answer) == (True, "It rains.")
    assert (onward.tree.finish_type, onward.tree.query_count) == ("give_answer", 5)
    (answer,) = onward.tree.answers
    assert answer.terminal and answer.chosen and not answer.pruned


def test_a_later_answer_that_tells_more_is_chosen_before_an_earlier_one():
    played = found([calls(RAIN), UNTOLD, calls(WIND), ANSWERED])
    assert played.tree.final_answer == "It is cloudy."
    assert [node.chosen for node in played.tree.answers] == [False, True]


# Several calls in one reply


def several(*extra: FunctionCall, said: str | None = "all at once") -> Reply:
    return says(said, call(RAIN), call(WIND), call(SUN, city="Oslo"), *extra)


def test_several_calls_are_sent_in_one_tuple():
    played = found([several(), ANSWERED])
    assert played.rounds == [1, 3, 1]
    assert [act.function for act in played.acts] == [RAIN, WIND, SUN]
    assert (played.tree.query_count, played.tree.api_calls) == (2, 3)
    assert played.tree.repairs == {}


def test_each_observation_stays_with_its_call():
    played = found([several(), ANSWERED], observation=lambda act: Observation(f"cloudy {act.function}", 0))
    assert [node.observation for node in inputs(played)][:3] == [
        f"cloudy {each}" for each in (RAIN, WIND, SUN)
    ]
    assistant, *results = played.asks[1].messages[2:]
    assert assistant["content"] == "all at once"
    ids = [each["id"] for each in assistant["tool_calls"]]
    assert ids == [result["tool_call_id"] for result in results]
    assert len(set(ids)) == 3
    assert all(len(each) == 9 and each.isalnum() for each in ids)
    assert [result["content"] for result in results] == [f"cloudy {each}" for each in (RAIN, WIND, SUN)]


def test_what_the_model_was_shown_can_be_read_from_the_recorded_path():
    played = found([several(), calls("snow"), several(said=None), ANSWERED])
    shown = path_messages(played.tree.answers[0].path())
    assert list(played.asks[-1].messages[2:]) == shown[:-2]


def test_a_call_that_stands_again_behind_one_that_writes_is_another_call():
    look, add = FunctionCall(LIST, "{}"), FunctionCall(ADD, '{"text": "apple"}')
    played = found([says(None, look, add, look, look), ANSWERED], asked=notes())
    assert [function for function, _ in sent(played)] == [LIST, ADD, LIST]


def test_of_thousands_of_calls_in_a_reply_the_first_few_are_made():
    many = [FunctionCall(SUN, json.dumps({"city": "Oslo" * number})) for number in range(1, 2_000)]
    played = found([says(None, *many), ANSWERED], "foundry-grounds")
    assert len(sent(played)) == MOST_CALLS
    assert played.tree.repairs["calls_dropped"] == len(many) - MOST_CALLS


def test_a_call_that_stands_twice_in_a_reply_is_made_once():
    played = found([several(call(RAIN), FunctionCall(f"functions.{WIND}", "")), ANSWERED])
    assert [act.function for act in played.acts] == [RAIN, WIND, SUN]
    assert played.tree.repairs == {"calls_dropped": 2}


def test_a_finish_beside_calls_is_left_out():
    for reply in (several(GOOD), several(GIVE_UP), says(None, GOOD, call(RAIN), call(WIND))):
        played = found([reply, says(None, finish("It is cloudy all over."))])
        assert (played.tree.query_count, played.tree.final_answer) == (2, "It is cloudy all over.")
        assert not played.tree.give_ups
        assert played.tree.repairs == {"calls_dropped": 1}


def test_of_several_calls_only_those_without_doubts_are_made():
    mixed = says(None, call("snow"), call(SUN, city="Narvik"), call(SUN), call(WIND), call(RAIN))
    played = found([calls(RAIN), mixed, ANSWERED])
    assert sent(played) == [(RAIN, "{}"), (WIND, "{}")]
    assert played.tree.query_count == 3


def test_a_finish_beside_calls_that_are_all_doubtful_is_followed():
    played = found([calls(RAIN), says(None, call("snow"), call(RAIN), GOOD)])
    assert (played.tree.win, played.tree.query_count) == (True, 2)


def test_where_every_call_is_doubtful_the_first_stands_for_the_reply():
    played = found([says(None, call(SUN, city="Narvik"), call("snow")), calls("snow"), ANSWERED])
    assert sent(played) == [(SUN, '{"city": "Narvik"}')]


def test_depth_counts_the_first_call_of_a_reply_only():
    limits = FoundryLimits(max_depth=8)
    script = [several(said=None), calls(SUN, city="Will"), calls(SUN, city="rain"), ANSWERED]
    played = play(foundry(sky(), limits), script, CLOUDY)
    assert played.tree.win
    assert played.tree.answers[0].depth == 12


def test_as_many_calls_as_are_made_of_a_reply_are_paired_too():
    texts = [f"Oslo {number}" for number in range(MOST_CALLS)]
    asked = sky(text=" ".join(texts))
    played = found([says(None, *(call(SUN, city=text) for text in texts)), ANSWERED], asked=asked)
    assert played.rounds == [1, MOST_CALLS, 1]
    paired(played.asks[1].messages)


# Calls that write


def worlds(played: Play) -> list[tuple[str, str]]:
    names = {"": "-"}
    return [
        tuple(names.setdefault(each, str(len(names))) for each in (act.world, act.makes))
        for act in played.acts
    ]


def numbered(act: Act) -> Observation:
    return Observation(json.dumps({"error": "", "response": f"cloudy {act.makes} {act.ordinal}"}), 0)


def test_calls_that_write_are_sent_one_by_one_in_their_order():
    reply = says(None, call(ADD, text="apple"), call(ADD, text="bread"), call(LIST))
    played = found([reply, ANSWERED], asked=notes(), observation=numbered)
    assert sent(played)[:2] == [(ADD, '{"text": "apple"}'), (ADD, '{"text": "bread"}')]
    assert played.rounds == [1, 1, 1, 1, 1]
    assert worlds(played) == [("-", "1"), ("1", "2"), ("2", "-")]


def test_what_reads_before_a_write_reads_the_world_before_it():
    reply = says(None, call(LIST), call(ADD, text="apple"))
    played = found([reply, ANSWERED], asked=notes(), observation=numbered)
    assert played.rounds == [1, 2, 1]
    assert worlds(played) == [("-", "-"), ("-", "1")]


def test_a_path_that_repeats_a_write_is_told_so_and_stays_in_its_world():
    script = [calls(ADD, text="apple"), calls(ADD, text="bread"), calls(ADD, text="apple"), ANSWERED]
    played = found(script, asked=notes(), observation=numbered)
    assert worlds(played) == [("-", "1"), ("1", "2"), ("2", "1")]
    first, _, again, _ = inputs(played)
    assert again.repeats == first.node_id
    assert "Not called again" in again.observation
    assert played.tree.api_calls == 2


def test_a_write_that_another_chain_has_made_names_the_same_world():
    script = [calls(ADD, text="apple"), FAILED, calls(ADD, text="apple"), calls(LIST), ANSWERED]
    played = found(script, asked=notes(), observation=numbered)
    assert worlds(played) == [("-", "1"), ("-", "1"), ("1", "-")]
    assert played.tree.api_calls == 2


def test_memory_never_crosses_worlds():
    script = [calls(LIST), calls(ADD, text="apple"), calls(LIST), ANSWERED]
    played = found(script, asked=notes(), observation=numbered)
    assert [act.function for act in played.acts] == [LIST, ADD, LIST]
    assert ordinals(played) == [0, 0, 0, 0], "no doubt either"


def test_memory_serves_the_same_world_on_another_path():
    add = calls(ADD, text="apple")
    played = found(
        [add, calls(LIST), FAILED, add, calls(LIST), ANSWERED], asked=notes(), observation=numbered
    )
    assert [act.function for act in played.acts] == [ADD, LIST, ADD]


def test_a_read_that_a_chain_without_the_write_repeats_is_sent():
    script = [calls(ADD, text="apple"), calls(LIST), FAILED, calls(LIST), ANSWERED]
    played = found(script, asked=notes(), observation=numbered)
    assert worlds(played) == [("-", "1"), ("1", "-"), ("-", "-")]


# Levers


def test_without_any_lever_it_is_one_chain_of_react():
    script = [several(), calls(RAIN), calls("snow"), says("hm"), calls(SUN, city="Narvik"), UNTOLD]
    alike(found(script, "foundry-all"), play(react(sky()), script, CLOUDY))


def alike(ours: Play, theirs: Play) -> None:
    """Node for node; only that the answer is chosen, and scored, is said by one alone."""
    records = [replace(node, chosen=False, score=None) for node in ours.tree.records()]
    assert records == list(theirs.tree.records())
    assert ours.asks == theirs.asks
    assert ours.acts == theirs.acts
    assert ours.rounds == theirs.rounds
    mine, other = ours.tree, theirs.tree
    for name in ("query_count", "api_calls", "tokens", "repairs", "win", "final_answer", "finish_type"):
        assert getattr(mine, name) == getattr(other, name)


def test_without_lean_requests_are_those_of_react():
    script = [calls(RAIN), ANSWERED]
    ours, theirs = found(script, "foundry-lean"), play(react(sky()), script, CLOUDY)
    assert [(ask.messages, ask.functions) for ask in ours.asks] == [
        (ask.messages, ask.functions) for ask in theirs.asks
    ]


def test_without_parallel_the_first_call_is_followed_and_nothing_said_of_several():
    played = found([several(), ANSWERED], "foundry-parallel")
    assert [act.function for act in played.acts] == [RAIN]
    assert played.tree.repairs == {"calls_dropped": 2}
    assert not any(ask.parallel for ask in played.asks)


def test_without_memory_a_call_is_sent_as_often_as_it_is_made():
    played = found([calls(RAIN), calls(RAIN), ANSWERED], "foundry-memory")
    assert sent(played) == [(RAIN, "{}")] * 2
    assert played.tree.query_count == 3


@pytest.mark.parametrize("wrong", UNFOLLOWED)
def test_without_errors_what_cannot_be_followed_is_followed_at_once(wrong: str):
    played = found([calls(RAIN), UNFOLLOWED[wrong], ANSWERED], "foundry-errors")
    assert played.tree.win
    assert ordinals(played) == [0, 0, 0]
    assert len(played.asks[2].messages) > len(played.asks[1].messages)


def test_without_grounds_a_made_up_value_is_sent_at_once():
    played = found([calls(SUN, city="Narvik"), ANSWERED], "foundry-grounds")
    assert sent(played) == [(SUN, '{"city": "Narvik"}')]


def test_without_resigned_a_give_up_is_believed_at_once():
    played = found([calls(RAIN), GAVE_UP], "foundry-resigned")
    assert (played.tree.query_count, played.tree.finish_type) == (2, "give_up")


def test_without_untold_any_answer_is_believed():
    assert found([calls(RAIN), UNTOLD], "foundry-untold").tree.query_count == 2


def test_without_restart_there_is_one_chain():
    assert found([calls(RAIN), FAILED], "foundry-restart").tree.query_count == 2


def test_without_agreed_a_give_up_said_twice_ends_its_chain_only():
    played = found([calls(RAIN), GAVE_UP, GAVE_UP, calls(WIND), ANSWERED], "foundry-agreed")
    assert played.tree.win
    assert played.asks[3].messages == played.asks[0].messages


def test_with_excuses_an_answer_that_excuses_itself_is_doubted():
    sorry = says(None, finish("Sorry, cloudy is all I know."))
    assert found([calls(RAIN), sorry]).tree.query_count == 2
    assert found([calls(RAIN), sorry, ANSWERED], "foundry+excuses").tree.final_answer == "It is cloudy."


def test_with_leftovers_an_answer_is_doubted_while_numbers_were_never_used():
    asked = sky(text="Will it rain in Oslo on day 77?")
    assert found([calls(RAIN), ANSWERED], asked=asked).tree.query_count == 2
    script = [calls(RAIN), ANSWERED, calls(SUN, city="Oslo 77"), ANSWERED]
    played = found(script, "foundry+leftovers", asked)
    assert [node.score for node in played.tree.answers] == [-1.0, 0.0]
    assert played.tree.answers[1].chosen


def test_with_frontier_a_further_chain_begins_where_most_has_succeeded():
    script = [calls(RAIN), calls(WIND), FAILED, calls(SUN, city="Oslo"), ANSWERED]
    played = found(script, "foundry+frontier")
    assert played.asks[3].messages == played.asks[2].messages
    assert played.tree.win


def test_with_frontier_no_chain_begins_below_an_answer():
    limits = FoundryLimits(levers=(*TAKEN, "frontier"), chains=9)
    replies = iter([calls(RAIN), UNTOLD, calls(WIND)])
    played = play(foundry(sky(), limits), lambda ask: next(replies, FAILED), lambda act: CLOUDY)
    assert not any(node.children for node in played.tree.answers)
    assert played.tree.win


def test_with_told_who_is_asked_again_hears_what_was_tried():
    played = found([calls(RAIN), calls("snow"), calls(WIND), ANSWERED], "foundry+told")
    *before, passing = played.asks[2].messages
    assert tuple(before) == played.asks[1].messages
    assert '"name": "snow"' in passing["content"]
    assert len(played.asks[3].messages) == len(played.asks[1].messages) + 2


def test_with_third_a_state_is_asked_three_times():
    script = [calls(RAIN), says("hm"), says("hm"), ANSWERED]
    assert ordinals(found(script, "foundry+third")) == [0, 0, 1, 2]
    assert found([calls(RAIN), GAVE_UP, GAVE_UP, ANSWERED], "foundry+third").tree.win
    assert found([GAVE_UP] * 3, "foundry+third").tree.finish_type == "give_up"


# Whatever a model sends

ANY_TEXT = st.text(st.characters(codec=None), max_size=40)
HUGE = "x" * 1_000_000
CITIES = st.sampled_from(["Oslo", "Narvik", "rain", "a", "b", "c", "2026-01-31", HUGE, 5, None, ["Oslo", 99]])
NAMES = st.sampled_from(
    [RAIN, WIND, SUN, ADD, LIST, "snow", "Finish", "functions.Finish", "weather", "", HUGE]
)
CALLS = st.one_of(
    st.sampled_from(
        [GOOD, ANSWER, GIVE_UP, finish("Sorry. " + HUGE), call("Finish"), call(RAIN), call(WIND), call(LIST)]
    ),
    CITIES.map(lambda city: call(SUN, city=city)),
    CITIES.map(lambda text: call(ADD, text=text)),
    st.builds(
        FunctionCall,
        NAMES | ANY_TEXT,
        ANY_TEXT
        | st.sampled_from(
            [
                *("", "[]", "null", "{", "[" * 100_000, HUGE, '{"city": "\\ud800"}', '{"city": NaN}'),
                *('{"city": 1e999}', '{"city": ' + "[" * 240 + "]" * 240 + "}", '{"city": "\ud800"}'),
                *('{"city": 99999999999999999999999}', '{"city": 9223372036854775807}', '{"city": 1e308}'),
            ]
        ),
    ),
)
REPLIES = st.builds(
    Reply,
    st.sampled_from([None, "", "hm", HUGE]) | ANY_TEXT,
    st.lists(CALLS, max_size=6).map(tuple),
    st.integers(0, 10_000),
    st.integers(0, 10_000),
    st.integers(0, 9).map(lambda draw: draw == 0),
)
OBSERVATIONS = st.builds(
    Observation,
    st.sampled_from([CLOUDY.text, "Narvik", HUGE, "1," * 400_000]) | ANY_TEXT,
    st.integers(0, 12) | st.just(0),
)
LEVERS = st.lists(st.sampled_from([*TAKEN, *LEFT_OUT]), unique=True)
EVERYTHING = [
    api("rain"), api("wind"), api("sun", "weather", parameter("city")),
    api("add", "notes", parameter("text"), method="POST"), api("list", "notes"),
]  # fmt: skip


def paired(messages: tuple[Message, ...]) -> None:
    """Every call is followed by its result, in order, and no id is given twice."""
    seen: set[str] = set()
    waiting: list[str] = []
    for message in messages:
        if message["role"] == "tool":
            assert message["tool_call_id"] == waiting.pop(0)
            continue
        assert not waiting
        waiting = [each["id"] for each in message.get("tool_calls", [])]
        assert not seen & set(waiting) and len(set(waiting)) == len(waiting)
        seen |= set(waiting)
    assert not waiting


def ends_well(played: Play, name: str, asked: Problem) -> None:
    tree = played.tree
    assert 0 < tree.query_count == len(played.asks) <= method(name).most_replies
    assert sum(node.chosen for node in tree.records()) == bool(tree.answers)
    assert all(node.terminal and not node.pruned and not node.children for node in tree.answers)
    assert tree.kept is None or tree.kept.score == max(node.score or 0.0 for node in tree.answers)
    for node in tree.nodes:
        counted = [{step.kind for step in turn} for turn in turns(node.path())]
        assert sum(len(kinds) for kinds in counted) <= 14, "of several calls one counts"
    for ask in played.asks:
        paired(ask.messages)
        orjson.dumps([render(ask.messages, "tools"), render(ask.messages, "functions")])
    for act in played.acts:
        documented(asked.offer.api(act.function), arguments_of(act.arguments))
    row = trajectory_of(
        tree,
        Instruction("i1", "I1", asked.text, (), (), "", "train", "t", "model"),
        method=name,
        teacher="t",
        teacher_kind="model",
        environment="live",
    )
    assert to_table(Trajectory, [row]).cast(pa.schema(to_table(Trajectory, []).schema)).num_rows == 1
    orjson.dumps(answer_file(row))


def sent_once(played: Play, asked: Problem) -> None:
    """A call that reads and succeeded is sent once in a world."""
    seen: set[str] = set()
    for act in played.acts:
        if act.function not in asked.offer.writing:
            values = documented(asked.offer.api(act.function), arguments_of(act.arguments))
            key = json.dumps([act.function, values, act.world])
            assert key not in seen
            seen.add(key)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_a_tree_ends_inside_its_limits_and_can_be_stored_whatever_the_levers(data: st.DataObject):
    name = "".join(["foundry-all", *(f"+{lever}" for lever in data.draw(LEVERS))])
    wild(data, name if data.draw(st.booleans()) else "foundry")


def wild(data: st.DataObject, name: str) -> None:
    replies = data.draw(st.lists(REPLIES, min_size=1, max_size=6))
    observations = data.draw(st.lists(OBSERVATIONS, min_size=1, max_size=3))
    writes = data.draw(st.booleans())
    offered = offer(EVERYTHING, writes=lambda each: writes and each.method == "POST")
    asked = Problem("i1", "Will it rain in Oslo on day 77?", offered)

    def once() -> Play:
        order = iter(range(10_000))
        return play(
            method(name).search(asked),
            lambda ask: replies[next(order) % len(replies)],
            lambda act: observations[len(act.arguments) % len(observations)],
        )

    played = once()
    ends_well(played, name, asked)
    if all(each.code == 0 for each in observations) and ("memory" in name or name == "foundry"):
        sent_once(played, asked)
    again = once()
    assert again.tree.records() == played.tree.records(), "equal outcomes make equal trees"
    assert (again.asks, again.acts, again.rounds) == (played.asks, played.acts, played.rounds)


@settings(max_examples=40, deadline=None)
@given(st.lists(REPLIES, min_size=1, max_size=8), st.lists(OBSERVATIONS, min_size=1, max_size=3))
def test_with_every_lever_out_it_is_react_for_any_model(
    replies: list[Reply], observations: list[Observation]
):
    def driven(name: str) -> Play:
        order, answers = iter(range(10_000)), iter(range(10_000))
        return play(
            method(name).search(sky()),
            lambda ask: replies[next(order) % len(replies)],
            lambda act: observations[next(answers) % len(observations)],
        )

    alike(driven("foundry-all"), driven("CoT@1"))


NEVER = {
    "only thoughts": says("hm"),
    "only unknown names": calls("snow"),
    "only made-up values": calls(SUN, city="Narvik"),
    "only one call": calls(RAIN),
    "only give-ups": GAVE_UP,
    "only failures": FAILED,
    "only megabytes": says(HUGE, FunctionCall(HUGE, HUGE), FunctionCall(SUN, HUGE)),
    "only broken finishes": calls("Finish", return_type="nothing"),
    "only the same twenty calls": says(None, *[call(RAIN)] * 20),
}


@pytest.mark.parametrize("never", NEVER)
@pytest.mark.parametrize(
    "name",
    ["foundry", "foundry-errors", "foundry+third-errors", "foundry+told+frontier+third", "foundry-all"],
)
def test_a_model_that_never_comes_to_an_end_is_stopped(name: str, never: str):
    played = found(lambda ask: NEVER[never], name, observation=lambda act: BROKEN)
    ends_well(played, name, sky())
    assert not played.tree.win


def test_thoughts_and_then_a_doubt_cost_no_more_than_is_promised():
    """Without `errors` a thought costs one reply; what follows the eleventh may cost two."""

    def model(ask: Ask) -> Reply:
        return says("hm") if len(ask.messages) < 2 + 11 else GAVE_UP

    played = found(model, "foundry-errors-agreed")
    assert played.tree.query_count == 26
    ends_well(played, "foundry-errors-agreed", sky())


def test_an_outcome_of_the_wrong_kind_is_refused():
    search = foundry(sky())
    next(search)
    with pytest.raises(TypeError, match="answered by a Reply"):
        search.send((CLOUDY,))
    search = foundry(sky())
    next(search)
    search.send((calls(RAIN),))
    with pytest.raises(TypeError, match="answered by an Observation"):
        search.send((calls(RAIN),))
