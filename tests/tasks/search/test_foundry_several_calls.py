"""`foundry`: several calls in one reply."""

import json

from tasks.search.effects import FunctionCall, Observation
from tasks.search.foundry import MOST_CALLS, FoundryLimits, foundry
from tasks.search.messages import path_messages
from tests.tasks.search.foundry_played import (
    ADD,
    ANSWERED,
    CLOUDY,
    GOOD,
    LIST,
    SUN,
    call,
    finish,
    found,
    inputs,
    notes,
    paired,
    sent,
    several,
    sky,
)
from tests.tasks.search.played import GIVE_UP, RAIN, WIND, calls, play, says


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
