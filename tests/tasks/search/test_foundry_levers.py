"""`foundry` with a lever out, or one more: without any it is ReACT."""

import pytest

from tasks.search.foundry import FoundryLimits, foundry
from tasks.search.levers import TAKEN
from tasks.search.react import react
from tests.tasks.search.foundry_played import (
    ANSWERED,
    CLOUDY,
    FAILED,
    GAVE_UP,
    SUN,
    UNFOLLOWED,
    UNTOLD,
    alike,
    finish,
    found,
    ordinals,
    sent,
    several,
    sky,
)
from tests.tasks.search.played import RAIN, WIND, calls, play, says


def test_without_any_lever_it_is_one_chain_of_react():
    script = [several(), calls(RAIN), calls("snow"), says("hm"), calls(SUN, city="Narvik"), UNTOLD]
    alike(found(script, "foundry-all"), play(react(sky()), script, CLOUDY))


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
