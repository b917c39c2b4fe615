from tasks.search.effects import Reply
from tasks.search.react import ChainLimits
from tasks.search.reflection import reflect
from tests.tasks.search.played import ANSWER, GIVE_UP, RAIN, WIND, calls, play, problem, says


def test_a_failed_chain_is_begun_again_with_a_lesson_in_the_last_message():
    script = [calls(RAIN), says(None, GIVE_UP), calls(WIND), says(None, ANSWER)]
    played = play(reflect(problem()), script, opinions=[says("Ask for the wind.")])
    assert len(played.questions) == 1
    assert RAIN in played.questions[0].messages[-1]["content"]
    for ask in played.asks[2:]:
        assert ask.messages[-1]["role"] == "user"
        assert "- Ask for the wind." in ask.messages[-1]["content"]
    assert played.asks[2].messages[:-1] == played.asks[0].messages, "the prefix stays as it was"
    assert played.asks[3].messages[:2] == played.asks[0].messages
    assert played.tree.win
    assert played.tree.query_count == 5


def test_no_lesson_is_asked_for_after_an_answer_or_after_the_last_attempt():
    assert not play(reflect(problem()), [says(None, ANSWER)]).questions
    lost = play(
        reflect(problem(), ChainLimits(attempts=3)),
        lambda ask: says(None, GIVE_UP),
        opinions=lambda ask: says("Try harder."),
    )
    assert (len(lost.asks), len(lost.questions)) == (3, 2)
    assert lost.tree.finish_type == "give_up"


def test_only_the_latest_three_lessons_are_carried():
    numbers = iter(range(9))
    lost = play(
        reflect(problem(), ChainLimits(attempts=6)),
        lambda ask: says(None, GIVE_UP),
        opinions=lambda ask: says(f"lesson {next(numbers)}"),
    )
    last = lost.asks[-1].messages[-1]["content"]
    assert [f"lesson {number}" in last for number in range(5)] == [False, False, True, True, True]


def test_a_lesson_that_cannot_be_had_is_done_without():
    played = play(
        reflect(problem()), [says(None, GIVE_UP), says(None, ANSWER)], opinions=[Reply("gone", failed=True)]
    )
    assert played.asks[1].messages == played.asks[0].messages
    assert played.tree.win
