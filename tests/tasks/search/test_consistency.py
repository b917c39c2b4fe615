import pytest

from tasks.search.consistency import normalised, self_consistency
from tasks.search.effects import FunctionCall
from tasks.search.react import ChainLimits
from tests.tasks.search.played import GIVE_UP, RAIN, calls, play, problem, says


def answers(text: str):
    return says(None, FunctionCall("Finish", f'{{"return_type": "give_answer", "final_answer": "{text}"}}'))


def test_chains_run_side_by_side_to_their_ends():
    script = [calls(RAIN), answers("wet"), calls(RAIN), answers("dry"), answers("wet")]
    played = play(self_consistency(problem()), script)
    assert played.rounds == [3, 2, 2]
    assert [ask.ordinal for ask in played.asks] == [0, 1, 2, 0, 1], "equal states, asked again"
    assert played.tree.query_count == 5


def test_the_answer_of_most_chains_is_kept():
    played = play(self_consistency(problem()), [answers("dry"), answers("Wet."), answers(" wet")])
    assert played.tree.final_answer == "Wet."
    assert [node.score for node in played.tree.records() if node.terminal] == [1.0, 2.0, 2.0]
    assert [node.chosen for node in played.tree.records() if node.terminal] == [False, True, False]


def test_of_equally_frequent_answers_the_first_chains_is_kept():
    script = [calls(RAIN), answers("dry"), says(None, GIVE_UP), answers("wet")]
    played = play(self_consistency(problem()), script)
    assert [answer.answer for answer in played.tree.answers] == ["dry", "wet"], "in the order given"
    assert played.tree.final_answer == "wet"


def test_a_chain_that_gave_up_has_no_vote():
    played = play(self_consistency(problem(), ChainLimits(attempts=2)), [says(None, GIVE_UP), answers("wet")])
    assert (played.tree.final_answer, len(played.tree.give_ups)) == ("wet", 1)
    assert [node.pruned for node in played.tree.records() if node.observation_code == 4] == [True]


def test_without_an_answer_nothing_is_kept():
    played = play(self_consistency(problem()), lambda ask: says(None, GIVE_UP))
    assert (played.tree.win, played.tree.kept, played.tree.final_answer) == (False, None, "")
    assert played.tree.finish_type == "give_up"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("It is 1,250.50 EUR.", "it is 1250.5 eur"),
        ("**Oslo**, Norway", "Oslo (Norway)"),
        ("-3.0 °C", "-3 °c"),
        ("2026-07-01", "2026-07-01."),
        ("\N{FULLWIDTH DIGIT ONE}2", "12"),
    ],
)
def test_spelling_makes_no_other_answer(one: str, other: str):
    assert normalised(one) == normalised(other)


@pytest.mark.parametrize(("one", "other"), [("3 km", "-3 km"), ("10", "1"), ("1.5", "15"), ("yes", "no")])
def test_other_values_are_other_answers(one: str, other: str):
    assert normalised(one) != normalised(other)


@pytest.mark.parametrize(
    "text", ["0." + "0" * 32_000 + "1", "1" * 32_000, "1,234" * 8_000, "'" * 32_000, "+-" * 16_000]
)
def test_a_long_answer_is_normalised_without_going_back_and_forth(text: str):
    """With a pattern that backtracks this would not end within a test run."""
    assert normalised(normalised(text)) == normalised(text)
