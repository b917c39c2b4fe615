"""`foundry`: give-ups, new beginnings and which answer is kept."""

from tasks.search.foundry import FoundryLimits, foundry
from tests.tasks.search.foundry_played import (
    ANSWERED,
    CLOUDY,
    FAILED,
    GAVE_UP,
    SUN,
    UNTOLD,
    finish,
    found,
    ordinals,
    pruned,
    sent,
    sky,
)
from tests.tasks.search.played import RAIN, WIND, calls, play, says

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
